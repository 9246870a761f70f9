import Database

/// Who did something.
package struct AuditActor: Hashable, Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        /// A person of the tenant.
        case person
        /// A key of the tenant's for the API.
        case apiKey = "api_key"
        /// The platform's operator.
        case `operator`
        /// The platform's support, within a session that has a reason.
        case support
        /// The system itself: a job, a call.
        case system
    }

    package let kind: Kind
    /// A stable name or id: `job:invoicing`, a person's id, the operator's login. Not a caller.
    package let name: String
    /// On whose behalf support acted.
    package let onBehalfOf: String?
    /// The network the request came from, already cut to /24 or /48.
    package let addressPrefix: String?

    package init(_ kind: Kind, _ name: String, onBehalfOf: String? = nil, addressPrefix: String? = nil) {
        self.kind = kind
        self.name = name
        self.onBehalfOf = onBehalfOf
        self.addressPrefix = addressPrefix
    }

    /// - Throws: `DatabaseError.unreadable` if `value` is no actor.
    init(value: AuditValue) throws {
        guard case .object(let members) = value, let kind = members["kind"]?.string.flatMap(Kind.init(rawValue:)),
            let name = members["name"]?.string
        else {
            throw DatabaseError.unreadable(column: "actor", UnreadableValue(expected: "an actor", wasNull: false))
        }
        self.init(
            kind,
            name,
            onBehalfOf: members["on_behalf_of"]?.string,
            addressPrefix: members["address_prefix"]?.string
        )
    }

    var value: AuditValue {
        var members: [String: AuditValue] = ["kind": .text(kind.rawValue), "name": .text(name)]
        if let onBehalfOf { members["on_behalf_of"] = .text(onBehalfOf) }
        if let addressPrefix { members["address_prefix"] = .text(addressPrefix) }
        return .object(members)
    }
}

/// What was done to.
package struct AuditObject: Hashable, Sendable {
    /// A table's name: `flow_version`.
    package let kind: String
    package let id: String

    package init(_ kind: String, _ id: String) {
        self.kind = kind
        self.id = id
    }
}

/// One act, as it is handed to the trail.
package struct AuditEntry: Hashable, Sendable {
    package let actor: AuditActor
    /// `noun.verb` in the past: `flow.published`, `number.released`.
    package let action: String
    package let object: AuditObject
    /// The members that differ, before and after. Values named like secrets are masked when the entry is recorded.
    package let before: AuditValue?
    package let after: AuditValue?
    package let reason: String?
    package let requestID: String?
    /// What identifies a person: names, mail addresses, the user agent. It stands beside the chain and can be erased.
    package let personal: AuditValue?

    package init(
        actor: AuditActor,
        action: String,
        object: AuditObject,
        before: AuditValue? = nil,
        after: AuditValue? = nil,
        reason: String? = nil,
        requestID: String? = nil,
        personal: AuditValue? = nil
    ) {
        self.actor = actor
        self.action = action
        self.object = object
        self.before = before
        self.after = after
        self.reason = reason
        self.requestID = requestID
        self.personal = personal
    }
}
