import Foundation

extension Data {
    private static let digits = Array("0123456789abcdef".utf8)

    /// Two lower-case digits a byte.
    var hexadecimal: String {
        var text: [UInt8] = []
        text.reserveCapacity(count * 2)
        for byte in self {
            text.append(Self.digits[Int(byte >> 4)])
            text.append(Self.digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil unless `text` is `count` bytes in lower-case hexadecimal: one value has one spelling.
    init?(hexadecimal text: String, count: Int) {
        let digits = Array(text.utf8)
        guard digits.count == count * 2 else { return nil }
        var data = Data(capacity: count)
        for place in stride(from: 0, to: digits.count, by: 2) {
            guard let high = Self.value(digits[place]), let low = Self.value(digits[place + 1]) else { return nil }
            data.append(high << 4 | low)
        }
        self = data
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
