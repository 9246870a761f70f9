package import Foundation
package import Kernel

/// A key of the API, as the page of keys shows it. The key itself is gone the moment it was shown.
package struct APIKeyLine: Sendable, Hashable {
    package let id: APIKeyID
    package let name: String
    /// The first 12 characters, the only part that is readable and may be logged.
    package let prefix: String
    /// In the order of `AccessMatrix.keyScopes`.
    package let scopes: [Permission]
    package let createdBy: PersonID
    package let createdByName: String
    package let createdAt: Date
    package let expiresAt: Date?
    /// To the minute.
    package let lastUsedAt: Date?
    package let revokedAt: Date?

    package func isUsable(at date: Date) -> Bool {
        revokedAt == nil && (expiresAt.map { date < $0 } ?? true)
    }
}

/// Who makes a request of the API.
package struct APIKeyIdentity: Sendable, Hashable {
    package let tenant: TenantID
    package let tenantState: TenantState
    package let key: APIKeyID
    package let prefix: String
    package let scopes: Set<Permission>

    package init(
        tenant: TenantID,
        tenantState: TenantState,
        key: APIKeyID,
        prefix: String,
        scopes: Set<Permission>
    ) {
        self.tenant = tenant
        self.tenantState = tenantState
        self.key = key
        self.prefix = prefix
        self.scopes = scopes
    }
}

/// Why an act on keys was not done. The texts stand in `tenants.refusal_<code>`.
package enum APIKeyRefusal: String, Error, Sendable, CaseIterable {
    case notAllowed = "not_allowed"
    case nameMalformed = "key_name_malformed"
    /// A key that may do nothing.
    case noScopes = "key_no_scopes"
    /// A permission that keys are not given.
    case scopeNotForKeys = "key_scope_not_for_keys"
    case expiryInThePast = "key_expiry_in_the_past"
    case tooManyKeys = "key_too_many"
    /// It was revoked, or never was.
    case keyOver = "key_over"
    case tenantClosed = "tenant_closed"

    /// The key of its text.
    package var key: String { "tenants.refusal_\(rawValue)" }
}
