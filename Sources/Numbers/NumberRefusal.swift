package import PhoneNumbers

/// Why an act on a number was refused. `code` names its text in the catalog (`numbers.<code>`).
package enum NumberRefusal: Error, Sendable, Hashable {
    /// What was typed cannot be a tenant's number.
    case unreadable(PhoneNumberRefusal)
    /// The carrier does not hold exactly this number in the account it must be in.
    case notAtCarrier
    /// At the carrier, something overrides the address it would call us at.
    case routedElsewhere
    /// Somebody owns it. Not said: who.
    case taken
    /// It was released less than 30 days ago (requirement A11).
    case quarantined
    case notOwned
    case notAssigned
    case unknownFlow

    package var code: String {
        switch self {
        case .unreadable(let refusal): "refusal_\(refusal.rawValue)"
        case .notAtCarrier: "not_at_carrier"
        case .routedElsewhere: "routed_elsewhere"
        case .taken: "taken"
        case .quarantined: "quarantined"
        case .notOwned: "not_owned"
        case .notAssigned: "not_assigned"
        case .unknownFlow: "unknown_flow"
        }
    }
}

/// A broken assumption about numbers.
package enum NumberError: String, Error, Sendable {
    /// What is stored cannot be the number it should be.
    case unreadable = "number_unreadable"
}
