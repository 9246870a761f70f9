import Audit
import Foundation
import Secrets

/// Where anchors of the audit chains are kept and who signs them, for the operator's commands.
struct AuditAnchorSettings {
    /// Nil if none are kept.
    let folder: URL?
    /// Nil where the ring of keys is not set: whoever only checks needs none.
    let key: AuditAnchorKey?

    /// - Throws: `SettingProblems`.
    init(environment: [String: String]) throws {
        var reader = SettingReader(environment)
        folder = reader.text(.auditAnchorFolder).map { URL(fileURLWithPath: $0, isDirectory: true) }
        guard let path = environment[Setting.secretsKeyFile.name], !path.isEmpty else {
            key = nil
            return
        }
        do {
            key = try AuditAnchorKey(ring: try KeyRing(file: path))
        } catch let error as KeyRingError {
            throw SettingProblems(problems: [SettingProblem(.secretsKeyFile, error.code)])
        }
    }

    /// Both, for those who write or sign.
    func required() throws -> (folder: URL, key: AuditAnchorKey) {
        guard let folder else { throw Self.missing(.auditAnchorFolder) }
        return (folder, try requiredKey())
    }

    func requiredKey() throws -> AuditAnchorKey {
        guard let key else { throw Self.missing(.secretsKeyFile) }
        return key
    }

    private static func missing(_ setting: Setting) -> SettingProblems {
        SettingProblems(problems: [SettingProblem(setting, "setting_missing")])
    }
}
