import Credentials
import Database
import Foundation
import Kernel
import Tenants
import TestSupport
import Testing

@Suite("Keys of the API")
struct APIKeysTests {
    private func create(
        _ fixture: TenantsFixture,
        _ tenant: TenantID,
        _ member: MemberFixture,
        scopes: Set<Permission> = [.callsRead, .numbersRead],
        expiresAt: Date? = nil,
        at now: Date = Date()
    ) async throws -> (text: String, line: APIKeyLine)? {
        let creation = try await fixture.keys(at: now)
            .create(tenant, name: "Kassa", scopes: scopes, expiresAt: expiresAt, by: Acting(member))
        guard case .created(let text, let line) = creation else { return nil }
        return (text.reveal(), line)
    }

    @Test("B7: a key opens its tenant with its scopes, until it is revoked")
    func life() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant()
            let owner = try await database.makeMember(tenant)
            let made = try #require(try await create(fixture, tenant, owner))
            let identity = try #require(try await fixture.keys().authenticate(made.text))
            #expect(identity.tenant == tenant)
            #expect(identity.scopes == [.callsRead, .numbersRead])
            #expect(identity.prefix == made.line.prefix)
            #expect(identity.key == made.line.id)
            #expect(made.line.prefix.count == 12)
            #expect(try await fixture.keys().revoke(tenant, made.line.id, by: Acting(owner)) == nil)
            #expect(try await fixture.keys().revoke(tenant, made.line.id, by: Acting(owner)) == .keyOver)
            #expect(try await fixture.keys().authenticate(made.text) == nil)
            #expect(try await database.auditActions(tenant) == ["key.created", "key.revoked"])
            #expect(try await fixture.mails() == ["api_key_created"])
        }
    }

    @Test("B7: a bad checksum is refused without a statement, a made-up key with one")
    func withoutQuery() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let keys = fixture.keys()
            let good = APIKeyText.make().reveal()
            let before = database.statements
            #expect(try await keys.authenticate(String(good.dropLast()) + (good.hasSuffix("0") ? "1" : "0")) == nil)
            #expect(try await keys.authenticate("") == nil)
            #expect(try await keys.authenticate("va_live_kurz") == nil)
            #expect(database.statements == before)
            #expect(try await keys.authenticate(good) == nil)
            #expect(database.statements == before + 1)
        }
    }

    @Test("B7: no table holds the key")
    func notStored() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant()
            let owner = try await database.makeMember(tenant)
            let made = try #require(try await create(fixture, tenant, owner))
            let secret = String(made.text.dropFirst(12))
            let found = try await database.app.withTenant(tenant) { transaction in
                try transaction.query(
                    """
                    SELECT kept::text AS text FROM api_key AS kept
                    UNION ALL SELECT kept::text FROM audit_entry AS kept
                    UNION ALL SELECT kept::text FROM audit_detail AS kept
                    UNION ALL SELECT kept::text FROM mail_outbox AS kept
                    """
                ).map { try $0.get("text", as: String.self) }
            }
            #expect(found.count >= 3)
            #expect(found.allSatisfy { !$0.contains(secret) })
            #expect(found.contains { $0.contains(made.line.prefix) })
        }
    }

    @Test("an expired key is nobody's; the time of its use is written at most once a minute")
    func times() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant()
            let owner = try await database.makeMember(tenant)
            let now = Date(timeIntervalSince1970: 1_900_000_000)
            let end = now.addingTimeInterval(600)
            let made = try #require(try await create(fixture, tenant, owner, expiresAt: end, at: now))
            func used(_ seconds: TimeInterval) async throws -> Date? {
                let moment = now.addingTimeInterval(seconds)
                _ = try await fixture.keys(at: moment).authenticate(made.text)
                return try await fixture.keys().list(tenant).first?.lastUsedAt
            }
            #expect(try await used(0) == now)
            #expect(try await used(59) == now)
            #expect(try await used(60) == now.addingTimeInterval(60))
            #expect(try await fixture.keys(at: end.addingTimeInterval(-1)).authenticate(made.text) != nil)
            #expect(try await fixture.keys(at: end).authenticate(made.text) == nil)
        }
    }

    @Test("what a key may not be is refused, without a line")
    func refusals() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant()
            let owner = try await database.makeMember(tenant)
            let viewer = try await database.makeMember(tenant, "viewer")
            func refusal(
                _ name: String = "Kassa",
                _ scopes: Set<Permission> = [.callsRead],
                expiresAt: Date? = nil,
                by acting: Acting? = nil
            ) async throws -> APIKeyRefusal? {
                let acting = acting ?? Acting(owner)
                let creation = try await fixture.keys()
                    .create(tenant, name: name, scopes: scopes, expiresAt: expiresAt, by: acting)
                guard case .refused(let refusal) = creation else { return nil }
                return refusal
            }
            #expect(try await refusal(" ") == .nameMalformed)
            #expect(try await refusal(String(repeating: "x", count: 61)) == .nameMalformed)
            #expect(try await refusal("Kassa", []) == .noScopes)
            #expect(try await refusal("Kassa", [.membersWrite]) == .scopeNotForKeys)
            #expect(try await refusal(expiresAt: Date(timeIntervalSinceNow: -60)) == .expiryInThePast)
            #expect(try await refusal(by: Acting(viewer)) == .notAllowed)
            #expect(try await refusal(by: .operatorAnna) == .notAllowed)
            #expect(try await fixture.keys().revoke(tenant, APIKeyID(), by: Acting(viewer)) == .notAllowed)
            #expect(try await fixture.keys().revoke(tenant, APIKeyID(), by: Acting(owner)) == .keyOver)
            #expect(try await database.auditCount(tenant) == 0)
        }
    }

    @Test("a tenant has at most 50 usable keys; those of a closed tenant open nothing")
    func limits() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant()
            let owner = try await database.makeMember(tenant)
            var made: (text: String, line: APIKeyLine)?
            for _ in 0..<APIKeys.limit { made = try await create(fixture, tenant, owner) }
            let last = try #require(made)
            #expect(try await create(fixture, tenant, owner) == nil)
            #expect(try await fixture.keys().revoke(tenant, last.line.id, by: Acting(owner)) == nil)
            let next = try #require(try await create(fixture, tenant, owner))
            try await database.setState(tenant, "suspended")
            #expect(try await fixture.keys().authenticate(next.text)?.tenantState == .suspended)
            try await database.setState(tenant, "closed")
            #expect(try await fixture.keys().authenticate(next.text) == nil)
        }
    }
}
