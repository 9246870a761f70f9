import Database
import Foundation
package import Kernel
package import Secrets
import Tenants

/// The keys: the ring that wraps all others, and the folder of the tenants' own.
package struct SecretSettings: Sendable {
    package let keyRing: KeyRing
    private let tenantKeysFolder: URL

    /// Nil after `reader` has noted what is wrong.
    init?(_ reader: inout SettingReader) {
        let ring = Self.keyRing(&reader)
        guard let path = reader.text(.tenantKeysFolder), let ring else { return nil }
        keyRing = ring
        tenantKeysFolder = URL(filePath: path, directoryHint: .isDirectory)
        do {
            try tenantKeys(time: .system).verifyFolder()
        } catch {
            reader.refuse(.tenantKeysFolder, "tenant_key_folder")
            return nil
        }
    }

    /// - Throws: `SettingProblems`.
    init(environment: [String: String]) throws {
        var reader = SettingReader(environment)
        guard let settings = SecretSettings(&reader) else { throw SettingProblems(problems: reader.problems) }
        self = settings
    }

    package func tenantKeys(time: TimeSource) -> TenantKeys {
        TenantKeys(folder: tenantKeysFolder, ring: keyRing, time: time)
    }

    func seals(time: TimeSource) -> TenantSeals { .under(tenantKeys(time: time)) }

    private static func keyRing(_ reader: inout SettingReader) -> KeyRing? {
        guard let path = reader.text(.secretsKeyFile) else { return nil }
        do {
            return try KeyRing(file: path)
        } catch {
            reader.refuse(.secretsKeyFile, error.code)
            return nil
        }
    }
}
