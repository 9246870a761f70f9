/// Why a text is not the JSON a flow may be written in.
struct JSONSyntaxError: Error, Equatable {
    enum Reason: Equatable {
        case malformed
        case duplicateKey(String)
        case tooDeep
    }

    let reason: Reason
    /// From 1, of the byte at which reading stopped.
    let line: Int
    let column: Int
}

/// Reads JSON as RFC 8259 states it and more strictly: a key may stand only once in an object, surrogates come in
/// pairs, and values nest at most 32 deep.
struct JSONTreeParser {
    private static let deepest = 32

    private let bytes: [UInt8]
    private var position = 0

    static func parse(_ bytes: [UInt8]) throws(JSONSyntaxError) -> JSONTree {
        var parser = JSONTreeParser(bytes: bytes)
        guard String(validating: bytes, as: UTF8.self) != nil else { throw parser.error() }
        let tree = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.position == bytes.count else { throw parser.error() }
        return tree
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func value(depth: Int) throws(JSONSyntaxError) -> JSONTree {
        guard depth <= Self.deepest else { throw error(.tooDeep) }
        skipSpace()
        switch peek {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try list(depth: depth)
        case UInt8(ascii: "\""): return .text(try string())
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func object(depth: Int) throws(JSONSyntaxError) -> JSONTree {
        position += 1
        var members: [String: JSONTree] = [:]
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else { throw error() }
            let key = try string()
            guard members[key] == nil else { throw error(.duplicateKey(key)) }
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw error() }
            members[key] = try value(depth: depth + 1)
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw error() }
        return .object(members)
    }

    private mutating func list(depth: Int) throws(JSONSyntaxError) -> JSONTree {
        position += 1
        var values: [JSONTree] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .list(values) }
        repeat {
            values.append(try value(depth: depth + 1))
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw error() }
        return .list(values)
    }

    private mutating func string() throws(JSONSyntaxError) -> String {
        position += 1
        var scalars = String.UnicodeScalarView()
        var plain = position
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                append(from: plain, to: &scalars)
                position += 1
                return String(scalars)
            case UInt8(ascii: "\\"):
                append(from: plain, to: &scalars)
                position += 1
                scalars.append(try escape())
                plain = position
            case 0..<0x20: throw error()
            default: position += 1
            }
        }
        throw error()
    }

    private func append(from start: Int, to scalars: inout String.UnicodeScalarView) {
        scalars.append(contentsOf: String(decoding: bytes[start..<position], as: UTF8.self).unicodeScalars)
    }

    private mutating func escape() throws(JSONSyntaxError) -> Unicode.Scalar {
        guard let byte = peek else { throw error() }
        position += 1
        switch byte {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let first = try hexadecimal()
            if let scalar = Unicode.Scalar(first) { return scalar }
            guard (0xD800..<0xDC00).contains(first), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
                throw error()
            }
            let second = try hexadecimal()
            guard (0xDC00..<0xE000).contains(second),
                let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + UInt32(second) - 0xDC00)
            else { throw error() }
            return scalar
        default: throw error()
        }
    }

    private mutating func hexadecimal() throws(JSONSyntaxError) -> UInt16 {
        let end = position + 4
        guard end <= bytes.count else { throw error() }
        var value: UInt16 = 0
        while position < end {
            guard let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else { throw error() }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }

    private mutating func number() throws(JSONSyntaxError) -> Double {
        let start = position
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) {
            guard skipDigits() else { throw error() }
        }
        if take(UInt8(ascii: ".")) {
            guard skipDigits() else { throw error() }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard skipDigits() else { throw error() }
        }
        guard let value = Double(String(decoding: bytes[start..<position], as: UTF8.self)) else { throw error() }
        return value
    }

    private mutating func word(_ word: String, _ value: JSONTree) throws(JSONSyntaxError) -> JSONTree {
        for byte in word.utf8 {
            guard take(byte) else { throw error() }
        }
        return value
    }

    private mutating func skipDigits() -> Bool {
        let start = position
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        return position > start
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        position += 1
        return true
    }

    private func error(_ reason: JSONSyntaxError.Reason = .malformed) -> JSONSyntaxError {
        let read = bytes.prefix(position)
        let line = read.count(where: { $0 == 0x0A }) + 1
        let column = position - (read.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
        return JSONSyntaxError(reason: reason, line: line, column: column)
    }
}
