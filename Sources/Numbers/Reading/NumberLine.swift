package import Foundation
package import Kernel

/// Where a number stands.
package enum NumberState: String, Sendable, Hashable, CaseIterable {
    /// It leads to a flow that is live.
    case active
    /// It leads to a flow without a live version: callers hear the neutral announcement.
    case silent
    /// It leads nowhere: callers hear the neutral announcement.
    case unassigned
    /// It was given back and nobody may claim it yet.
    case resting
    /// It was given back or moved away, and whoever has it now is not said.
    case past
}

/// A flow and the ordinal of its live version, if it has one.
package struct NumberFlow: Sendable, Hashable {
    package let id: FlowID
    package let name: String
    package let liveVersion: Int?

    package init(id: FlowID, name: String, liveVersion: Int?) {
        self.id = id
        self.name = name
        self.liveVersion = liveVersion
    }
}

/// One period of ownership, with where the number leads now.
package struct NumberLine: Sendable, Hashable {
    package let id: NumberOwnershipID
    package let tenant: TenantID
    package let e164: E164
    /// As it was entered, for display only.
    package let typed: String
    package let account: AccountSid
    package let since: Date
    /// When the carrier last confirmed it.
    package let verifiedAt: Date
    /// Nil while it is owned.
    package let endedAt: Date?
    /// The end of its rest, after a release.
    package let restsUntil: Date?
    package let state: NumberState
    /// Nil while it leads nowhere.
    package let flow: NumberFlow?
    /// Since when it leads there.
    package let flowSince: Date?

    package init(
        id: NumberOwnershipID,
        tenant: TenantID,
        e164: E164,
        typed: String,
        account: AccountSid,
        since: Date,
        verifiedAt: Date,
        endedAt: Date? = nil,
        restsUntil: Date? = nil,
        state: NumberState,
        flow: NumberFlow? = nil,
        flowSince: Date? = nil
    ) {
        self.id = id
        self.tenant = tenant
        self.e164 = e164
        self.typed = typed
        self.account = account
        self.since = since
        self.verifiedAt = verifiedAt
        self.endedAt = endedAt
        self.restsUntil = restsUntil
        self.state = state
        self.flow = flow
        self.flowSince = flowSince
    }

    /// Whether it belongs to its tenant now.
    package var isOwned: Bool { endedAt == nil }
}

/// A tenant, as the operator's pages name it.
package struct NumberTenant: Sendable, Hashable {
    package let id: TenantID
    package let name: String

    package init(id: TenantID, name: String) {
        self.id = id
        self.name = name
    }
}
