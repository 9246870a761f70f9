import Crypto
package import Foundation

/// 256 random bits that open something: a session, an invitation, the reset of a password (requirement B3).
///
/// The text goes to its bearer; only `hash` is stored. A plain SHA-256 is enough, because nobody guesses 256 bits.
package struct RandomToken: Sendable {
    private static let bytes = 32
    private let value: Data

    package init() {
        value = SecureBytes.random(Self.bytes)
    }

    /// Nil unless `text` is a token's 43 characters of base64url.
    package init?(_ text: String) {
        guard text.utf8.count == 43, let value = Base64URL.decode(text), value.count == Self.bytes else { return nil }
        self.value = value
    }

    /// The 43 characters for cookie or link; for its bearer only.
    package func reveal() -> String { Base64URL.encode(value) }

    /// SHA-256 of the 32 bytes: what is stored and looked up.
    package var hash: Data { Data(SHA256.hash(data: value)) }
}

extension RandomToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "…" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
