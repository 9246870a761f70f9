package import Foundation
package import Kernel
package import Localization

/// Somebody who works in a tenant, as its other members see them.
package struct Member: Sendable, Hashable {
    package let person: PersonID
    package let email: String
    package let name: String
    package let role: MemberRole
    package let since: Date
    /// When a session of theirs was last used in this tenant; nil if none is known.
    package let lastSeenAt: Date?
    /// For those who may manage members only.
    package let hasSecondFactor: Bool
}

/// An invitation that was neither accepted nor revoked.
package struct Invitation: Sendable, Hashable {
    package let id: InvitationID
    package let email: String
    package let role: MemberRole
    package let language: Language
    package let createdAt: Date
    package let expiresAt: Date
}

/// What the page behind an invitation's link shows to whoever has the link.
package struct OpenInvitation: Sendable, Hashable {
    package let tenant: TenantID
    package let tenantName: String
    package let email: String
    package let role: MemberRole
    package let language: Language
    package let expiresAt: Date
    /// Somebody with this address has an account and accepts by signing in.
    package let hasAccount: Bool
}
