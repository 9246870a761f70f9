import Crypto
package import Foundation

/// A code for the person who lost the second factor: 120 random bits in 24 characters (requirement B5).
///
/// Only `hash` is stored. A plain SHA-256 is enough: nobody tries 2^120 codes, and there is no password behind them that
/// somebody chose (ASVS 5.0, 6.5.2 asks for a password hash only below 112 bits).
package struct RecoveryCode: Sendable {
    private static let count = 15
    private let bytes: Data

    init() {
        bytes = SecureBytes.random(Self.count)
    }

    /// Reads a code as people type it: case, spaces and dashes do not matter, nor O for 0 or I and L for 1.
    package init?(typed text: String) {
        guard text.utf8.count <= 128 else { return nil }
        let characters = text.uppercased().filter { !$0.isWhitespace && !Self.dashes.contains($0) }
        guard let bytes = Base32.typed.decode(characters), bytes.count == Self.count else { return nil }
        self.bytes = bytes
    }

    /// The code in six groups of four, to be shown to its owner once.
    package func reveal() -> String {
        let characters = Array(Base32.typed.encode(bytes))
        return stride(from: 0, to: characters.count, by: 4)
            .map { String(characters[$0..<min($0 + 4, characters.count)]) }
            .joined(separator: "-")
    }

    /// SHA-256 of the 15 bytes: what is stored and looked up.
    package var hash: Data { Data(SHA256.hash(data: bytes)) }

    /// The dash, and what word processors make of it.
    private static let dashes: Set<Character> = ["-", "\u{2010}", "\u{2011}", "\u{2012}", "\u{2013}", "\u{2014}"]
}

extension RecoveryCode: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "…" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// The set of codes that a person is given at once; a new set replaces the old one.
package enum RecoveryCodes {
    package static let count = 10

    package static func make() -> [RecoveryCode] { (0..<count).map { _ in RecoveryCode() } }
}
