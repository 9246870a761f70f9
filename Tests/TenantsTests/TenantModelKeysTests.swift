import Audit
import Database
import Foundation
import Kernel
import Secrets
import Tenants
import TestSupport
import Testing

struct TenantModelKeysTests {
    private let owner = AuditActor(.person, "owner")

    @Test("25: a tenant's model key is sealed in the database and opens for that tenant only")
    func sealed() async throws {
        try await withTestDatabase { database in
            let keys = TenantModelKeys(database.app)
            let tenant = try await database.makeTenant()
            let other = try await database.makeTenant()
            #expect(try await keys.key(of: tenant) == nil)
            try await keys.store(Secret("sk-first"), for: tenant, actor: owner)
            try await keys.store(Secret("sk-second"), for: tenant, actor: owner)
            #expect(try await keys.key(of: tenant)?.reveal() == "sk-second")
            #expect(try await keys.key(of: other) == nil)

            // The row of one tenant, put into another's place.
            let row = try await database.app.withTenant(tenant) { transaction in
                try transaction.queryOne("SELECT sealed FROM tenant_model_key")?.get("sealed", as: Data.self)
            }
            let sealed = try #require(row)
            #expect(!String(decoding: sealed, as: UTF8.self).contains("sk-"))
            _ = try await database.app.withTenant(other) { transaction in
                try transaction.execute(
                    "INSERT INTO tenant_model_key (tenant_id, sealed) VALUES (\(other), \(sealed))"
                )
            }
            await #expect(throws: TenantKeys.Failure.refused) { try await keys.key(of: other) }

            try await keys.remove(of: tenant, actor: owner)
            try await keys.remove(of: tenant, actor: owner)
            #expect(try await keys.key(of: tenant) == nil)
            let actions = try await database.app.withTenant(tenant) { transaction in
                try transaction.query("SELECT action FROM audit_entry ORDER BY seq").map {
                    try $0.get("action", as: String.self)
                }
            }
            #expect(actions == ["model_key.stored", "model_key.stored", "model_key.removed"])
        }
    }
}
