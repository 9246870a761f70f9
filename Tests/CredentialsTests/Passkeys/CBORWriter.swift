import Foundation

/// Writes the CBOR that authenticators send.
enum CBORWriter {
    static func integer(_ number: Int) -> Data {
        number < 0 ? head(1, UInt64(-1 - number)) : head(0, UInt64(number))
    }

    static func bytes(_ bytes: Data) -> Data { head(2, UInt64(bytes.count)) + bytes }
    static func text(_ text: String) -> Data { head(3, UInt64(text.utf8.count)) + Data(text.utf8) }
    static func array(_ items: [Data]) -> Data { head(4, UInt64(items.count)) + items.joined() }
    static func map(_ pairs: [(Data, Data)]) -> Data {
        head(5, UInt64(pairs.count)) + pairs.map { $0.0 + $0.1 }.joined()
    }

    static func boolean(_ value: Bool) -> Data { Data([value ? 0xF5 : 0xF4]) }

    private static func head(_ major: UInt8, _ number: UInt64) -> Data {
        let first = major << 5
        switch number {
        case 0..<24: return Data([first | UInt8(number)])
        case 24..<256: return Data([first | 24, UInt8(number)])
        case 256..<65_536: return Data([first | 25, UInt8(number >> 8), UInt8(number & 0xFF)])
        default:
            return Data([first | 26]) + withUnsafeBytes(of: UInt32(truncatingIfNeeded: number).bigEndian) { Data($0) }
        }
    }
}
