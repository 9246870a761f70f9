package import Credentials

/// Why an act on the people of a tenant was not done. The texts stand in `tenants.refusal_<code>`.
package enum MemberRefusal: String, Error, Sendable, CaseIterable {
    /// A tenant keeps at least one owner.
    case lastOwner = "last_owner"
    case alreadyMember = "already_member"
    /// An invitation to this address is open; it can be sent again.
    case alreadyInvited = "already_invited"
    /// Whoever acts may not, or not to this person: only owners make and touch owners.
    case notAllowed = "not_allowed"
    /// The person is not, or no longer, a member.
    case notAMember = "not_a_member"
    /// The invitation was accepted or revoked, or never was.
    case invitationOver = "invitation_over"
    case emailMalformed = "email_malformed"
    /// Bounds what a tenant can make this installation send.
    case tooManyInvitations = "too_many_invitations"
    /// The same, by day: sending again counts as well.
    case tooManyInvitationsToday = "too_many_invitations_today"
    case tenantClosed = "tenant_closed"

    /// The key of its text.
    package var key: String { "tenants.refusal_\(rawValue)" }
}

/// Why an invitation was not accepted.
package enum AcceptanceRefusal: Error, Sendable, Equatable {
    /// Unknown, expired, revoked or used: one answer, so that a guess learns nothing.
    case linkOver
    /// Somebody with the invited address has an account: sign in first.
    case signInFirst
    /// Whoever is signed in has another address than the one that was invited.
    case otherAddress
    case alreadyMember
    case nameMalformed
    case password(PasswordRefusal)
    /// Too many passwords are being worked on; trying again soon will do.
    case busy

    /// The key of its text.
    package var key: String {
        switch self {
        case .linkOver: "tenants.refusal_link_over"
        case .signInFirst: "tenants.refusal_sign_in_first"
        case .otherAddress: "tenants.refusal_other_address"
        case .alreadyMember: "tenants.refusal_already_member"
        case .nameMalformed: "people.refusal_name_malformed"
        case .password(let refusal): "people.refusal_password_\(refusal.rawValue)"
        case .busy: "people.refusal_busy"
        }
    }
}
