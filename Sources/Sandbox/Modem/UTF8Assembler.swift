/// Puts bytes that arrive one at a time together to characters; what is not UTF-8 becomes U+FFFD.
struct UTF8Assembler: Sendable {
    private var pending = [UInt8]()
    private var expected = 0

    static let replacement = "\u{FFFD}"

    /// The text that `byte` completes; empty while a character is incomplete.
    mutating func append(_ byte: UInt8) -> String {
        if pending.isEmpty { return begin(byte) }
        guard byte & 0xC0 == 0x80 else {
            discard()
            return Self.replacement + begin(byte)
        }
        pending.append(byte)
        guard pending.count == expected else { return "" }
        defer { discard() }
        return String(validating: pending, as: UTF8.self) ?? Self.replacement
    }

    /// Forgets a character that was begun, because the sound ended in the middle of it.
    mutating func discard() {
        pending.removeAll(keepingCapacity: true)
        expected = 0
    }

    private mutating func begin(_ byte: UInt8) -> String {
        switch byte {
        case 0x00...0x7F: return String(UnicodeScalar(byte))
        case 0xC2...0xDF: expected = 2
        case 0xE0...0xEF: expected = 3
        case 0xF0...0xF4: expected = 4
        default: return Self.replacement
        }
        pending.append(byte)
        return ""
    }
}
