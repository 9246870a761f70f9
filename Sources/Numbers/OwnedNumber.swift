package import Foundation
package import Kernel

/// A number that belongs to a tenant.
package struct OwnedNumber: Sendable, Hashable {
    package let id: NumberOwnershipID
    package let e164: E164
    /// As it was entered, for display only.
    package let typed: String
    package let account: AccountSid
    package let since: Date
    /// The flow it leads to; nil while it is not assigned.
    package let flow: FlowID?

    package init(
        id: NumberOwnershipID,
        e164: E164,
        typed: String,
        account: AccountSid,
        since: Date,
        flow: FlowID?
    ) {
        self.id = id
        self.e164 = e164
        self.typed = typed
        self.account = account
        self.since = since
        self.flow = flow
    }
}

/// A number leading to a flow, from `since` on.
package struct NumberAssignment: Sendable, Hashable {
    package let id: NumberAssignmentID
    package let e164: E164
    package let flow: FlowID
    package let since: Date

    package init(id: NumberAssignmentID, e164: E164, flow: FlowID, since: Date) {
        self.id = id
        self.e164 = e164
        self.flow = flow
        self.since = since
    }
}

/// Who answers a dialled number at an instant, and within which bounds.
package struct Route: Sendable, Hashable {
    package let tenant: TenantID
    package let assignment: NumberAssignmentID
    package let flow: FlowID
    /// The account whose requests about this number are believed (requirement A11).
    package let account: AccountSid
    /// The tenant is active: neither suspended nor closed.
    package let isTenantActive: Bool
    package let concurrentCalls: Int
    package let callSeconds: Int
    package let language: String
    /// Where a call goes that cannot be answered; nil means a spoken apology.
    package let overflow: E164?

    package init(
        tenant: TenantID,
        assignment: NumberAssignmentID,
        flow: FlowID,
        account: AccountSid,
        isTenantActive: Bool,
        concurrentCalls: Int,
        callSeconds: Int,
        language: String,
        overflow: E164?
    ) {
        self.tenant = tenant
        self.assignment = assignment
        self.flow = flow
        self.account = account
        self.isTenantActive = isTenantActive
        self.concurrentCalls = concurrentCalls
        self.callSeconds = callSeconds
        self.language = language
        self.overflow = overflow
    }
}
