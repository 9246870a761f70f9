import Database
package import Kernel

extension TestDatabase {
    /// How many entries the tenant's audit chain has (requirement G1: an act adds exactly one, a refused one none).
    package func auditCount(_ tenant: TenantID) async throws -> Int {
        try await auditActions(tenant).count
    }

    /// The actions in the tenant's audit chain, oldest first.
    package func auditActions(_ tenant: TenantID) async throws -> [String] {
        try await app.withTenant(tenant) { transaction in
            try transaction.query("SELECT action FROM audit_entry WHERE tenant_id = \(tenant) ORDER BY seq").map {
                try $0.get("action")
            }
        }
    }
}
