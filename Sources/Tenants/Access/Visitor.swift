package import Foundation
package import Kernel
package import Localization
package import People

/// Who makes a request: a person with a session, and where that person stands.
package struct Visitor: Sendable, Hashable {
    package let session: VisitorSession
    package let person: Person
    package let platformRole: PlatformRole?
    /// Whether the person can prove more than a password: an authenticator app or a passkey.
    package let hasSecondFactor: Bool
    /// Nil while no tenant is chosen, or the person is no longer a member of it.
    package let standing: Standing?

    package init(
        session: VisitorSession,
        person: Person,
        platformRole: PlatformRole?,
        hasSecondFactor: Bool = false,
        standing: Standing?
    ) {
        self.session = session
        self.person = person
        self.platformRole = platformRole
        self.hasSecondFactor = hasSecondFactor
        self.standing = standing
    }

    /// Whether the tenant demands a second factor that this member does not have: nothing of the tenant is shown until
    /// there is one. Support comes with a factor of its own, because the platform demands one.
    package var lacksDemandedFactor: Bool {
        guard let standing, case .member = standing.position else { return false }
        return standing.tenant.requiresSecondFactor && !hasSecondFactor
    }
}

/// The session behind a cookie.
package struct VisitorSession: Sendable, Hashable {
    package let id: WebSessionID
    package let level: SessionLevel
    package let createdAt: Date
    package let seenAt: Date
    /// When a factor was last proven; sensitive acts ask for a recent one.
    package let strongAt: Date?
    package let endsAt: Date

    package init(
        id: WebSessionID,
        level: SessionLevel,
        createdAt: Date,
        seenAt: Date,
        strongAt: Date?,
        endsAt: Date
    ) {
        self.id = id
        self.level = level
        self.createdAt = createdAt
        self.seenAt = seenAt
        self.strongAt = strongAt
        self.endsAt = endsAt
    }
}

/// A person in a tenant, for the length of one request.
package struct Standing: Sendable, Hashable {
    package let tenant: TenantFacts
    package let position: Position
    /// The look of the platform's support into the tenant that is going on; nil without one. Of several the one that
    /// ends last.
    package let look: SupportLookFacts?

    package init(tenant: TenantFacts, position: Position, look: SupportLookFacts? = nil) {
        self.tenant = tenant
        self.position = position
        self.look = look
    }
}

/// What every page of a tenant needs to know about it.
package struct TenantFacts: Sendable, Hashable {
    package let id: TenantID
    package let slug: TenantSlug
    package let name: String
    package let state: TenantState
    package let language: Language
    /// ISO 3166-1 alpha-2.
    package let region: String
    /// IANA name.
    package let timeZone: String
    /// Whether members see anything only with a second factor.
    package let requiresSecondFactor: Bool

    package init(
        id: TenantID,
        slug: TenantSlug,
        name: String,
        state: TenantState,
        language: Language,
        region: String,
        timeZone: String,
        requiresSecondFactor: Bool = false
    ) {
        self.id = id
        self.slug = slug
        self.name = name
        self.state = state
        self.language = language
        self.region = region
        self.timeZone = timeZone
        self.requiresSecondFactor = requiresSecondFactor
    }
}

/// As what a person stands in a tenant.
package enum Position: Sendable, Hashable {
    case member(MemberRole)
    /// The platform's support, with a reason and for a limited time.
    case support(SupportAccessFacts)
}

/// Somebody of the platform's support who looks into the tenant, as its members are told.
package struct SupportLookFacts: Sendable, Hashable {
    package let id: SupportAccessID
    package let personName: String
    package let reason: String
    package let expiresAt: Date

    package init(id: SupportAccessID, personName: String, reason: String, expiresAt: Date) {
        self.id = id
        self.personName = personName
        self.reason = reason
        self.expiresAt = expiresAt
    }
}

package struct SupportAccessFacts: Sendable, Hashable {
    package let id: SupportAccessID
    package let reason: String
    package let expiresAt: Date

    package init(id: SupportAccessID, reason: String, expiresAt: Date) {
        self.id = id
        self.reason = reason
        self.expiresAt = expiresAt
    }
}
