import Foundation

/// Reads CBOR from a stranger. One value has one spelling: lengths and numbers in their shortest form, definite lengths,
/// no key twice, text in UTF-8.
///
/// CTAP2's canonical form also orders the keys of a map. That order is not asked for, because some software authenticators
/// do not keep it and it cannot change what is read.
struct CBORReader {
    struct Malformed: Error {}

    /// CTAP2 allows four levels.
    private static let maximumDepth = 4
    private static let maximumElements = 64

    private let bytes: [UInt8]
    private(set) var offset: Int

    init(_ bytes: [UInt8], from offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    var isAtEnd: Bool { offset == bytes.count }

    mutating func item() throws(Malformed) -> CBOR { try item(depth: 1) }

    private mutating func item(depth: Int) throws(Malformed) -> CBOR {
        let head = try byte()
        let information = head & 0x1F
        switch head >> 5 {
        case 0: return .integer(try integer(information))
        case 1: return .integer(-1 - (try integer(information)))
        case 2: return .bytes(Data(try string(information)))
        case 3:
            guard let text = String(validating: try string(information), as: UTF8.self) else { throw Malformed() }
            return .text(text)
        case 4: return .array(try array(information, depth: depth))
        case 5: return .map(try map(information, depth: depth))
        case 7: return try simple(information)
        default: throw Malformed()
        }
    }

    private mutating func array(_ information: UInt8, depth: Int) throws(Malformed) -> [CBOR] {
        var elements: [CBOR] = []
        for _ in 0..<(try elementCount(information, depth: depth)) {
            elements.append(try item(depth: depth + 1))
        }
        return elements
    }

    private mutating func map(_ information: UInt8, depth: Int) throws(Malformed) -> [CBOR.Pair] {
        var pairs: [CBOR.Pair] = []
        for _ in 0..<(try elementCount(information, depth: depth)) {
            let key = try item(depth: depth + 1)
            switch key {
            case .integer, .text: break
            default: throw Malformed()
            }
            guard !pairs.contains(where: { $0.key == key }) else { throw Malformed() }
            pairs.append(CBOR.Pair(key: key, value: try item(depth: depth + 1)))
        }
        return pairs
    }

    private func simple(_ information: UInt8) throws(Malformed) -> CBOR {
        switch information {
        case 20: .boolean(false)
        case 21: .boolean(true)
        case 22: .null
        default: throw Malformed()
        }
    }

    private mutating func elementCount(_ information: UInt8, depth: Int) throws(Malformed) -> Int {
        let count = try argument(information)
        guard depth <= Self.maximumDepth, count <= UInt64(Self.maximumElements) else { throw Malformed() }
        return Int(count)
    }

    private mutating func string(_ information: UInt8) throws(Malformed) -> ArraySlice<UInt8> {
        let count = try argument(information)
        guard count <= UInt64(bytes.count - offset) else { throw Malformed() }
        defer { offset += Int(count) }
        return bytes[offset..<offset + Int(count)]
    }

    private mutating func integer(_ information: UInt8) throws(Malformed) -> Int64 {
        guard let number = Int64(exactly: try argument(information)) else { throw Malformed() }
        return number
    }

    /// The number behind a head, refused if a shorter form would have held it.
    private mutating func argument(_ information: UInt8) throws(Malformed) -> UInt64 {
        guard information >= 24 else { return UInt64(information) }
        guard information <= 27 else { throw Malformed() }
        let width = 1 << Int(information - 24)
        var number: UInt64 = 0
        for _ in 0..<width {
            number = number << 8 | UInt64(try byte())
        }
        let least: UInt64 = width == 1 ? 24 : 1 << UInt64(width * 4)
        guard number >= least else { throw Malformed() }
        return number
    }

    private mutating func byte() throws(Malformed) -> UInt8 {
        guard offset < bytes.count else { throw Malformed() }
        defer { offset += 1 }
        return bytes[offset]
    }
}
