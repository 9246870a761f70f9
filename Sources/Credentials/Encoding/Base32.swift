import Foundation

/// Five bits a character, without padding.
struct Base32: Sendable {
    /// RFC 4648 §6, as authenticator apps read a secret.
    static let standard = Base32(alphabet: "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", alike: [:])

    /// Crockford's: without I, L, O and U, so that what looks alike is one character.
    static let typed = Base32(alphabet: "0123456789ABCDEFGHJKMNPQRSTVWXYZ", alike: ["O": "0", "I": "1", "L": "1"])

    private let alphabet: [Character]
    private let values: [Character: UInt8]

    private init(alphabet: String, alike: [Character: Character]) {
        self.alphabet = Array(alphabet)
        var values: [Character: UInt8] = [:]
        for (value, character) in alphabet.enumerated() {
            values[character] = UInt8(value)
        }
        for (typed, meant) in alike {
            values[typed] = values[meant]
        }
        self.values = values
    }

    func encode(_ bytes: Data) -> String {
        var text = ""
        var buffer: UInt32 = 0
        var bits = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                text.append(alphabet[Int(buffer >> UInt32(bits) & 31)])
            }
        }
        if bits > 0 {
            text.append(alphabet[Int(buffer << UInt32(5 - bits) & 31)])
        }
        return text
    }

    /// Reads capital letters only; nil for foreign characters, odd lengths and bits that no byte owns.
    func decode(_ text: String) -> Data? {
        var bytes = Data()
        var buffer: UInt32 = 0
        var bits = 0
        for character in text {
            guard let value = values[character] else { return nil }
            buffer = buffer << 5 | UInt32(value)
            bits += 5
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
            }
        }
        guard bits < 5, buffer & (1 << UInt32(bits) - 1) == 0 else { return nil }
        return bytes
    }
}
