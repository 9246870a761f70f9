/// The prefix that a carrier's identifier of one kind begins with.
package protocol SidKind: SendableMetatype {
    static var prefix: String { get }
}

/// An identifier given by the carrier: two capital letters, then up to 64 letters and digits.
///
/// Twilio documents 32 hexadecimal digits; its own test vectors are shorter, so only the prefix and the alphabet are
/// held to.
package struct Sid<Kind: SidKind>: Hashable, Sendable, CustomStringConvertible {
    package let value: String

    package init?(_ value: String) {
        let rest = value.utf8.dropFirst(2)
        guard value.hasPrefix(Kind.prefix), (1...64).contains(rest.count), rest.allSatisfy(Self.isAlphanumeric) else {
            return nil
        }
        self.value = value
    }

    package var description: String { value }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }
}

extension Sid: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let sid = Self(text) else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not a SID"))
        }
        self = sid
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }
}

package enum AccountSidKind: SidKind { package static let prefix = "AC" }
package enum CallSidKind: SidKind { package static let prefix = "CA" }
package enum StreamSidKind: SidKind { package static let prefix = "MZ" }
package enum NumberSidKind: SidKind { package static let prefix = "PN" }

package typealias AccountSid = Sid<AccountSidKind>
package typealias CallSid = Sid<CallSidKind>
package typealias StreamSid = Sid<StreamSidKind>
package typealias NumberSid = Sid<NumberSidKind>
