import Foundation
import Testing

@testable import Credentials

@Suite("Strict CBOR")
struct CBORReaderTests {
    private func read(_ hex: String) -> CBOR? {
        var bytes: [UInt8] = []
        var rest = Substring(hex)
        while let byte = UInt8(rest.prefix(2), radix: 16) {
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        var reader = CBORReader(bytes)
        do {
            let item = try reader.item()
            return reader.isAtEnd ? item : nil
        } catch {
            return nil
        }
    }

    // Most from RFC 8949, appendix A.
    @Test func whatAuthenticatorsSendIsRead() {
        let examples: [(String, CBOR)] = [
            ("00", .integer(0)), ("17", .integer(23)), ("1818", .integer(24)), ("18ff", .integer(255)),
            ("190100", .integer(256)), ("1a00010000", .integer(65_536)), ("1b0000000100000000", .integer(1 << 32)),
            ("1b7fffffffffffffff", .integer(.max)), ("20", .integer(-1)), ("3863", .integer(-100)),
            ("390100", .integer(-257)), ("3b7fffffffffffffff", .integer(.min)), ("40", .bytes(Data())),
            ("4401020304", .bytes(Data([1, 2, 3, 4]))), ("60", .text("")), ("62c3bc", .text("ü")),
            ("83010203", .array([.integer(1), .integer(2), .integer(3)])), ("a0", .map([])),
            (
                "a26161016162f5",
                .map([.init(key: .text("a"), value: .integer(1)), .init(key: .text("b"), value: .boolean(true))])
            ),
            ("f4", .boolean(false)), ("f6", .null),
            ("818181 80".replacing(" ", with: ""), .array([.array([.array([.array([])])])])),
        ]
        for (hex, value) in examples {
            #expect(read(hex) == value, "\(hex)")
        }
    }

    @Test(
        arguments: [
            // Longer than needed.
            "1817", "190017", "1900ff", "1a0000ffff", "1b00000000ffffffff", "580100", "780161", "990001f4",
            "b80161 6101",
            // Indefinite and reserved.
            "5f4101ff", "7f6161ff", "9f01ff", "bf616101ff", "1c", "1d", "1e", "1f", "ff",
            // Out of range for an authenticator: tags, floats, undefined, simple values, more than 63 bits.
            "c000", "f93c00", "fb3ff0000000000000", "f7", "e0", "f818", "1b8000000000000000", "3b8000000000000000",
            // Cut.
            "", "18", "19 01", "42 01", "62 61", "82 01", "a1 6161", "5bffffffffffffffff", "9bffffffffffffffff",
            // Bytes behind the end.
            "0000", "a000",
            // No text, keys that are neither number nor text, a key twice.
            "62c328", "61ff", "a1f401", "a14101 01", "a1a001", "a2616101616102", "a201010101",
            // Deeper than four, wider than 64.
            "8181818180", "a101a101a101a101a0", "9841" + String(repeating: "00", count: 65),
        ]
    )
    func everythingElseIsRefused(hex: String) {
        #expect(read(hex.replacing(" ", with: "")) == nil)
    }
}
