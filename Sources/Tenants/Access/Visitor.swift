package import Foundation
package import Kernel
package import Localization
package import People

/// Who makes a request: a person with a session, and where that person stands.
package struct Visitor: Sendable, Hashable {
    package let session: VisitorSession
    package let person: Person
    package let platformRole: PlatformRole?
    /// Nil while no tenant is chosen, or the person is no longer a member of it.
    package let standing: Standing?

    package init(session: VisitorSession, person: Person, platformRole: PlatformRole?, standing: Standing?) {
        self.session = session
        self.person = person
        self.platformRole = platformRole
        self.standing = standing
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

    package init(tenant: TenantFacts, position: Position) {
        self.tenant = tenant
        self.position = position
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

    package init(
        id: TenantID,
        slug: TenantSlug,
        name: String,
        state: TenantState,
        language: Language,
        region: String,
        timeZone: String
    ) {
        self.id = id
        self.slug = slug
        self.name = name
        self.state = state
        self.language = language
        self.region = region
        self.timeZone = timeZone
    }
}

/// As what a person stands in a tenant.
package enum Position: Sendable, Hashable {
    case member(MemberRole)
    /// The platform's support, with a reason and for a limited time.
    case support(SupportAccessFacts)
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
