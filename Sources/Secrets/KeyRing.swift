import Crypto
import Foundation
package import Kernel

/// Why the file of keys is not used. No case carries anything of its content.
package enum KeyRingError: Error, Sendable, Equatable {
    case missing
    case notAFile
    /// Others than its owner may read or write the file.
    case openToOthers
    /// The file belongs neither to us nor to root.
    case foreignOwner
    case unreadable
    case tooLarge
    case empty
    /// The line is not `version:key` with a version from 1 and 32 bytes in base64.
    case malformed(line: Int)
    case duplicateVersion(Int)
    /// The key is one that was printed in a document, or plainly no random one.
    case sample(version: Int)

    /// A stable code for logs and `check-config`.
    package var code: String {
        switch self {
        case .missing: "key_file_missing"
        case .notAFile: "key_file_not_a_file"
        case .openToOthers: "key_file_open_to_others"
        case .foreignOwner: "key_file_foreign_owner"
        case .unreadable: "key_file_unreadable"
        case .tooLarge: "key_file_too_large"
        case .empty: "key_file_empty"
        case .malformed: "key_file_malformed"
        case .duplicateVersion: "key_file_duplicate_version"
        case .sample: "key_file_sample"
        }
    }
}

/// The versioned keys that wrap all others: the newest one seals, all of them open (requirements F1, F2).
package struct KeyRing: Sendable {
    private let keys: [Int: SymmetricKey]
    package let newestVersion: Int

    /// Reads a file of lines `version:key`, the key being 32 random bytes in base64; empty lines and lines that begin
    /// with `#` are passed over. The file must be its owner's alone (mode 0600 or 0400; requirement F3).
    package init(file path: String) throws(KeyRingError) {
        try self.init(text: try KeyFile.read(path))
    }

    init(text: String) throws(KeyRingError) {
        var keys: [Int: SymmetricKey] = [:]
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy(\.isWhitespace) || line.first == "#" { continue }
            let parts = line.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, let version = Int(parts[0]), (1...Int(Int32.max)).contains(version),
                let key = Data(base64Encoded: String(parts[1])), key.count == 32
            else { throw .malformed(line: index + 1) }
            guard !SampleKeys.contains(key) else { throw .sample(version: version) }
            guard keys.updateValue(SymmetricKey(data: key), forKey: version) == nil else {
                throw .duplicateVersion(version)
            }
        }
        guard let newest = keys.keys.max() else { throw .empty }
        self.keys = keys
        newestVersion = newest
    }

    func key(version: Int) -> SymmetricKey? { keys[version] }

    /// A key for one purpose that every node with the same file derives alike (HKDF-SHA-256, RFC 5869).
    ///
    /// It comes from the oldest version, which all nodes share while a new one is being rolled out.
    package func derived(for purpose: String) -> Secret {
        guard let oldest = keys.min(by: { $0.key < $1.key })?.value else { return Secret("") }
        let derived = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: oldest,
            info: Data("voiceagent:\(purpose)".utf8),
            outputByteCount: 32
        )
        return Secret(derived.withUnsafeBytes { Data($0).base64EncodedString() })
    }
}

extension KeyRing: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "KeyRing(newest: \(newestVersion))" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["newestVersion": newestVersion]) }
}
