package import Foundation
package import Kernel
package import People

/// One person in the operator's list.
package struct PersonLine: Sendable, Hashable {
    package let id: PersonID
    package let email: String
    package let name: String
    package let isActive: Bool
    /// Nil for people of tenants only.
    package let platformRole: PlatformRole?
    /// How many tenants they work in; closed ones are not counted.
    package let workplaces: Int
    package let hasApp: Bool
    package let passkeys: Int
    /// Nil if never, or not since this is written down.
    package let lastSignedInAt: Date?
    package let createdAt: Date

    package var hasSecondFactor: Bool { hasApp || passkeys > 0 }
}

/// Everything the operator sees of one person: where they work and what they sign in with, never what they did.
package struct PersonDetail: Sendable, Hashable {
    package let line: PersonLine
    /// By name; closed tenants are left out.
    package let workplaces: [Workplace]
    /// Since when there is an authenticator app; nil without one.
    package let appSince: Date?
    /// The oldest first.
    package let passkeys: [Passkey]
    package let recoveryCodesLeft: Int

    package struct Passkey: Sendable, Hashable {
        package let since: Date
        package let lastUsedAt: Date?
    }
}

/// Which people are asked for.
package struct PersonFilter: Sendable, Hashable {
    /// Part of the name or the mail address; empty for all.
    package var search: String
    package var isActive: Bool?
    package var hasSecondFactor: Bool?

    package init(search: String = "", isActive: Bool? = nil, hasSecondFactor: Bool? = nil) {
        self.search = search
        self.isActive = isActive
        self.hasSecondFactor = hasSecondFactor
    }
}

package enum PersonOrder: Sendable, Hashable, CaseIterable {
    case name
    case email
    case workplaces
    case lastSignIn
    case created
}
