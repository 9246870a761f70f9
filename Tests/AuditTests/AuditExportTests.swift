import Database
import Foundation
import Kernel
import TestSupport
import Testing

@testable import Audit

/// An export as its lines.
struct Exported {
    let lines: [String]
    let head: AuditHead

    init(
        _ chain: TenantID,
        _ database: TestDatabase,
        as format: AuditExport.Format = .jsonl,
        anchor: AuditAnchor? = nil
    ) async throws {
        var text = ""
        head = try await AuditExport(database.app, time: .still).export(
            chain,
            as: format,
            by: AuditActor(.person, "p1"),
            anchor: anchor
        ) { text += $0 }
        // By bytes: "\r\n" is one character.
        lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
            .map { String(decoding: $0, as: UTF8.self) }
    }

    static func judge(_ lines: [String], anchors: [AuditAnchor] = [], publicKeys: [Data] = []) -> AuditFileVerdict {
        var verifier = AuditExportVerifier(anchors: anchors, publicKeys: publicKeys)
        for line in lines { verifier.take(Data(line.utf8)) }
        return verifier.finish()
    }
}

@Suite("Exporting the audit trail")
struct AuditExportTests {
    @Test("G6 the export is verified offline, counts erased details, and its last entry says who made it")
    func jsonLines() async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            _ = try await Sample.record(1_203, tenant, database)
            try await database.app.withTenant(tenant) { transaction in
                try AuditTrail.erase([.object(AuditObject("number", "v1001"))], in: transaction)
            }
            let exported = try await Exported(tenant, database)
            #expect(exported.lines.count == 1_206)
            #expect(exported.head.seq == 1_204)
            #expect(Exported.judge(exported.lines) == .intact(exported.head, erasedDetails: 1))
            #expect(exported.lines[1_204].contains("audit.exported"))
            #expect(try await database.verdict(tenant) == .intact(exported.head))
        }
    }

    @Test("G6 an export has no line of another tenant")
    func isolation() async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            let other = try await database.makeTenant()
            _ = try await Sample.record(5, tenant, database)
            let exported = try await Exported(other, database)
            #expect(exported.lines.count == 3)
            #expect(!exported.lines.joined().contains("\(tenant)"))
        }
    }

    @Test("G6 a spreadsheet gets a line an entry, quoted, and no formula")
    func sheet() async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            try await database.app.withTenant(tenant) { transaction in
                try AuditTrail.record(Sample.entry(2), in: transaction)
                try AuditTrail.record(Sample.entry(3, reason: "=HYPERLINK(\"x\")"), in: transaction)
            }
            let lines = try await Exported(tenant, database, as: .csv).lines
            #expect(lines.count == 4)
            #expect(lines[0].hasPrefix("\u{FEFF}seq;at;actor_kind;"))
            #expect(lines[1].contains(";\"Grund; „mit“ \"\"Zeichen\"\"\";r2;"))
            #expect(lines[1].contains("a2@example.at"))
            #expect(lines[2].contains(";\"'=HYPERLINK(\"\"x\"\")\";"))
            #expect(lines.allSatisfy { $0.hasSuffix("\r") })
        }
    }

    @Test("G6 the platform's chain is exported and verified like a tenant's")
    func platform() async throws {
        try await withTestDatabase { database in
            try await database.platform.withPlatform(actor: "operator:anna", reason: "x") { transaction in
                for number in 1...5 { try AuditTrail.record(Sample.entry(number), in: transaction) }
            }
            var text = ""
            let head = try await AuditExport(database.app, time: .still).exportPlatform(
                as: .jsonl,
                by: AuditActor(.operator, "operator:anna"),
                reason: "Prüfung"
            ) { text += $0 }
            let lines = text.split(separator: "\n").map(String.init)
            #expect(Exported.judge(lines) == .intact(head, erasedDetails: 0))
            #expect(lines[0].contains("\"chain\":\"platform\""))
        }
    }

    @Test("what was changed in the database shows in the export: each of the verdicts")
    func tamperedDatabase() async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            _ = try await Sample.record(6, tenant, database)
            // Changes that stay, because the export reads in transactions of its own.
            try await database.owner.withoutTenant { transaction in
                try transaction.execute("ALTER TABLE audit_entry NO FORCE ROW LEVEL SECURITY")
                try transaction.execute("UPDATE audit_entry SET after = '{\"n\":1.5}' WHERE seq = 3")
            }
            let exported = try await Exported(tenant, database)
            #expect(Exported.judge(exported.lines) == .broken(line: 4, .chainMismatch))
        }
    }

    @Test("entries that the head does not know are exported for the verifier to find")
    func excess() async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            _ = try await Sample.record(4, tenant, database)
            try await database.owner.withoutTenant { transaction in
                try transaction.execute("ALTER TABLE audit_entry NO FORCE ROW LEVEL SECURITY")
                try transaction.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
                try transaction.execute(
                    """
                    INSERT INTO audit_entry (tenant_id, seq, at, actor, action, object_kind, object_id, previous_hash, hash)
                    SELECT tenant_id, 9, at, actor, action, object_kind, object_id, previous_hash, hash
                    FROM audit_entry WHERE seq = 4
                    """
                )
            }
            let exported = try await Exported(tenant, database)
            guard case .broken = Exported.judge(exported.lines) else {
                Issue.record("not found")
                return
            }
            #expect(exported.lines.count == 8)
        }
    }

    @Test("a file that is no export is told from one that was changed")
    func foreign() {
        #expect(Exported.judge([]) == .foreign)
        #expect(Exported.judge(["{}"]) == .foreign)
        #expect(Exported.judge(["{\"format\":\"other\",\"version\":1}"]) == .foreign)
    }
}
