import Database
package import Foundation

/// An entry as it is read.
package struct AuditLine: Hashable, Sendable {
    package let seq: Int64
    package let at: Date
    package let actor: AuditActor
    package let action: String
    package let object: AuditObject
    package let before: AuditValue?
    package let after: AuditValue?
    package let reason: String?
    package let requestID: String?
    /// Names, addresses and the like; nil if there are none or they were erased.
    package let personal: AuditValue?
    /// Whether the entry had personal details that were erased.
    package let isErased: Bool

    /// Of a row of `AuditQueries.rows`.
    init(row: Row, _ queries: AuditQueries) throws {
        func value(_ column: String) throws -> AuditValue? {
            try row.getOptional(column, as: JSONText.self)?.decode()
        }
        seq = try row.get("seq")
        at = try row.get("at")
        actor = try AuditActor(value: try row.get("actor", as: JSONText.self).decode())
        action = try row.get("action")
        object = AuditObject(try row.get("object_kind"), try row.get("object_id"))
        before = try value("before")
        after = try value("after")
        reason = try row.getOptional("reason")
        requestID = try row.getOptional("request_id")
        let detail = try queries.detail(row)
        personal = if case .kept(let detail) = detail { detail.body } else { nil }
        isErased = detail == .erased
    }
}

/// Entries from the newest to the oldest.
package struct AuditPage: Hashable, Sendable {
    package let entries: [AuditLine]
    /// Where the next page begins; nil if there is none.
    package let next: Int64?

    package init(entries: [AuditLine], next: Int64?) {
        self.entries = entries
        self.next = next
    }
}
