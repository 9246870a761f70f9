import Crypto
package import Foundation

/// The text of an API key: `va_live_`, 32 random bytes as 43 characters of base62, `_`, and their CRC-32 as six
/// (requirement B7).
///
/// The checksum lets a mistyped or made-up key be refused before anything is looked up, and scanners for leaked secrets
/// tell a key from chance. It protects from nothing else.
package struct APIKeyText: Sendable {
    private static let mark = "va_live_"
    private static let bytes = 32
    private static let bodyCharacters = 43
    private static let checksumCharacters = 6
    private static let prefixCharacters = 12

    private let text: String

    package static func make() -> APIKeyText {
        let body = base62(SecureBytes.random(bytes), width: bodyCharacters)
        return APIKeyText(body: body)
    }

    /// Nil unless `text` has the form of a key and its checksum is right.
    package init?(_ text: String) {
        guard text.utf8.count == Self.mark.utf8.count + Self.bodyCharacters + 1 + Self.checksumCharacters,
            text.hasPrefix(Self.mark)
        else { return nil }
        let body = String(text.dropFirst(Self.mark.count).prefix(Self.bodyCharacters))
        guard Base62.decode(body, count: Self.bytes) != nil else { return nil }
        let key = APIKeyText(body: body)
        guard key.text == text else { return nil }
        self = key
    }

    private init(body: String) {
        text = "\(Self.mark)\(body)_\(Self.checksum(of: body))"
    }

    /// The whole key, to be shown to its owner once.
    package func reveal() -> String { text }

    /// The first 12 characters, the only part that is kept readable, shown and logged.
    package var prefix: String { String(text.prefix(Self.prefixCharacters)) }

    /// HMAC-SHA-256 of the whole key under the installation's pepper: what is stored and looked up.
    package func hash(pepper: Data) -> Data {
        Data(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: SymmetricKey(data: pepper)))
    }

    private static func checksum(of body: String) -> String {
        let checksum = CRC32.checksum(body.utf8).bigEndian
        return base62(withUnsafeBytes(of: checksum) { Data($0) }, width: checksumCharacters)
    }

    /// The widths above hold every number of 32 and of 4 bytes.
    private static func base62(_ bytes: Data, width: Int) -> String { Base62.encode(bytes, width: width) ?? "" }
}

extension APIKeyText: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { prefix + "…" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["prefix": prefix]) }
}
