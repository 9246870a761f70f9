import Audit
import Database
package import Foundation
package import Kernel

extension TenantLifecycle {
    package enum Destruction: Sendable, Equatable {
        /// The export lies complete where it was asked for. Nil where the tenant had been destroyed before and was only
        /// erased once more.
        case destroyed(TenantExport.Summary?)
        case refused(ClosingRefusal)
    }

    /// Everything the tenant may take along. Owners may at any time, the operator for them.
    ///
    /// - Parameter folder: must not exist; it appears when it is complete.
    package func export(
        _ tenant: TenantID,
        into folder: URL,
        readme: String,
        by acting: Acting
    ) async throws -> Result<TenantExport.Summary, ClosingRefusal> {
        guard !FileManager.default.fileExists(atPath: folder.path) else { return .failure(.exportExists) }
        let isAllowed = try await database.withTenant(tenant) { transaction in
            guard try MemberQueries(transaction: transaction, tenant: tenant).allows(acting, .tenantClose) else {
                return false
            }
            let entry = acting.entry("tenant.exported", AuditObject("tenant", "\(tenant)"))
            try AuditTrail.record(entry, in: transaction)
            return true
        }
        guard isAllowed else { return .failure(.notAllowed) }
        return .success(try await export.write(tenant, into: folder, readme: readme, actor: acting.auditActor))
    }

    /// The operator's last step, once the time to take it back is over: closes the tenant, gives its numbers back, writes
    /// everything into `folder`, and only then erases and destroys the tenant's key.
    ///
    /// Each step is committed by itself, so what a failure interrupts goes on where it stopped when it is repeated with
    /// another folder.
    package func destroy(
        _ tenant: TenantID,
        into folder: URL,
        readme: String,
        reason: String,
        by acting: Acting
    ) async throws -> Destruction {
        guard case .platform(let login) = acting.authority else { return .refused(.notAllowed) }
        guard !FileManager.default.fileExists(atPath: folder.path) else { return .refused(.exportExists) }
        let step = try await database.withPlatform(actor: login, reason: "end of a tenant") { transaction in
            try Self.close(tenant, reason: reason, by: acting, in: transaction)
        }
        if case .failure(let refusal) = step { return .refused(refusal) }
        var summary: TenantExport.Summary?
        if case .success(let destroyedBefore) = step, !destroyedBefore {
            try await releaseNumbers(tenant, acting)
            switch try await export(tenant, into: folder, readme: readme, by: acting) {
            case .success(let written): summary = written
            case .failure(let refusal): return .refused(refusal)
            }
        }
        let entry = acting.entry(
            "tenant.destroyed",
            AuditObject("tenant", "\(tenant)"),
            after: ["export_rows": summary.map { .integer(Int64($0.rows)) } ?? .null],
            reason: reason
        )
        try await database.withPlatform(actor: login, reason: "end of a tenant") { transaction in
            try ClosingQueries(transaction: transaction, tenant: tenant).erase()
            try AuditTrail.record(entry, for: tenant, in: transaction)
            try AuditTrail.record(entry, in: transaction)
        }
        // Last, because nothing can be exported without it; what a failure leaves is destroyed by repeating.
        try database.seals.destroy(tenant)
        return .destroyed(summary)
    }

    /// - Returns: whether it had been destroyed before.
    private static func close(
        _ tenant: TenantID,
        reason: String,
        by acting: Acting,
        in transaction: Transaction
    ) throws -> Result<Bool, ClosingRefusal> {
        let queries = ClosingQueries(transaction: transaction, tenant: tenant)
        guard let company = try queries.locked() else { throw TenantError.gone }
        guard let closing = company.closing else { return .failure(.notAsked) }
        guard company.isDue else { return .failure(.tooEarly) }
        if closing.closedAt == nil {
            try queries.close()
            let entry = acting.entry("tenant.closed", AuditObject("tenant", "\(tenant)"), reason: reason)
            try AuditTrail.record(entry, for: tenant, in: transaction)
        }
        return .success(closing.destroyedAt != nil)
    }
}
