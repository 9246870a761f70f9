package import Foundation
package import Kernel

/// A value that can be a parameter of a statement and a column of a row, by PostgreSQL's text format.
package protocol PostgresValue: Sendable {
    /// The value as PostgreSQL reads it; nil is NULL.
    var postgresText: String? { get }

    /// Reads what PostgreSQL printed; nil is NULL.
    init(postgresText: String?) throws(UnreadableValue)
}

/// What was found in a column could not be the value that was asked for. Holds no part of the value.
package struct UnreadableValue: Error, Equatable, CustomStringConvertible {
    package let expected: String
    package let wasNull: Bool

    package init(expected: String, wasNull: Bool) {
        self.expected = expected
        self.wasNull = wasNull
    }

    package var description: String { wasNull ? "NULL where \(expected) was expected" : "not \(expected)" }
}

extension PostgresValue {
    /// The text of a column that must not be NULL, turned into a value by `parse`.
    static func parsed<Value>(
        _ text: String?,
        _ expected: String,
        _ parse: (String) -> Value?
    ) throws(UnreadableValue) -> Value {
        guard let text else { throw UnreadableValue(expected: expected, wasNull: true) }
        guard let value = parse(text) else { throw UnreadableValue(expected: expected, wasNull: false) }
        return value
    }
}

extension Optional: PostgresValue where Wrapped: PostgresValue {
    package var postgresText: String? { self?.postgresText }

    package init(postgresText: String?) throws(UnreadableValue) {
        guard let postgresText else {
            self = nil
            return
        }
        self = try Wrapped(postgresText: postgresText)
    }
}

extension String: PostgresValue {
    package var postgresText: String? { self }
    package init(postgresText: String?) throws(UnreadableValue) {
        self = try Self.parsed(postgresText, "text") { $0 }
    }
}

extension Int: PostgresValue {
    package var postgresText: String? { String(self) }
    package init(postgresText: String?) throws(UnreadableValue) {
        self = try Self.parsed(postgresText, "an integer") { Int($0) }
    }
}

extension Int64: PostgresValue {
    package var postgresText: String? { String(self) }
    package init(postgresText: String?) throws(UnreadableValue) {
        self = try Self.parsed(postgresText, "an integer") { Int64($0) }
    }
}

extension Bool: PostgresValue {
    package var postgresText: String? { self ? "t" : "f" }
    package init(postgresText: String?) throws(UnreadableValue) {
        self = try Self.parsed(postgresText, "a boolean") { ["t": true, "f": false][$0] }
    }
}

extension Double: PostgresValue {
    package var postgresText: String? {
        isNaN ? "NaN" : isInfinite ? (self < 0 ? "-Infinity" : "Infinity") : String(self)
    }
    package init(postgresText: String?) throws(UnreadableValue) {
        self = try Self.parsed(postgresText, "a number") { Double($0) }
    }
}

extension UUID: PostgresValue {
    package var postgresText: String? { uuidString.lowercased() }
    package init(postgresText: String?) throws(UnreadableValue) {
        self = try Self.parsed(postgresText, "a UUID") { UUID(uuidString: $0) }
    }
}

extension Data: PostgresValue {
    package var postgresText: String? {
        reduce(into: "\\x") { text, byte in
            text.unicodeScalars.append(Hex.digit(byte >> 4))
            text.unicodeScalars.append(Hex.digit(byte & 15))
        }
    }
    package init(postgresText: String?) throws(UnreadableValue) {
        self = try Self.parsed(postgresText, "bytea") { text in
            text.hasPrefix("\\x") ? Hex.bytes(text.utf8.dropFirst(2)) : nil
        }
    }
}

extension ID: PostgresValue {
    package var postgresText: String? { description }
    package init(postgresText: String?) throws(UnreadableValue) {
        self = try Self.parsed(postgresText, "a UUID") { ID($0) }
    }
}

extension E164: PostgresValue {
    package var postgresText: String? { value }
    package init(postgresText: String?) throws(UnreadableValue) {
        self = try Self.parsed(postgresText, "an E.164 number") { E164($0) }
    }
}

extension Sid: PostgresValue {
    package var postgresText: String? { value }
    package init(postgresText: String?) throws(UnreadableValue) {
        self = try Self.parsed(postgresText, "a carrier's identifier") { Sid($0) }
    }
}

extension PostgresValue where Self: RawRepresentable, RawValue: PostgresValue {
    package var postgresText: String? { rawValue.postgresText }
    package init(postgresText: String?) throws(UnreadableValue) {
        let raw = try RawValue(postgresText: postgresText)
        guard let value = Self(rawValue: raw) else {
            throw UnreadableValue(expected: "one of \(Self.self)", wasNull: false)
        }
        self = value
    }
}

extension UsageKind: PostgresValue {}

/// Hexadecimal digits, lower case.
enum Hex {
    static func digit(_ value: UInt8) -> Unicode.Scalar {
        Unicode.Scalar(value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10)
    }

    static func bytes(_ digits: some Collection<UInt8>) -> Data? {
        guard digits.count.isMultiple(of: 2) else { return nil }
        var data = Data(capacity: digits.count / 2)
        var high: UInt8?
        for digit in digits {
            guard let value = value(digit) else { return nil }
            if let first = high {
                data.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return data
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
