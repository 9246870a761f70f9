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
            let keys = TenantModelKeys(database.app, envelope: try envelope())
            let tenant = try await database.makeTenant()
            let other = try await database.makeTenant()
            #expect(try await keys.key(of: tenant) == nil)
            try await keys.store(Secret("sk-first"), for: tenant, actor: owner)
            try await keys.store(Secret("sk-second"), for: tenant, actor: owner)
            #expect(try await keys.key(of: tenant)?.reveal() == "sk-second")
            #expect(try await keys.key(of: other) == nil)

            // The row of one tenant, put into another's place.
            let row = try await database.app.withTenant(tenant) { transaction in
                try transaction.queryOne("SELECT key_version, nonce, ciphertext FROM tenant_model_key").map {
                    (
                        try $0.get("key_version", as: Int.self), try $0.get("nonce", as: Data.self),
                        try $0.get("ciphertext", as: Data.self)
                    )
                }
            }
            let (version, nonce, ciphertext) = try #require(row)
            #expect(!String(decoding: ciphertext, as: UTF8.self).contains("sk-"))
            _ = try await database.app.withTenant(other) { transaction in
                try transaction.execute(
                    """
                    INSERT INTO tenant_model_key (tenant_id, key_version, nonce, ciphertext)
                    VALUES (\(other), \(version), \(nonce), \(ciphertext))
                    """
                )
            }
            await #expect(throws: Envelope.Failure.refused) { try await keys.key(of: other) }

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

    private func envelope() throws -> Envelope {
        let key = Data((0..<32).map { _ in UInt8.random(in: 0...255) }).base64EncodedString()
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("keys-\(UUID().uuidString)")
        let isWritten = FileManager.default.createFile(
            atPath: file.path,
            contents: Data("1:\(key)\n".utf8),
            attributes: [.posixPermissions: 0o600]
        )
        try #require(isWritten)
        let ring = try KeyRing(file: file.path)
        try FileManager.default.removeItem(at: file)
        return Envelope(ring: ring)
    }
}
