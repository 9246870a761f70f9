package import Foundation

/// How far the end of a tenant has come.
package struct TenantClosing: Sendable, Hashable {
    /// When the end was asked for.
    package let askedAt: Date
    /// Until then it can be taken back, and everything goes on as before.
    package let endsAt: Date
    /// When the tenant was closed; nobody stands in it since then.
    package let closedAt: Date?
    /// When its contents were destroyed.
    package let destroyedAt: Date?

    init(askedAt: Date, closedAt: Date?, destroyedAt: Date?) {
        self.askedAt = askedAt
        endsAt = askedAt.addingTimeInterval(TimeInterval(TenantLifecycle.noticeDays) * 86_400)
        self.closedAt = closedAt
        self.destroyedAt = destroyedAt
    }
}

/// Why a step towards the end of a tenant was not taken. The texts stand in `tenants.refusal_<code>`.
package enum ClosingRefusal: String, Error, Sendable, CaseIterable {
    case notAllowed = "not_allowed"
    /// What was typed to confirm is not the tenant's short name.
    case slugDiffers = "closing_slug_differs"
    case reasonMissing = "closing_reason_missing"
    case alreadyAsked = "closing_already_asked"
    case notAsked = "closing_not_asked"
    /// It can still be taken back.
    case tooEarly = "closing_too_early"
    case tenantClosed = "tenant_closed"
    /// The export never writes over anything.
    case exportExists = "closing_export_exists"

    /// The key of its text.
    package var key: String { "tenants.refusal_\(rawValue)" }
}
