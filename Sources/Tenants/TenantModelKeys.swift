package import Audit
package import Database
package import Foundation
package import Kernel
package import Secrets

/// The key a tenant brings for its language model, sealed from the moment it is typed (decision 25).
package struct TenantModelKeys: Sendable {
    private let database: Database
    private let envelope: Envelope

    package init(_ database: Database, envelope: Envelope) {
        self.database = database
        self.envelope = envelope
    }

    /// Keeps `key` in place of the one before.
    /// - Throws: `Envelope.Failure`, or what the database throws.
    package func store(_ key: Secret, for tenant: TenantID, actor: AuditActor) async throws {
        let sealed = try envelope.seal(key, for: Self.place(tenant))
        try await database.withTenant(tenant) { transaction in
            try transaction.execute(
                """
                INSERT INTO tenant_model_key (tenant_id, key_version, nonce, ciphertext)
                VALUES (\(tenant), \(sealed.keyVersion), \(sealed.nonce), \(sealed.ciphertext))
                ON CONFLICT (tenant_id) DO UPDATE
                    SET key_version = excluded.key_version, nonce = excluded.nonce, ciphertext = excluded.ciphertext,
                        created_at = clock_timestamp()
                """
            )
            try AuditTrail.record(Self.entry("model_key.stored", tenant, actor), in: transaction)
        }
    }

    /// The tenant's key, nil if it brought none.
    /// - Throws: `Envelope.Failure` if what is stored does not open.
    package func key(of tenant: TenantID) async throws -> Secret? {
        let sealed = try await database.withTenant(tenant) { transaction in
            try transaction.queryOne(
                "SELECT key_version, nonce, ciphertext FROM tenant_model_key WHERE tenant_id = \(tenant)"
            ).map { row in
                SealedValue(
                    keyVersion: try row.get("key_version"),
                    nonce: try row.get("nonce"),
                    ciphertext: try row.get("ciphertext")
                )
            }
        }
        return try sealed.map { try envelope.open($0, for: Self.place(tenant)) }
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

    private static func place(_ tenant: TenantID) -> SealedPlace {
        SealedPlace(
            tenant: tenant,
            purpose: "model_key",
            table: "tenant_model_key",
            row: tenant.description,
            column: "ciphertext"
        )
    }

    private static func entry(_ action: String, _ tenant: TenantID, _ actor: AuditActor) -> AuditEntry {
        AuditEntry(actor: actor, action: action, object: AuditObject("tenant_model_key", tenant.description))
    }
}
