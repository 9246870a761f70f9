package import Database
package import Foundation
import Kernel
package import Secrets

/// The keys of one test's tenants in a folder of their own, with the ring that wraps them.
package struct TestKeys: Sendable {
    package let folder: URL
    package let ring: KeyRing
    package let keys: TenantKeys

    /// What `SECRETS_KEY_FILE` and `TENANT_KEYS_DIR` name.
    package var ringFile: URL { folder.appending(path: "ring") }
    package var tenants: URL { folder.appending(path: "tenants") }

    package init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "va-keys-\(UUID().uuidString)")
        let closed: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
        let tenants = folder.appending(path: "tenants")
        try FileManager.default.createDirectory(at: tenants, withIntermediateDirectories: true, attributes: closed)
        let key = Data((0..<32).map { _ in UInt8.random(in: .min ... .max) })
        let file = folder.appending(path: "ring")
        let isWritten = FileManager.default.createFile(
            atPath: file.path,
            contents: Data("1:\(key.base64EncodedString())\n".utf8),
            attributes: [.posixPermissions: 0o600]
        )
        guard isWritten else { throw CocoaError(.fileWriteUnknown) }
        ring = try KeyRing(file: file.path)
        keys = TenantKeys(folder: tenants, ring: ring, time: TimeSource(now: { Date() }, sleep: { _ in }))
    }

    /// Tenants that tests put into their table without creating them get their key when it is first needed.
    package var seals: TenantSeals {
        TenantSeals(
            seal: { [keys] plain, tenant, cell in
                let place = [cell.column.description, cell.row]
                do {
                    return try keys.seal(plain, for: tenant, at: place)
                } catch TenantKeys.Failure.missing {
                    try keys.create(tenant)
                    return try keys.seal(plain, for: tenant, at: place)
                } catch TenantKeys.Failure.destroyed {
                    throw TenantKeyDestroyed()
                }
            },
            open: { [keys] sealed, tenant, cell in
                do {
                    return try keys.open(sealed, for: tenant, at: [cell.column.description, cell.row])
                } catch TenantKeys.Failure.destroyed {
                    throw TenantKeyDestroyed()
                }
            },
            create: { [keys] tenant in try keys.create(tenant) },
            destroy: { [keys] tenant in try keys.destroy(tenant) }
        )
    }

    func remove() {
        // What remains lies in the folder for temporary files, and the test's own outcome matters more.
        do { try FileManager.default.removeItem(at: folder) } catch {}
    }
}
