import Database
import Foundation
import Kernel
import TestSupport
import Testing

@testable import Audit

@Suite("The audit trail")
struct AuditTrailTests {
    private struct Undo: Error {}

    private static func entry(_ number: Int) -> AuditEntry {
        AuditEntry(
            actor: AuditActor(.person, "anna", addressPrefix: "192.0.2.0/24"),
            action: "flow.published",
            object: AuditObject("flow_version", "v\(number)"),
            before: number.isMultiple(of: 2) ? nil : ["state": "staged", "n": .integer(Int64(number))],
            after: ["state": "live", "zeichen": "ä\n\"\\", "token": "geheim"],
            reason: number.isMultiple(of: 3) ? nil : "Grund \(number)",
            requestID: "r\(number)"
        )
    }

    private static func record(_ count: Int, _ tenant: TenantID, _ database: TestDatabase) async throws {
        for number in 0..<count {
            try await database.app.withTenant(tenant) { transaction in
                try AuditTrail.record(entry(number), in: transaction)
            }
        }
    }

    private static func verify(
        _ tenant: TenantID,
        anchor: AuditHead? = nil,
        _ database: TestDatabase
    ) async throws -> AuditVerdict {
        try await database.app.withTenant(tenant) { try AuditTrail.verify(anchor: anchor, in: $0) }
    }

    private static func head(_ tenant: TenantID, _ database: TestDatabase) async throws -> AuditHead {
        guard case .intact(let head) = try await verify(tenant, database) else { throw Undo() }
        return head
    }

    @Test("G1 an act and its entry happen together or not at all")
    func sameTransaction() async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            await #expect(throws: Undo.self) {
                try await database.app.withTenant(tenant) { transaction in
                    try AuditTrail.record(Self.entry(1), in: transaction)
                    throw Undo()
                }
            }
            #expect(try await Self.verify(tenant, database) == .intact(.empty))
            try await Self.record(1, tenant, database)
            #expect(try await Self.head(tenant, database).seq == 1)
        }
    }

    @Test("G2 an entry holds who, when, what, the difference, why and by which request; secrets are masked")
    func fields() async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            try await Self.record(2, tenant, database)
            let row = try await database.app.withTenant(tenant) { transaction in
                try transaction.queryOne(
                    """
                    SELECT actor->>'kind' AS kind, actor->>'name' AS name, actor->>'address_prefix' AS prefix, action,
                        object_kind, object_id, before->>'state' AS before, after->>'token' AS token, reason, request_id,
                        at > now() - interval '1 hour' AS recent
                    FROM audit_entry WHERE seq = 2
                    """
                )
            }
            let entry = try #require(row)
            let columns = [
                "kind": "person", "name": "anna", "prefix": "192.0.2.0/24", "action": "flow.published",
                "object_kind": "flow_version", "object_id": "v1", "before": "staged", "token": "…",
                "reason": "Grund 1", "request_id": "r1",
            ]
            for (column, value) in columns { #expect(try entry.get(column, as: String.self) == value) }
            #expect(try entry.get("recent", as: Bool.self))
        }
    }

    @Test("G3 fifty parallel writers make one chain without gaps")
    func parallelWriters() async throws {
        try await withTestDatabase(poolSize: 8) { database in
            let tenant = try await database.makeTenant()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<50 {
                    group.addTask {
                        try await database.app.withTenant(tenant) { transaction in
                            try AuditTrail.record(Self.entry(number), in: transaction)
                            try AuditTrail.record(Self.entry(number), in: transaction)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await Self.head(tenant, database).seq == 100)
        }
    }

    @Test("G3 nobody's grants allow to change, remove or skip entries")
    func appendOnly() async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            try await Self.record(2, tenant, database)
            for change: SQL in [
                "UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry",
                "DELETE FROM audit_head",
            ] {
                await #expect(throws: DatabaseError.failed(sqlState: .insufficientPrivilege)) {
                    try await database.app.withTenant(tenant) { try $0.execute(change) }
                }
                await #expect(throws: DatabaseError.failed(sqlState: .insufficientPrivilege)) {
                    try await database.platform.withPlatform(actor: "test", reason: "G3") { try $0.execute(change) }
                }
            }
            await #expect(
                throws: DatabaseError.refused(sqlState: .checkViolation, constraint: "audit_entry_continues_chain")
            ) {
                try await database.app.withTenant(tenant) { transaction in
                    try transaction.execute(
                        """
                        INSERT INTO audit_entry (tenant_id, seq, at, actor, action, object_kind, object_id,
                            previous_hash, hash)
                        SELECT tenant_id, seq + 2, at, actor, action, object_kind, object_id, hash, hash
                        FROM audit_entry WHERE seq = 2
                        """
                    )
                }
            }
        }
    }

    @Test("each tenant has its own chain and sees no other")
    func chainsAreSeparate() async throws {
        try await withTestDatabase { database in
            let one = try await database.makeTenant()
            let two = try await database.makeTenant()
            try await Self.record(3, one, database)
            try await Self.record(1, two, database)
            #expect(try await Self.head(one, database).seq == 3)
            #expect(try await Self.head(two, database).seq == 1)
            let seen = try await database.app.withTenant(two) { transaction in
                try transaction.query("SELECT seq FROM audit_entry").count
            }
            #expect(seen == 1)
        }
    }

    @Test("the platform's door records each opening, also of a transaction that fails, in an intact chain")
    func platformDoor() async throws {
        try await withTestDatabase { database in
            try await database.platform.withPlatform(actor: "operator:anna", reason: "Nachsehen") { transaction in
                _ = try transaction.query("SELECT id FROM tenant")
            }
            await #expect(throws: Undo.self) {
                try await database.platform.withPlatform(actor: "operator:anna", reason: "Versuch") { _ in throw Undo()
                }
            }
            let reasons = try await database.platform.withPlatform(actor: "auditor", reason: "Prüfung") { transaction in
                try transaction.query("SELECT reason FROM platform_audit_entry ORDER BY seq").map {
                    try $0.get("reason", as: String.self)
                }
            }
            #expect(reasons == ["Nachsehen", "Versuch", "Prüfung"])
            let verdict = try await database.platform.withPlatform(actor: "auditor", reason: "Kette") {
                try AuditTrail.verify(in: $0)
            }
            guard case .intact(let head) = verdict else {
                Issue.record("\(verdict)")
                return
            }
            #expect(head.seq == 4)
        }
    }

    @Test("an act of the platform on a tenant can stand in the tenant's chain")
    func platformActOnTenant() async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            try await Self.record(1, tenant, database)
            try await database.platform.withPlatform(actor: "operator:anna", reason: "Sperre") { transaction in
                try AuditTrail.record(Self.entry(7), for: tenant, in: transaction)
            }
            #expect(try await Self.head(tenant, database).seq == 2)
        }
    }

    @Test("the hash is what anybody computes from the entry: SHA-256 over the previous hash and canonical JSON")
    func knownHash() throws {
        let tenant = try #require(TenantID("00000000-0000-0000-0000-000000000001"))
        let link = AuditLink(
            chain: .tenant(tenant),
            seq: 1,
            at: "2026-08-02T10:00:00.000001Z",
            actor: ["kind": "system", "name": "job:x"],
            action: "a.b",
            object: AuditObject("flow", "1"),
            before: nil,
            after: ["ä": 1],
            reason: nil,
            requestID: nil,
            personalHash: nil
        )
        let hash = link.hash(after: AuditHead.empty.hash).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
        #expect(hash == "50c39a00efd505586c0331b4a7b230275d3ad4476b4da577822e491800dc25af")
    }
}
