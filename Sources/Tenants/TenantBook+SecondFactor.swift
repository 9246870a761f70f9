import Audit
import Database
package import Kernel

extension TenantBook {
    /// Says whether everybody who works in the tenant must have a second factor. From the next request on, members
    /// without one see nothing of the tenant but the way to set one up. Safe to repeat.
    ///
    /// Whoever demands one must have one, so that nobody shuts themselves out. What is asked of `acting` is read in the
    /// transaction that acts.
    ///
    /// - Returns: why it was not done; nil if it is so now.
    package func demandSecondFactor(
        _ id: TenantID,
        _ isDemanded: Bool,
        by acting: Acting
    ) async throws -> SecondFactorRefusal? {
        try await database.withTenant(id) { transaction in
            let queries = TenantQueries(transaction: transaction)
            let members = MemberQueries(transaction: transaction, tenant: id)
            guard let tenant = try queries.findForUpdate(id) else { throw TenantError.gone }
            guard tenant.state != .closed else { return .tenantClosed }
            guard let person = acting.person, try members.allows(acting, .secondFactorWrite) else {
                return .notAllowed
            }
            guard try !isDemanded || members.hasSecondFactor(person) else { return .ownFactorMissing }
            guard tenant.requiresSecondFactor != isDemanded else { return nil }
            try queries.set(requiresSecondFactor: isDemanded, of: id)
            let entry = acting.entry(
                isDemanded ? "tenant.second_factor_demanded" : "tenant.second_factor_left_free",
                tenant.auditObject,
                before: ["second_factor_required": .bool(tenant.requiresSecondFactor)],
                after: ["second_factor_required": .bool(isDemanded)]
            )
            try AuditTrail.record(entry, in: transaction)
            return nil
        }
    }
}

/// Why a second factor was not demanded, or no longer. The texts stand in `tenants.refusal_<code>`.
package enum SecondFactorRefusal: String, Error, Sendable, CaseIterable {
    case notAllowed = "not_allowed"
    case tenantClosed = "tenant_closed"
    /// Whoever demands one of others has none.
    case ownFactorMissing = "own_factor_missing"

    /// The key of its text.
    package var key: String { "tenants.refusal_\(rawValue)" }
}
