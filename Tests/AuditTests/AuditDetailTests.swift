import Database
import Foundation
import Kernel
import TestSupport
import Testing

@testable import Audit

@Suite("Personal details of the audit trail")
struct AuditDetailTests {
    private static func detail(_ tenant: TenantID, _ seq: Int64, _ database: TestDatabase) async throws -> AuditLine {
        let page = try await AuditArchive(database.app).page(tenant, before: seq + 1, limit: 1)
        return try #require(page.entries.first)
    }

    @Test("G5 personal details stand beside the entry, whose hash covers them by a salted hash; secrets are masked")
    func recorded() async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            try await database.app.withTenant(tenant) { transaction in
                try AuditTrail.record(
                    AuditEntry(
                        actor: AuditActor(.person, "p1"),
                        action: "person.invited",
                        object: AuditObject("person", "p2"),
                        personal: ["mail": "anna@example.at", "password": "geheim"]
                    ),
                    in: transaction
                )
            }
            let line = try await Self.detail(tenant, 1, database)
            #expect(line.personal == ["mail": "anna@example.at", "password": "…"])
            #expect(!line.isErased)
            let row = try await database.app.withTenant(tenant) { transaction in
                let sealed = try transaction.queryOne("SELECT body FROM audit_detail WHERE seq = 1")
                    .map { try $0.get("body", as: Data.self) }
                let text = try transaction.open(
                    sealed ?? Data(),
                    of: tenant,
                    in: SealedCell("audit_detail.body", 1)
                )
                let salt = String(text.prefix(44))
                return try transaction.queryOne(
                    """
                    SELECT sha256(
                        decode(\(salt), 'base64') || convert_to('{"mail":"anna@example.at","password":"…"}', 'UTF8')
                    ) = personal_hash AS is_covered FROM audit_entry WHERE seq = 1
                    """
                )
            }
            #expect(try row?.get("is_covered", as: Bool.self) == true)
        }
    }

    @Test("G5 after an erasure nothing personal is left, not even the salt, and the chain still verifies")
    func erasure() async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            let head = try await Sample.record(12, tenant, database)
            let person = try #require(PersonID("00000000-0000-0000-0000-000000000002"))
            let erased = try await database.app.withTenant(tenant) { transaction in
                try AuditTrail.erase(
                    AuditSubject.person(person) + [.object(AuditObject("number", "v5"))],
                    in: transaction
                )
            }
            // The person acted in 2, 6 and 10, of which 6 has no details.
            #expect(erased == 3)
            #expect(try await database.verdict(tenant, anchor: head) == .intact(head))
            for seq: Int64 in [2, 5, 10] {
                let line = try await Self.detail(tenant, seq, database)
                #expect(line.personal == nil && line.isErased)
            }
            let left = try await database.app.withTenant(tenant) { transaction in
                try transaction.query("SELECT seq FROM audit_detail WHERE body IS NOT NULL").count
            }
            #expect(left == 5)
            let again = try await database.app.withTenant(tenant) { transaction in
                try AuditTrail.erase(AuditSubject.person(person), in: transaction)
            }
            #expect(again == 0)
        }
    }

    @Test("G5 the platform's chain has erasable details of its own")
    func platform() async throws {
        try await withTestDatabase { database in
            try await database.platform.withPlatform(actor: "operator:anna", reason: "G5") { transaction in
                try AuditTrail.record(Sample.entry(2), in: transaction)
            }
            let erased = try await database.platform.withPlatform(actor: "operator:anna", reason: "G5") {
                try AuditTrail.erase([.object(AuditObject("number", "v2"))], in: $0)
            }
            #expect(erased == 1)
            let verdict = try await database.platform.withPlatform(actor: "operator:anna", reason: "G5") {
                try AuditTrail.verify(in: $0)
            }
            guard case .intact = verdict else {
                Issue.record("\(verdict)")
                return
            }
        }
    }

    @Test(
        "G5 a detail that was changed, added, half erased or removed is found",
        arguments: [
            "UPDATE audit_detail SET body = sha256(body) WHERE seq = 2",
            "UPDATE audit_detail SET body = set_byte(body, 20, 255 - get_byte(body, 20)) WHERE seq = 2",
            "UPDATE audit_detail SET body = NULL WHERE seq = 2",
            "UPDATE audit_detail SET erased_at = now() WHERE seq = 2",
            "UPDATE audit_detail SET body = (SELECT other.body FROM audit_detail AS other WHERE other.seq = 3) WHERE seq = 2",
            "DELETE FROM audit_detail WHERE seq = 2",
            "UPDATE audit_detail SET seq = 3 WHERE seq = 2",
            "INSERT INTO audit_detail SELECT tenant_id, 3, erased_at, body FROM audit_detail WHERE seq = 2",
        ]
    )
    func tampering(statement: String) async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            _ = try await Sample.record(4, tenant, database)
            let verdict = try await database.tampered {
                try $0.execute("SELECT set_config('test.statement', \(statement), true)")
                try $0.execute("DO $$ BEGIN EXECUTE current_setting('test.statement'); END $$")
            } _: {
                try AuditTrail.verify(for: tenant, in: $0)
            }
            let place: Int64 = statement.hasPrefix("INSERT") ? 3 : 2
            #expect(verdict == .broken(seq: place, .detail))
        }
    }

    @Test(
        "G5 the logins may erase a detail once, and otherwise neither change, revive nor remove it",
        arguments: [
            ("UPDATE audit_detail SET body = '\\x00'", SQLState.checkViolation),
            ("UPDATE audit_detail SET body = NULL", .checkViolation),
            ("UPDATE audit_detail SET seq = seq + 1", .insufficientPrivilege),
            ("DELETE FROM audit_detail", .insufficientPrivilege),
            ("TRUNCATE audit_detail", .insufficientPrivilege),
        ]
    )
    func onlyErasable(statement: String, state: SQLState) async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            _ = try await Sample.record(2, tenant, database)
            let code = Shared("")
            do {
                try await database.app.withTenant(tenant) { transaction in
                    try transaction.execute("SELECT set_config('test.statement', \(statement), true)")
                    try transaction.execute("DO $$ BEGIN EXECUTE current_setting('test.statement'); END $$")
                }
            } catch DatabaseError.refused(let refused, _) {
                code.update { $0 = refused.code }
            } catch DatabaseError.failed(let failed) {
                code.update { $0 = failed.code }
            }
            #expect(code.value == state.code)
        }
    }

    @Test("G5 an erased detail stays erased, and another tenant's is out of reach")
    func boundaries() async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            let other = try await database.makeTenant()
            _ = try await Sample.record(2, tenant, database)
            let subject = AuditSubject.object(AuditObject("number", "v2"))
            let foreign = try await database.app.withTenant(other) { try AuditTrail.erase([subject], in: $0) }
            #expect(foreign == 0)
            try await database.app.withTenant(tenant) { try AuditTrail.erase([subject], in: $0) }
            await #expect(
                throws: DatabaseError.refused(sqlState: .checkViolation, constraint: "audit_detail_only_erased")
            ) {
                try await database.app.withTenant(tenant) { transaction in
                    try transaction.execute(
                        """
                        UPDATE audit_detail SET body = '\\x00', erased_at = NULL
                        WHERE erased_at IS NOT NULL
                        """
                    )
                }
            }
        }
    }
}
