import Audit
import Database
import Foundation
import Kernel
import Localization
import Secrets
import Tenants
import TestSupport
import Testing

@Suite("The end of a tenant")
struct TenantLifecycleTests {
    private static let month = TimeInterval(TenantLifecycle.noticeDays) * 86_400

    private func folder() -> URL {
        FileManager.default.temporaryDirectory.appending(path: "export-\(UUID().uuidString)")
    }

    @Test("K9: an owner asks for the end and takes it back; everybody else is refused, without a line")
    func askAndWithdraw() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant(slug: "autohaus")
            let owner = try await database.makeMember(tenant)
            let admin = try await database.makeMember(tenant, "admin")
            let now = Date(timeIntervalSince1970: 1_900_000_000)
            let lifecycle = fixture.lifecycle(at: now)
            func ask(
                _ slug: String = "autohaus",
                _ reason: String = "Geschäft zu",
                by acting: Acting
            ) async throws
                -> TenantLifecycle.Asking
            {
                try await lifecycle.ask(tenant, confirming: slug, reason: reason, by: acting)
            }
            #expect(try await ask(by: Acting(admin)) == .refused(.notAllowed))
            #expect(try await ask("autohau", by: Acting(owner)) == .refused(.slugDiffers))
            #expect(try await ask("autohaus", "  ", by: Acting(owner)) == .refused(.reasonMissing))
            #expect(try await lifecycle.withdraw(tenant, reason: "doch nicht", by: Acting(owner)) == .notAsked)
            #expect(try await database.auditCount(tenant) == 0)

            guard case .asked(let closing) = try await ask(by: Acting(owner)) else {
                Issue.record("not asked")
                return
            }
            #expect(closing.endsAt.timeIntervalSince(now) == Self.month)
            #expect(try await lifecycle.closing(tenant) == closing)
            #expect(try await ask(by: Acting(owner)) == .refused(.alreadyAsked))
            #expect(try await fixture.visitor(owner)?.standing != nil)
            #expect(try await lifecycle.withdraw(tenant, reason: "doch nicht", by: Acting(admin)) == .notAllowed)
            #expect(try await lifecycle.withdraw(tenant, reason: "doch nicht", by: Acting(owner)) == nil)
            #expect(try await lifecycle.closing(tenant) == nil)
            #expect(
                try await database.auditActions(tenant) == ["tenant.closing_asked", "tenant.closing_withdrawn"]
            )
            #expect(try await fixture.mails() == ["tenant_closing"])
        }
    }

    @Test("K9: before the time is over nothing is destroyed, not even by the database itself")
    func tooEarly() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant(slug: "autohaus")
            let owner = try await database.makeMember(tenant)
            let place = folder()
            func destroy(by acting: Acting = .operatorAnna) async throws -> TenantLifecycle.Destruction {
                try await fixture.lifecycle().destroy(tenant, into: place, readme: "x", reason: "Ende", by: acting)
            }
            #expect(try await destroy() == .refused(.notAsked))
            _ = try await fixture.lifecycle(at: Date(timeIntervalSinceNow: 60 - Self.month))
                .ask(tenant, confirming: "autohaus", reason: "Ende", by: Acting(owner))
            #expect(try await destroy() == .refused(.tooEarly))
            #expect(try await destroy(by: Acting(owner)) == .refused(.notAllowed))
            #expect(!FileManager.default.fileExists(atPath: place.path))
            try await database.setState(tenant, "closed")
            await #expect(
                throws: DatabaseError.refused(sqlState: .checkViolation, constraint: "tenant_erased_when_closed")
            ) {
                try await database.app.withPlatform(actor: "test", reason: "test") { transaction in
                    _ = try transaction.query("SELECT erase_tenant(\(tenant))")
                }
            }
            await #expect(throws: DatabaseError.failed(sqlState: .insufficientPrivilege)) {
                try await database.app.withTenant(tenant) { transaction in
                    _ = try transaction.query("SELECT erase_tenant(\(tenant))")
                }
            }
            #expect(try await fixture.members().members(tenant).count == 1)
        }
    }

    @Test("K9: closed, numbers given back, exported in full, then erased; the neighbour keeps everything")
    func destroy() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let neighbour = try await makeFullTenant(database, fixture, "nachbar", "+43732900200")
            let before = try await rows(database, neighbour.tenant)
            let full = try await makeFullTenant(database, fixture, "autohaus", "+43732900100")
            _ = try await fixture.lifecycle(at: Date(timeIntervalSinceNow: -Self.month - 60))
                .ask(full.tenant, confirming: "autohaus", reason: "Ende", by: .operatorAnna)
            let released = Shared<[TenantID]>([])
            let lifecycle = fixture.lifecycle(releaseNumbers: { tenant, _ in released.update { $0.append(tenant) } })
            let place = folder()
            let destruction =
                try await lifecycle
                .destroy(full.tenant, into: place, readme: "Lies mich", reason: "Vertragsende", by: .operatorAnna)
            guard case .destroyed(let summary?) = destruction else {
                Issue.record("\(destruction)")
                return
            }
            #expect(released.value == [full.tenant])

            // What was taken along.
            func lines(_ name: String) throws -> [String] {
                try String(contentsOf: place.appending(path: "\(name).jsonl"), encoding: .utf8)
                    .split(separator: "\n").map(String.init)
            }
            #expect(try String(contentsOf: place.appending(path: "README.txt"), encoding: .utf8) == "Lies mich")
            #expect(try lines("transcripts").count == 600)
            #expect(try lines("transcripts").contains { $0.contains("Wort Nummer 599") })
            #expect(try lines("members").count == 1)
            #expect(try lines("flow_versions").count == 1)
            #expect(try lines("calls").first?.contains("+436641234567") == true)
            #expect(try lines("api_keys").first?.contains("hash") == false)
            #expect(try lines("audit").count > 3)
            #expect(summary.files == 17)
            let mode = try FileManager.default.attributesOfItem(atPath: place.path)[.posixPermissions] as? Int
            #expect(mode == 0o700)

            // What is left.
            let left = try await rows(database, full.tenant)
            for table in [
                "membership", "invitation", "api_key", "transcript_turn", "tenant_model_key", "support_access",
            ] {
                #expect(left[table] == 0, "\(table)")
            }
            #expect(left["call"] == 1)
            #expect(left["details"] == 0)
            let told = try await database.app.withTenant(full.tenant) { transaction in
                try transaction.query(
                    """
                    SELECT kept::text AS text FROM call AS kept UNION ALL SELECT kept::text FROM flow_version AS kept
                    UNION ALL SELECT kept::text FROM flow AS kept UNION ALL SELECT kept::text FROM audit_entry AS kept
                    UNION ALL SELECT kept::text FROM audit_detail AS kept
                    """
                ).map { try $0.get("text", as: String.self) }.joined()
            }
            for secret in ["+436641234567", "geheim", "eingeladen@example.at", full.owner.email, "Empfang"] {
                #expect(!told.contains(secret), "\(secret)")
            }
            #expect(try await rows(database, neighbour.tenant) == before)
            let closing = try #require(try await lifecycle.closing(full.tenant))
            #expect(closing.closedAt != nil && closing.destroyedAt != nil)
            #expect(try await fixture.visitor(full.owner)?.standing == nil)
            #expect(
                try await database.auditActions(full.tenant).suffix(4) == [
                    "tenant.closed", "tenant.exported", "audit.exported", "tenant.destroyed",
                ]
            )
            #expect(try await database.platformActions().last == "tenant.destroyed")

            // Once more, as after the restoration of a backup: nothing is exported over.
            let again =
                try await lifecycle
                .destroy(full.tenant, into: folder(), readme: "x", reason: "Sicherung", by: .operatorAnna)
            #expect(again == .destroyed(nil))
            #expect(released.value.count == 1)
            try FileManager.default.removeItem(at: place)
        }
    }

    @Test("K9: after the tenant was destroyed nobody can read it in a backup of before; the neighbour's can be read")
    func backup() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let neighbour = try await makeFullTenant(database, fixture, "nachbar", "+43732900200")
            let full = try await makeFullTenant(database, fixture, "autohaus", "+43732900100")
            _ = try await fixture.lifecycle(at: Date(timeIntervalSinceNow: -Self.month - 60))
                .ask(full.tenant, confirming: "autohaus", reason: "Ende", by: .operatorAnna)
            try await database.withBackup { now, backup in
                for tenant in [full.tenant, neighbour.tenant] {
                    #expect(try await read(backup, tenant) == "Wort Nummer 0")
                    #expect(try await details(backup, tenant) > 0)
                }
                let place = folder()
                let destruction = try await TenantsFixture(now).lifecycle()
                    .destroy(full.tenant, into: place, readme: "x", reason: "Ende", by: .operatorAnna)
                guard case .destroyed(.some) = destruction else {
                    Issue.record("\(destruction)")
                    return
                }
                try FileManager.default.removeItem(at: place)

                // The backup still has every row, and not one of them opens.
                #expect(try await rows(backup, full.tenant)["transcript_turn"] == 600)
                await #expect(throws: TenantKeyDestroyed.self) { try await read(backup, full.tenant) }
                #expect(try await details(backup, full.tenant) == 0)
                let text = try await backup.plainText(of: full.tenant)
                for secret in ["Wort Nummer", "+436641234567", "geheim"] {
                    #expect(!text.contains(secret), "\(secret)")
                }
                guard case .intact = try await AuditArchive(backup.app).verify(full.tenant) else {
                    Issue.record("the chain in the backup is not whole")
                    return
                }
                #expect(try await read(backup, neighbour.tenant) == "Wort Nummer 0")

                // What is left of the key is a note, and no other key takes its place.
                let file = backup.keys.tenants.appending(path: "\(full.tenant).key")
                #expect(try String(contentsOf: file, encoding: .utf8).hasPrefix("destroyed 20"))
                try backup.keys.keys.create(full.tenant)
                await #expect(throws: TenantKeyDestroyed.self) { try await read(backup, full.tenant) }
            }
        }
    }

    /// The first words of the tenant's transcript.
    private func read(_ database: TestDatabase, _ tenant: TenantID) async throws -> String? {
        try await database.app.withTenant(tenant) { transaction in
            let row = try transaction.queryOne("SELECT call_id, words FROM transcript_turn WHERE ordinal = 0")
            guard let row else { return nil }
            let call: CallID = try row.get("call_id")
            let cell = SealedCell("transcript_turn.words", call, 0)
            let words: [String: String] = try transaction.open(try row.get("words"), of: tenant, in: cell)
            return words["text"]
        }
    }

    /// How many entries of the audit trail show personal details.
    private func details(_ database: TestDatabase, _ tenant: TenantID) async throws -> Int {
        try await AuditArchive(database.app).page(tenant, limit: 100).entries.count { $0.personal != nil }
    }

    @Test("K9: what a failure interrupts is finished by the next attempt, and nothing is erased before the export")
    func interrupted() async throws {
        struct Away: Error {}
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let full = try await makeFullTenant(database, fixture, "autohaus", "+43732900100")
            _ = try await fixture.lifecycle(at: Date(timeIntervalSinceNow: -Self.month - 60))
                .ask(full.tenant, confirming: "autohaus", reason: "Ende", by: .operatorAnna)
            let place = folder()
            await #expect(throws: Away.self) {
                try await fixture.lifecycle(releaseNumbers: { _, _ in throw Away() })
                    .destroy(full.tenant, into: place, readme: "x", reason: "Ende", by: .operatorAnna)
            }
            #expect(try await rows(database, full.tenant)["transcript_turn"] == 600)
            #expect(!FileManager.default.fileExists(atPath: place.path))
            let destruction = try await fixture.lifecycle()
                .destroy(full.tenant, into: place, readme: "x", reason: "Ende", by: .operatorAnna)
            guard case .destroyed(.some) = destruction else {
                Issue.record("\(destruction)")
                return
            }
            #expect(try await rows(database, full.tenant)["transcript_turn"] == 0)
            #expect(try await database.auditActions(full.tenant).count { $0 == "tenant.closed" } == 1)
            try FileManager.default.removeItem(at: place)
        }
    }

    @Test("a folder that is there is never written over, and only owners and the operator export")
    func exportRules() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant()
            let owner = try await database.makeMember(tenant)
            let admin = try await database.makeMember(tenant, "admin")
            let lifecycle = fixture.lifecycle()
            let there = FileManager.default.temporaryDirectory
            let place = folder()
            func export(_ url: URL, by acting: Acting) async throws -> ClosingRefusal? {
                switch try await lifecycle.export(tenant, into: url, readme: "x", by: acting) {
                case .success: nil
                case .failure(let refusal): refusal
                }
            }
            #expect(try await export(there, by: Acting(owner)) == .exportExists)
            #expect(try await export(place, by: Acting(admin)) == .notAllowed)
            #expect(try await database.auditCount(tenant) == 0)
            #expect(try await export(place, by: Acting(owner)) == nil)
            #expect(try await database.auditActions(tenant) == ["tenant.exported", "audit.exported"])
            try FileManager.default.removeItem(at: place)
        }
    }

    @Test("a closed tenant stays closed, whoever tries")
    func closedIsFinal() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant(slug: "autohaus")
            _ = try await fixture.lifecycle(at: Date(timeIntervalSinceNow: -Self.month - 60))
                .ask(tenant, confirming: "autohaus", reason: "Ende", by: .operatorAnna)
            let place = folder()
            _ = try await fixture.lifecycle()
                .destroy(tenant, into: place, readme: "x", reason: "Ende", by: .operatorAnna)
            try FileManager.default.removeItem(at: place)
            await #expect(throws: TenantError.closed) {
                try await TenantBook(database.app).activate(tenant, reason: "x", actor: Acting.operatorAnna.auditActor)
            }
            await #expect(throws: DatabaseError.self) { try await database.setState(tenant, "active") }
            let refusal = try await fixture.lifecycle().withdraw(tenant, reason: "x", by: .operatorAnna)
            #expect(refusal == .tenantClosed)
        }
    }

    // MARK: A tenant with a row in every table that is erased

    private struct FullTenant {
        let tenant: TenantID
        let owner: MemberFixture
    }

    private func makeFullTenant(
        _ database: TestDatabase,
        _ fixture: TenantsFixture,
        _ slug: String,
        _ number: String
    ) async throws -> FullTenant {
        let tenant = try await database.makeTenant(slug: slug)
        let flow = try await database.makeLiveFlow(tenant, document: JSONText(text: #"{"text":"geheim"}"#))
        let owned = try await database.makeNumber(tenant, try #require(E164(number)), flow: flow.flow)
        let owner = try await database.makeMember(tenant)
        let call = CallID()
        try await database.app.withTenant(tenant) { transaction in
            let caller = try transaction.sealedCaller("+436641234567", "CA" + slug, of: tenant)
            let intent = try transaction.seal(#"{"wish":"geheim"}"#, of: tenant, in: SealedCell("call.intent", call))
            let words = try (0..<600).map { place in
                try transaction.sealedWords("Wort Nummer \(place)", call, place, of: tenant)
            }
            let modelKey = try transaction.seal("geheim", of: tenant, in: SealedCell("tenant_model_key.sealed", tenant))
            try transaction.execute(
                """
                INSERT INTO call (tenant_id, id, call_sid, account_sid, assignment_id, flow_version_id, caller_kind,
                    caller, called_e164, admitted_at, intent)
                VALUES (\(tenant), \(call), \("CA" + slug), \(TestDatabase.accountSid), \(owned.assignment),
                    \(flow.version), 'number', \(caller), \(number), clock_timestamp(), \(intent))
                """
            )
            try transaction.execute(
                """
                INSERT INTO transcript_turn (tenant_id, call_id, ordinal, speaker, words, started_ms, ended_ms, node_key)
                SELECT \(tenant), \(call), place - 1, 'caller', words, place, place, 'n'
                FROM unnest(\(words)::bytea[]) WITH ORDINALITY AS said (words, place)
                """
            )
            try transaction.execute(
                """
                INSERT INTO tenant_model_key (tenant_id, sealed) VALUES (\(tenant), \(modelKey))
                """
            )
        }
        let inviting = try await fixture.members()
            .invite(tenant, email: "eingeladen@example.at", role: .viewer, language: .de, by: Acting(owner))
        guard case .invited = inviting else { throw TenantError.unreadable }
        _ = try await fixture.keys()
            .create(tenant, name: "Kassa", scopes: [.callsRead], expiresAt: nil, by: Acting(owner))
        let staff = try await database.makeSignedIn(platform: "support")
        _ = try await fixture.support().begin(
            tenant,
            person: staff.person,
            session: staff.session.id,
            reason: "stumme Anrufe",
            from: .test
        )
        return FullTenant(tenant: tenant, owner: owner)
    }

    /// How many rows of the tenant each table has; `details` counts the kept ones.
    private func rows(_ database: TestDatabase, _ tenant: TenantID) async throws -> [String: Int] {
        try await database.app.withTenant(tenant) { transaction in
            let rows = try transaction.query(
                """
                SELECT 'membership' AS name, count(*) AS count FROM membership
                UNION ALL SELECT 'invitation', count(*) FROM invitation
                UNION ALL SELECT 'api_key', count(*) FROM api_key
                UNION ALL SELECT 'support_access', count(*) FROM support_access
                UNION ALL SELECT 'transcript_turn', count(*) FROM transcript_turn
                UNION ALL SELECT 'tenant_model_key', count(*) FROM tenant_model_key
                UNION ALL SELECT 'call', count(*) FROM call
                UNION ALL SELECT 'callers', count(caller) FROM call
                UNION ALL SELECT 'flow', count(*) FROM flow
                UNION ALL SELECT 'details', count(body) FROM audit_detail
                """
            )
            return try Dictionary(uniqueKeysWithValues: rows.map { (try $0.get("name"), try $0.get("count")) })
        }
    }
}
