import Foundation

/// A number in digits and letters only, of a fixed width with leading zeros.
enum Base62 {
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// The big-endian number `bytes` in `width` characters; nil if it needs more.
    static func encode(_ bytes: Data, width: Int) -> String? {
        var number = Array(bytes)
        var digits = [UInt8](repeating: alphabet[0], count: width)
        for place in digits.indices.reversed() {
            var remainder = 0
            for index in number.indices {
                let value = remainder << 8 | Int(number[index])
                number[index] = UInt8(value / 62)
                remainder = value % 62
            }
            digits[place] = alphabet[remainder]
        }
        guard number.allSatisfy({ $0 == 0 }) else { return nil }
        return String(decoding: digits, as: UTF8.self)
    }

    /// The number as `count` big-endian bytes; nil for foreign characters and if it needs more.
    static func decode(_ text: String, count: Int) -> Data? {
        var number = [UInt8](repeating: 0, count: count)
        for character in text.utf8 {
            guard var carry = value(of: character) else { return nil }
            for index in number.indices.reversed() {
                let sum = Int(number[index]) * 62 + carry
                number[index] = UInt8(sum & 0xFF)
                carry = sum >> 8
            }
            guard carry == 0 else { return nil }
        }
        return Data(number)
    }

    private static func value(of character: UInt8) -> Int? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(character - UInt8(ascii: "0"))
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(character - UInt8(ascii: "A")) + 10
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(character - UInt8(ascii: "a")) + 36
        default: nil
        }
    }
}
