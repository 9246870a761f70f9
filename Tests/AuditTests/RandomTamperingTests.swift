import Database
import Foundation
import Kernel
import TestSupport
import Testing

@testable import Audit

@Suite("A thousand random tamperings with the database")
struct RandomTamperingTests {
    private static let length = 20

    /// What somebody with all rights over the database does, by the throw of dice.
    private struct Tampering {
        let kind: Int
        let seq: Int
        let field: Int

        init(_ dice: inout Dice) {
            kind = Int.random(in: 0..<16, using: &dice)
            seq = Int.random(in: 1..<RandomTamperingTests.length, using: &dice)
            field = Int.random(in: 0..<12, using: &dice)
        }

        func perform(_ tenant: TenantID, _ transaction: Transaction) throws {
            switch kind {
            case 0...5: try edit(transaction)
            case 6: try transaction.execute("UPDATE audit_detail SET body = body || '\\x01'\(detail)")
            case 7:
                try transaction.execute(
                    "UPDATE audit_detail SET body = set_byte(body, 20, 255 - get_byte(body, 20))\(detail)"
                )
            case 8: try transaction.execute("DELETE FROM audit_detail\(detail)")
            case 9: try delete(transaction)
            case 10: try insert(transaction)
            case 11: try swap(transaction)
            case 12: try cut(transaction, withHead: false)
            case 13: try cut(transaction, withHead: true)
            case 14: try rewrite(tenant, transaction)
            default:
                try transaction.execute("UPDATE audit_head SET seq = seq + \(field.isMultiple(of: 2) ? 1 : -1)")
            }
        }

        /// A detail that exists: every third entry has none.
        private var detail: SQL { " WHERE seq = \(seq.isMultiple(of: 3) ? seq + 1 : seq)" }

        private func edit(_ transaction: Transaction) throws {
            let changes: [SQL] = [
                "at = at + interval '1 microsecond'", "actor = actor || '{\"name\":\"eva\"}'", "action = action || 'x'",
                "object_kind = object_kind || 'x'", "object_id = object_id || 'x'",
                "before = COALESCE(before, '{}') || '{\"state\":\"x\"}'", "after = after || '{\"n\":-1}'",
                "reason = NULL", "request_id = request_id || ' '", "previous_hash = sha256(previous_hash)",
                "hash = sha256(hash)", "personal_hash = sha256(COALESCE(personal_hash, hash))",
            ]
            try transaction.execute("UPDATE audit_entry SET \(changes[field]) WHERE seq = \(seq)")
        }

        private func delete(_ transaction: Transaction) throws {
            try transaction.execute("DELETE FROM audit_detail WHERE seq = \(seq)")
            try transaction.execute("DELETE FROM audit_entry WHERE seq = \(seq)")
            guard field.isMultiple(of: 2) else { return }
            // Close the gap, so that only the hashes tell.
            for table: SQL in ["audit_entry", "audit_detail"] {
                try transaction.execute("UPDATE \(table) SET seq = seq + 1000 WHERE seq > \(seq)")
                try transaction.execute("UPDATE \(table) SET seq = seq - 1001 WHERE seq > 1000")
            }
            try transaction.execute("UPDATE audit_head SET seq = seq - 1")
        }

        private func insert(_ transaction: Transaction) throws {
            for table: SQL in ["audit_entry", "audit_detail"] {
                try transaction.execute("UPDATE \(table) SET seq = seq + 1000 WHERE seq > \(seq)")
                try transaction.execute("UPDATE \(table) SET seq = seq - 999 WHERE seq > 1000")
            }
            try transaction.execute(
                """
                INSERT INTO audit_entry (tenant_id, seq, at, actor, action, object_kind, object_id, previous_hash, hash)
                SELECT tenant_id, seq + 1, at, actor, action, object_kind, object_id, hash, sha256(hash)
                FROM audit_entry WHERE seq = \(seq)
                """
            )
            try transaction.execute("UPDATE audit_head SET seq = seq + 1")
        }

        private func swap(_ transaction: Transaction) throws {
            for table: SQL in ["audit_entry", "audit_detail"] {
                try transaction.execute("UPDATE \(table) SET seq = 1000 WHERE seq = \(seq)")
                try transaction.execute("UPDATE \(table) SET seq = \(seq) WHERE seq = \(seq + 1)")
                try transaction.execute("UPDATE \(table) SET seq = \(seq + 1) WHERE seq = 1000")
            }
        }

        private func cut(_ transaction: Transaction, withHead: Bool) throws {
            try transaction.execute("DELETE FROM audit_detail WHERE seq > \(seq)")
            try transaction.execute("DELETE FROM audit_entry WHERE seq > \(seq)")
            guard withHead else { return }
            try transaction.execute(
                """
                UPDATE audit_head SET seq = \(seq), hash = (SELECT e.hash FROM audit_entry AS e WHERE e.seq = \(seq))
                """
            )
        }

        /// All entries from `seq` on anew, with hashes that are right.
        private func rewrite(_ tenant: TenantID, _ transaction: Transaction) throws {
            try cut(transaction, withHead: true)
            for number in (seq + 1)...RandomTamperingTests.length {
                try AuditTrail.record(
                    Sample.entry(number, reason: number == seq + 1 ? "anders" : "Grund"),
                    for: tenant,
                    in: transaction
                )
            }
        }
    }

    @Test("G a thousand of a thousand are found with an anchor", arguments: [1, 2, 3, 4])
    func tampering(seed: UInt64) async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            let anchor = try await Sample.record(Self.length, tenant, database)
            var dice = Dice(seed)
            for _ in 0..<250 {
                let tampering = Tampering(&dice)
                let verdict = try await database.tampered {
                    try tampering.perform(tenant, $0)
                } _: {
                    try AuditTrail.verify(for: tenant, anchor: anchor, in: $0)
                }
                guard case .broken = verdict else {
                    Issue.record("\(tampering): \(String(describing: verdict))")
                    continue
                }
            }
            #expect(try await database.verdict(tenant, anchor: anchor) == .intact(anchor))
        }
    }

    @Test("without an anchor a chain cut with its head looks intact: the anchor is what shows it")
    func anchorIsNeeded() async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            let anchor = try await Sample.record(8, tenant, database)
            let verdicts = try await database.tampered { transaction in
                try transaction.execute("DELETE FROM audit_detail WHERE seq > 5")
                try transaction.execute("DELETE FROM audit_entry WHERE seq > 5")
                try transaction.execute(
                    "UPDATE audit_head SET seq = 5, hash = (SELECT e.hash FROM audit_entry AS e WHERE e.seq = 5)"
                )
            } _: { transaction in
                [
                    try AuditTrail.verify(for: tenant, in: transaction),
                    try AuditTrail.verify(for: tenant, anchor: anchor, in: transaction),
                ]
            }
            let found = try #require(verdicts)
            guard case .intact = found[0] else {
                Issue.record("\(found[0])")
                return
            }
            #expect(found[1] == .broken(seq: 5, .anchor))
        }
    }

    @Test("the four verdicts are told apart")
    func verdicts() async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            let anchor = try await Sample.record(4, tenant, database)
            let changes: [(SQL, AuditFinding)] = [
                ("UPDATE audit_entry SET action = 'x' WHERE seq = 2", .chainMismatch),
                (
                    """
                    UPDATE audit_head SET seq = 3, hash = (SELECT e.hash FROM audit_entry AS e WHERE e.seq = 3)
                    """, .logLonger
                ),
                ("UPDATE audit_head SET seq = 5", .headLonger),
            ]
            for (change, finding) in changes {
                let verdict = try await database.tampered {
                    try $0.execute(change)
                } _: {
                    try AuditTrail.verify(for: tenant, in: $0)
                }
                guard case .broken(_, let fault) = verdict else {
                    Issue.record("\(finding)")
                    continue
                }
                #expect(fault.finding == finding)
            }
            let other = AuditHead(seq: anchor.seq, hash: Data(repeating: 1, count: 32))
            #expect(try await database.verdict(tenant, anchor: other) == .broken(seq: 4, .anchor))
            #expect(Set(AuditFinding.allCases.map(\.exitCode)) == [10, 11, 12, 13])
        }
    }
}
