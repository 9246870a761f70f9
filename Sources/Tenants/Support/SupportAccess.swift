package import Foundation
package import Kernel

/// One look of the platform's support into a tenant, as the tenant and the platform see it.
package struct SupportAccess: Sendable, Hashable {
    package let id: SupportAccessID
    package let person: PersonID
    package let personName: String
    package let reason: String
    package let startedAt: Date
    package let expiresAt: Date
    /// Nil while it runs, and where it ended by itself.
    package let endedAt: Date?

    package func isRunning(at date: Date) -> Bool { endedAt == nil && date < expiresAt }
}

/// Why support access did not begin or end. The texts stand in `tenants.refusal_<code>`.
package enum SupportRefusal: String, Error, Sendable, CaseIterable {
    case reasonTooShort = "support_reason_too_short"
    case reasonTooLong = "support_reason_too_long"
    case durationOutOfBounds = "support_duration_out_of_bounds"
    /// Whoever asks does not work for the platform's support, or may not end it for the tenant.
    case notAllowed = "not_allowed"
    case noSuchTenant = "support_no_such_tenant"
    /// The session that was to show the tenant is over.
    case sessionOver = "support_session_over"
    /// It has ended already, or never was.
    case accessOver = "support_access_over"

    /// The key of its text.
    package var key: String { "tenants.refusal_\(rawValue)" }
}
