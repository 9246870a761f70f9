import Crypto
import Foundation

/// A password exactly as it was typed: nothing trimmed, cut or normalised, its bytes those of UTF-8 (requirement B2).
///
/// It cannot be printed or encoded, and its own copy of the bytes is wiped when the last holder lets go. The text it was
/// made of cannot be: let that go soon.
package struct Password: Sendable {
    /// Wipes its storage and compares in constant time.
    private let bytes: SymmetricKey

    package init(_ text: String) {
        bytes = SymmetricKey(data: Data(text.utf8))
    }

    /// Lends the UTF-8 bytes.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try bytes.withUnsafeBytes(body)
    }

    /// A copy of the text for the judgement of its content. Strings cannot be wiped.
    var text: String { bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
}

extension Password: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "…" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
