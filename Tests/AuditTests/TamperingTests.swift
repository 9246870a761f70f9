import Audit
import Database
import Foundation
import Kernel
import TestSupport
import Testing

@Suite("Tampering with the audit trail")
struct TamperingTests {
    private static let length = 40

    /// What somebody with all rights over the database does to a chain.
    private enum Tampering: CaseIterable {
        case edit, editDifference, delete, insert, swap, cutTail, cutTailAndHead, rewriteHash, rewriteAll, headOnly
    }

    /// Row-level security and triggers are out of the way, as for a superuser; all is undone afterwards.
    private static let disarm: [SQL] = [
        "ALTER TABLE audit_entry DISABLE ROW LEVEL SECURITY", "ALTER TABLE audit_head DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE audit_entry DISABLE TRIGGER USER",
    ]

    private static func entry(_ number: Int, reason: String = "Grund") -> AuditEntry {
        AuditEntry(
            actor: AuditActor(.system, "job:test"),
            action: "thing.done",
            object: AuditObject("thing", String(number)),
            after: ["state": .integer(Int64(number))],
            reason: reason
        )
    }

    private static func tamper(
        _ tampering: Tampering,
        at seq: Int,
        _ tenant: TenantID,
        _ transaction: Transaction
    ) throws {
        switch tampering {
        case .edit: try transaction.execute("UPDATE audit_entry SET reason = 'anders' WHERE seq = \(seq)")
        case .editDifference:
            try transaction.execute("UPDATE audit_entry SET after = after || '{\"state\":\"x\"}' WHERE seq = \(seq)")
        case .delete: try transaction.execute("DELETE FROM audit_entry WHERE seq = \(seq)")
        case .insert:
            try transaction.execute("UPDATE audit_entry SET seq = seq + 1000 WHERE seq > \(seq)")
            try transaction.execute("UPDATE audit_entry SET seq = seq - 999 WHERE seq > 1000")
            try transaction.execute(
                """
                INSERT INTO audit_entry SELECT tenant_id, seq + 1, at, actor, action, object_kind, object_id, before, after,
                    reason, request_id, hash, hash FROM audit_entry WHERE seq = \(seq)
                """
            )
        case .swap:
            try transaction.execute("UPDATE audit_entry SET seq = 1000 WHERE seq = \(seq)")
            try transaction.execute("UPDATE audit_entry SET seq = \(seq) WHERE seq = \(seq + 1)")
            try transaction.execute("UPDATE audit_entry SET seq = \(seq + 1) WHERE seq = 1000")
        case .cutTail: try transaction.execute("DELETE FROM audit_entry WHERE seq > \(seq)")
        case .cutTailAndHead:
            try transaction.execute("DELETE FROM audit_entry WHERE seq > \(seq)")
            try transaction.execute(
                """
                UPDATE audit_head SET seq = \(seq),
                    hash = (SELECT hash FROM audit_entry WHERE audit_entry.seq = \(seq))
                """
            )
        case .rewriteHash:
            try transaction.execute("UPDATE audit_entry SET hash = sha256(hash) WHERE seq = \(seq)")
        case .rewriteAll:
            try transaction.execute("DELETE FROM audit_entry")
            try transaction.execute("UPDATE audit_head SET seq = 0, hash = \(AuditHead.empty.hash)")
            for number in 1...length {
                try AuditTrail.record(
                    entry(number, reason: number == seq ? "anders" : "Grund"),
                    for: tenant,
                    in: transaction
                )
            }
        case .headOnly:
            try transaction.execute("UPDATE audit_head SET hash = sha256(hash)")
        }
    }

    @Test("G3 every kind of tampering at every place is found with an anchor", arguments: Tampering.allCases)
    private func tamperingIsFound(tampering: Tampering) async throws {
        struct Undo: Error {}
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            let anchor = try await database.app.withTenant(tenant) { transaction in
                try (1...Self.length).map { number in
                    try AuditTrail.record(Self.entry(number), in: transaction)
                }.last
            }
            for seq in 1..<Self.length {
                let verdict = Shared<AuditVerdict?>(nil)
                do {
                    try await database.owner.withoutTenant { transaction in
                        for statement in Self.disarm { try transaction.execute(statement) }
                        try Self.tamper(tampering, at: seq, tenant, transaction)
                        let found = try AuditTrail.verify(for: tenant, anchor: anchor, in: transaction)
                        verdict.update { $0 = found }
                        throw Undo()
                    }
                } catch is Undo {}
                guard case .broken = verdict.value else {
                    Issue.record("\(tampering) at \(seq): \(String(describing: verdict.value))")
                    continue
                }
            }
            let untouched = try await database.app.withTenant(tenant) { try AuditTrail.verify(anchor: anchor, in: $0) }
            #expect(anchor.map(AuditVerdict.intact) == untouched)
        }
    }
}
