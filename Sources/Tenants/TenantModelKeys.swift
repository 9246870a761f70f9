package import Audit
package import Database
package import Foundation
package import Kernel

/// The key a tenant brings for its language model, sealed from the moment it is typed (decision 25).
package struct TenantModelKeys: Sendable {
    private let database: Database

    package init(_ database: Database) {
        self.database = database
    }

    /// Keeps `key` in place of the one before.
    package func store(_ key: Secret, for tenant: TenantID, actor: AuditActor) async throws {
        try await database.withTenant(tenant) { transaction in
            let sealed = try transaction.seal(key.reveal(), of: tenant, in: Self.cell(tenant))
            try transaction.execute(
                """
                INSERT INTO tenant_model_key (tenant_id, sealed) VALUES (\(tenant), \(sealed))
                ON CONFLICT (tenant_id) DO UPDATE
                    SET sealed = excluded.sealed, created_at = clock_timestamp()
                """
            )
            try AuditTrail.record(Self.entry("model_key.stored", tenant, actor), in: transaction)
        }
    }

    /// The tenant's key, nil if it brought none.
    /// - Throws: what opening it throws if what is stored was altered.
    package func key(of tenant: TenantID) async throws -> Secret? {
        try await database.withTenant(tenant) { transaction in
            let row = try transaction.queryOne("SELECT sealed FROM tenant_model_key WHERE tenant_id = \(tenant)")
            return try row.map {
                Secret(try transaction.open(try $0.get("sealed"), of: tenant, in: Self.cell(tenant)))
            }
        }
    }

    /// When the tenant's key was stored, nil if it brought none.
    package func since(_ tenant: TenantID) async throws -> Date? {
        try await database.withTenant(tenant) { transaction in
            try transaction.queryOne("SELECT created_at FROM tenant_model_key WHERE tenant_id = \(tenant)")
                .map { try $0.get("created_at") }
        }
    }

    /// Forgets the key. Safe to repeat.
    package func remove(of tenant: TenantID, actor: AuditActor) async throws {
        try await database.withTenant(tenant) { transaction in
            let removed = try transaction.execute("DELETE FROM tenant_model_key WHERE tenant_id = \(tenant)")
            if removed > 0 { try AuditTrail.record(Self.entry("model_key.removed", tenant, actor), in: transaction) }
        }
    }

    private static func cell(_ tenant: TenantID) -> SealedCell { SealedCell("tenant_model_key.sealed", tenant) }

    private static func entry(_ action: String, _ tenant: TenantID, _ actor: AuditActor) -> AuditEntry {
        AuditEntry(actor: actor, action: action, object: AuditObject("tenant_model_key", tenant.description))
    }
}
