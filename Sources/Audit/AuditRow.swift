import Database
import Foundation

/// An entry as it stands in its table, to be judged or exported.
struct AuditRow {
    let seq: Int64
    let previousHash: Data
    let hash: Data
    /// Nil if a column holds what no entry can hold.
    let link: AuditLink?
    let detail: AuditDetailState

    /// Of a row of `AuditQueries.rows`.
    init(row: Row, _ queries: AuditQueries) throws {
        seq = try row.get("seq")
        previousHash = try row.get("previous_hash")
        hash = try row.get("hash")
        do {
            link = try AuditLink(row: row, chain: queries.chain)
        } catch is DecodingError {
            link = nil
        }
        detail = try queries.detail(row)
    }

    /// What is wrong with this as the entry after `end`.
    func fault(after end: AuditHead) -> AuditFault? {
        if seq != end.seq + 1 { return .gap }
        if previousHash != end.hash { return .link }
        guard let link else { return .unreadable }
        if link.hash(after: previousHash) != hash { return .content }
        return detail.agrees(with: link.personalHash) ? nil : .detail
    }
}

extension AuditLink {
    init(row: Row, chain: AuditChain) throws {
        func value(_ column: String) throws -> AuditValue? {
            try row.getOptional(column, as: JSONText.self)?.decode()
        }
        self.init(
            chain: chain,
            seq: try row.get("seq"),
            at: try row.get("spelled_at"),
            actor: try row.get("actor", as: JSONText.self).decode(),
            action: try row.get("action"),
            object: AuditObject(try row.get("object_kind"), try row.get("object_id")),
            before: try value("before"),
            after: try value("after"),
            reason: try row.getOptional("reason"),
            requestID: try row.getOptional("request_id"),
            personalHash: try row.getOptional("personal_hash")
        )
    }
}
