/// What a person is in a tenant (decision 31).
package enum MemberRole: String, Sendable, Hashable, CaseIterable, Codable {
    /// Everything, and the only one for ownership and the end of the contract.
    case owner
    /// Everything but bills and ownership.
    case admin
    /// Flows and where numbers lead; no people, no keys.
    case editor
    /// Calls, hand-overs and taking over.
    case agent
    /// Bills and usage; no transcripts.
    case billing
    /// Reads; exports nothing.
    case viewer
}

extension MemberRole {
    /// The key of its name.
    package var key: String { "tenants.role_\(rawValue)" }

    /// The key of what it may, in a sentence.
    package var explanationKey: String { "tenants.role_\(rawValue)_may" }
}
