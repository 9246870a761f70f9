import Database
package import Foundation

/// Which entries a reader wants to see. What is nil does not matter.
package struct AuditFilter: Hashable, Sendable {
    /// Found anywhere in the words of an entry, personal details included; case does not matter.
    package var text: String?
    /// What the action begins with: `flow.` or `flow.published`.
    package var action: String?
    /// What the action does not begin with.
    package var excluding: String?
    /// The actor's name, exactly.
    package var actor: String?
    package var objectKind: String?
    /// The first moment, and the first one after the last.
    package var from: Date?
    package var until: Date?

    package init(
        text: String? = nil,
        action: String? = nil,
        excluding: String? = nil,
        actor: String? = nil,
        objectKind: String? = nil,
        from: Date? = nil,
        until: Date? = nil
    ) {
        self.text = text
        self.action = action
        self.excluding = excluding
        self.actor = actor
        self.objectKind = objectKind
        self.from = from
        self.until = until
    }

    /// Over an entry `e` and its detail `d`.
    func condition(_ queries: AuditQueries) throws -> SQL {
        var condition: SQL = "true"
        if let text, !text.isEmpty {
            let details = try queries.entries(withDetail: text)
            let inDetails: SQL =
                if let details { "e.seq = ANY (\(details)::bigint[])" } else {
                    "strpos(lower(d.body::text), lower(\(text)::text)) > 0"
                }
            condition = """
                \(condition) AND (\(inDetails) OR strpos(lower(concat_ws(' ', e.action, e.object_kind, e.object_id,
                    e.actor->>'name', e.actor->>'on_behalf_of', e.reason, e.request_id, e.before::text, e.after::text)),
                    lower(\(text)::text)) > 0)
                """
        }
        if let action { condition = "\(condition) AND starts_with(e.action, \(action))" }
        if let excluding { condition = "\(condition) AND NOT starts_with(e.action, \(excluding))" }
        if let actor { condition = "\(condition) AND e.actor->>'name' = \(actor)" }
        if let objectKind { condition = "\(condition) AND e.object_kind = \(objectKind)" }
        if let from { condition = "\(condition) AND e.at >= \(from)::timestamptz" }
        if let until { condition = "\(condition) AND e.at < \(until)::timestamptz" }
        return condition
    }
}
