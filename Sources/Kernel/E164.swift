/// A telephone number in the international form of ITU-T E.164: `+`, a country code and at most 15 digits in all.
///
/// The type guarantees the shape only. Whether a number can exist is the business of `PhoneNumbers`.
package struct E164: Hashable, Sendable, Comparable {
    /// `+` followed by 2 to 15 digits, the first of them not 0.
    package let value: String

    /// Nil unless `value` already is in E.164 form; nothing is trimmed or repaired.
    package init?(_ value: String) {
        let digits = value.utf8.dropFirst()
        guard value.utf8.first == UInt8(ascii: "+"), (2...15).contains(digits.count),
            digits.first != UInt8(ascii: "0"),
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        self.value = value
    }

    /// What a log line may show: the last three digits.
    package var masked: String { "+…" + value.suffix(3) }

    package static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

extension E164: CustomStringConvertible, CustomDebugStringConvertible {
    /// Masked, so that a number that slips into a log line or an error shows three digits only.
    package var description: String { masked }
    package var debugDescription: String { masked }
}

extension E164: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let number = Self(text) else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not E.164"))
        }
        self = number
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }
}
