import Crypto
package import Database
import Foundation
package import Kernel

/// Writes a chain out for whoever wants to keep or check it (requirement G6).
///
/// JSON Lines is the proof: a header, a line an entry with the exact text that was hashed, and a trailer.
/// `Resources/audit/verify.py` checks it without us. CSV is the same for a spreadsheet.
package struct AuditExport: Sendable {
    package enum Format: String, Hashable, Sendable, CaseIterable {
        case jsonl
        case csv
    }

    private static let pageSize = 1_000
    /// Text is handed on in pieces of about this many bytes.
    private static let pieceSize = 64 << 10

    private let database: Database
    private let time: TimeSource

    package init(_ database: Database, time: TimeSource) {
        self.database = database
        self.time = time
    }

    /// Writes a tenant's chain and records that first, so that the export's last entry names who made it.
    /// - Parameters:
    ///   - anchor: the newest head of the chain that is kept elsewhere; it is part of the header.
    ///   - write: gets the document piece by piece, in order.
    /// - Returns: the end of what was written.
    @discardableResult
    package func export(
        _ tenant: TenantID,
        as format: Format,
        by actor: AuditActor,
        requestID: String? = nil,
        anchor: AuditAnchor? = nil,
        write: (String) async throws -> Void
    ) async throws -> AuditHead {
        try await database.withTenant(tenant) { transaction in
            try AuditTrail.record(Self.entry(actor, "\(tenant)", format, requestID), in: transaction)
        }
        let door = AuditDoor(database: database, chain: .tenant(tenant))
        return try await export(door, as: format, anchor: anchor, write: write)
    }

    /// The same of the platform's chain. Each page opens the platform's door, which the chain records.
    @discardableResult
    package func exportPlatform(
        as format: Format,
        by actor: AuditActor,
        reason: String,
        requestID: String? = nil,
        anchor: AuditAnchor? = nil,
        write: (String) async throws -> Void
    ) async throws -> AuditHead {
        let door = AuditDoor(database: database, chain: .platform, actor: actor.name, reason: reason)
        try await door.open { queries in
            _ = try AuditTrail.record(Self.entry(actor, "platform", format, requestID), in: queries.transaction)
        }
        return try await export(door, as: format, anchor: anchor, write: write)
    }

    private static func entry(
        _ actor: AuditActor,
        _ chain: String,
        _ format: Format,
        _ requestID: String?
    ) -> AuditEntry {
        AuditEntry(
            actor: actor,
            action: "audit.exported",
            object: AuditObject("audit_chain", chain),
            after: ["format": .text(format.rawValue)],
            requestID: requestID
        )
    }

    private func export(
        _ door: AuditDoor,
        as format: Format,
        anchor: AuditAnchor?,
        write: (String) async throws -> Void
    ) async throws -> AuditHead {
        let head = try await door.open { try $0.head() }
        var document = AuditDocument(
            format: format,
            header: AuditExportHeader(chain: door.chain, at: time.now(), head: head, anchor: anchor)
        )
        var seq: Int64 = 0
        while let page = try await rows(after: seq, until: head.seq, door) {
            for row in page {
                document.append(row)
                if document.pending >= Self.pieceSize { try await write(document.take()) }
            }
            seq = page.last?.seq ?? head.seq
        }
        document.end(head)
        try await write(document.take())
        return head
    }

    /// The next page; nil after the last.
    ///
    /// The end of the chain is locked for the last page: entries after it that its head does not know are no one's who
    /// is just appending, and are written out too, for the verifier to find.
    private func rows(after seq: Int64, until last: Int64, _ door: AuditDoor) async throws -> [AuditRow]? {
        let page = try await door.open { queries in
            if seq < last {
                let page = try queries.entries(after: seq, limit: Self.pageSize).filter { $0.seq <= last }
                if !page.isEmpty { return page }
            }
            let current = try queries.lockedHead()
            return try queries.entries(after: max(current.seq, seq), limit: Self.pageSize)
        }
        return page.isEmpty ? nil : page
    }
}
