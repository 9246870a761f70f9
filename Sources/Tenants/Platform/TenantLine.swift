package import Foundation
package import Kernel

/// One tenant in the operator's list. Months are the tenant's own, by its time zone.
package struct TenantLine: Sendable, Hashable {
    package let id: TenantID
    package let slug: TenantSlug
    package let name: String
    package let state: TenantState
    /// Its end was asked for and can still be taken back.
    package let isEnding: Bool
    /// ISO 3166-1 alpha-2.
    package let region: String
    /// Numbers it owns now.
    package let numbers: Int
    /// Calls of this month that were let in.
    package let callsThisMonth: Int
    /// How long its agents spoke in the calls of this month, in milliseconds; running calls are not counted yet.
    package let agentMilliseconds: Int
    package let members: Int
    package let createdAt: Date

    package init(
        id: TenantID,
        slug: TenantSlug,
        name: String,
        state: TenantState,
        isEnding: Bool,
        region: String,
        numbers: Int,
        callsThisMonth: Int,
        agentMilliseconds: Int,
        members: Int,
        createdAt: Date
    ) {
        self.id = id
        self.slug = slug
        self.name = name
        self.state = state
        self.isEnding = isEnding
        self.region = region
        self.numbers = numbers
        self.callsThisMonth = callsThisMonth
        self.agentMilliseconds = agentMilliseconds
        self.members = members
        self.createdAt = createdAt
    }

    /// Whole minutes, begun ones counted.
    package var agentMinutes: Int { (agentMilliseconds + 59_999) / 60_000 }
}

/// Which tenants are asked for.
package struct TenantFilter: Sendable, Hashable {
    /// Part of the name, the slug, or, from four digits on, of a number the tenant owns; empty for all.
    package var search: String
    package var stage: TenantStage?

    package init(search: String = "", stage: TenantStage? = nil) {
        self.search = search
        self.stage = stage
    }
}

/// What an operator distinguishes in the life of a tenant.
package enum TenantStage: Sendable, Hashable, CaseIterable {
    case active
    case suspended
    /// Its end was asked for; whether it is active or suspended meanwhile does not matter.
    case ending
    case closed
}

package enum TenantOrder: Sendable, Hashable, CaseIterable {
    case name
    case numbers
    case calls
    case minutes
    case members
    case created
}
