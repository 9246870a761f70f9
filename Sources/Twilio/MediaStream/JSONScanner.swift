/// Walks a JSON text in place: it checks the grammar and answers where the values lie, and builds nothing unless asked.
struct JSONScanner {
    /// Where a string's characters lie, without the quotation marks.
    struct Text {
        let range: Range<Int>
        let hasEscapes: Bool
    }

    enum Value {
        case text(Text)
        case number(Range<Int>)
        /// From the opening bracket to after the closing one.
        case object(Range<Int>)
        case array(Range<Int>)
        case literal
    }

    private let bytes: UnsafeRawBufferPointer
    private var position: Int
    private let end: Int

    init(_ bytes: UnsafeRawBufferPointer) {
        self.init(bytes, 0..<bytes.count)
    }

    init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    /// Whether an object begins here; its opening bracket is then consumed.
    mutating func takeObjectStart() -> Bool { take(UInt8(ascii: "{")) }

    /// The key of the next member, or nil after the last one. `isFirst` must be true at the first call for an object.
    mutating func nextKey(isFirst: Bool) throws(MediaStreamError) -> Text? {
        if take(UInt8(ascii: "}")) { return nil }
        if !isFirst { try expect(UInt8(ascii: ",")) }
        let key = try text()
        try expect(UInt8(ascii: ":"))
        return key
    }

    /// The next element of an array, or nil after the last one. `isFirst` must be true at the first call for an array,
    /// which then consumes the opening bracket.
    mutating func nextElement(isFirst: Bool) throws(MediaStreamError) -> Value? {
        if isFirst { try expect(UInt8(ascii: "[")) }
        if take(UInt8(ascii: "]")) { return nil }
        if !isFirst { try expect(UInt8(ascii: ",")) }
        return try value()
    }

    /// The next value of any kind, whole and checked.
    mutating func value() throws(MediaStreamError) -> Value { try value(depth: 0) }

    /// Nothing but white space may follow.
    mutating func expectEnd() throws(MediaStreamError) {
        skipSpace()
        guard position == end else { throw .malformedJSON }
    }

    func equals(_ text: Text, _ other: StaticString) -> Bool {
        if text.hasEscapes { return string(text) == other.description }
        guard text.range.count == other.utf8CodeUnitCount else { return false }
        return other.withUTF8Buffer { other in
            zip(text.range, other).allSatisfy { bytes[$0] == $1 }
        }
    }

    /// A whole number that is not negative and has at most 15 digits, as a JSON number or as a string of digits.
    func integer(_ value: Value?) -> Int? {
        let range: Range<Int>
        switch value {
        case .number(let digits): range = digits
        case .text(let text) where !text.hasEscapes: range = text.range
        default: return nil
        }
        guard (1...15).contains(range.count) else { return nil }
        var number = 0
        for index in range {
            let digit = bytes[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            number = number * 10 + Int(digit)
        }
        return number
    }

    /// The characters a string stands for; nil if they are not Unicode.
    func string(_ text: Text) -> String? {
        guard text.hasEscapes else {
            return String(validating: UnsafeRawBufferPointer(rebasing: bytes[text.range]), as: UTF8.self)
        }
        return unescaped(text).flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// The bytes a string with escapes stands for; nil if it escapes half of a surrogate pair.
    func unescaped(_ text: Text) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(text.range.count)
        var index = text.range.lowerBound
        while index < text.range.upperBound {
            guard bytes[index] == UInt8(ascii: "\\") else {
                result.append(bytes[index])
                index += 1
                continue
            }
            if let plain = Self.shortEscape(bytes[index + 1]) {
                result.append(plain)
                index += 2
                continue
            }
            guard let scalar = escapedScalar(at: &index, before: text.range.upperBound) else { return nil }
            result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
        return result
    }

    // MARK: - Grammar

    private mutating func value(depth: Int) throws(MediaStreamError) -> Value {
        skipSpace()
        guard position < end, depth < Self.maximumDepth else { throw .malformedJSON }
        let start = position
        switch bytes[position] {
        case UInt8(ascii: "\""):
            return .text(try text())
        case UInt8(ascii: "{"):
            position += 1
            var isFirst = true
            while try nextKey(isFirst: isFirst) != nil {
                isFirst = false
                _ = try value(depth: depth + 1)
            }
            return .object(start..<position)
        case UInt8(ascii: "["):
            position += 1
            if take(UInt8(ascii: "]")) { return .array(start..<position) }
            repeat { _ = try value(depth: depth + 1) } while take(UInt8(ascii: ","))
            try expect(UInt8(ascii: "]"))
            return .array(start..<position)
        case UInt8(ascii: "t"):
            return try literal("true")
        case UInt8(ascii: "f"):
            return try literal("false")
        case UInt8(ascii: "n"):
            return try literal("null")
        default:
            return .number(try number())
        }
    }

    private mutating func text() throws(MediaStreamError) -> Text {
        try expect(UInt8(ascii: "\""))
        let start = position
        var hasEscapes = false
        while true {
            skipPlainCharacters()
            guard position < end else { throw .malformedJSON }
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return Text(range: start..<(position - 1), hasEscapes: hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                try skipEscape()
            default:
                // A control character must be escaped in JSON.
                throw .malformedJSON
            }
        }
    }

    /// Goes on to the next quotation mark, backslash or control character, eight bytes at a time.
    private mutating func skipPlainCharacters() {
        while position + 8 <= end {
            let word = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            let quotes = word ^ 0x2222_2222_2222_2222
            let backslashes = word ^ 0x5C5C_5C5C_5C5C_5C5C
            // The usual test for a byte below n: the top bit of (byte - n) where the byte's own is clear.
            let special =
                ((quotes &- Self.ones) & ~quotes) | ((backslashes &- Self.ones) & ~backslashes)
                | ((word &- Self.ones &* 0x20) & ~word)
            if special & Self.tops != 0 { break }
            position += 8
        }
        while position < end, bytes[position] >= 0x20, bytes[position] != UInt8(ascii: "\""),
            bytes[position] != UInt8(ascii: "\\")
        {
            position += 1
        }
    }

    private mutating func skipEscape() throws(MediaStreamError) {
        guard position + 1 < end else { throw .malformedJSON }
        if Self.shortEscape(bytes[position + 1]) != nil {
            position += 2
            return
        }
        guard bytes[position + 1] == UInt8(ascii: "u"), position + 6 <= end,
            (2..<6).allSatisfy({ Self.hexadecimal(bytes[position + $0]) != nil })
        else { throw .malformedJSON }
        position += 6
    }

    private mutating func number() throws(MediaStreamError) -> Range<Int> {
        let start = position
        _ = takeHere(UInt8(ascii: "-"))
        let whole = try digits()
        if whole.count > 1, bytes[whole.lowerBound] == UInt8(ascii: "0") { throw .malformedJSON }
        if takeHere(UInt8(ascii: ".")) { _ = try digits() }
        if takeHere(UInt8(ascii: "e")) || takeHere(UInt8(ascii: "E")) {
            if !takeHere(UInt8(ascii: "+")) { _ = takeHere(UInt8(ascii: "-")) }
            _ = try digits()
        }
        return start..<position
    }

    private mutating func digits() throws(MediaStreamError) -> Range<Int> {
        let start = position
        while position < end, bytes[position] &- UInt8(ascii: "0") < 10 { position += 1 }
        guard position > start else { throw .malformedJSON }
        return start..<position
    }

    private mutating func literal(_ word: StaticString) throws(MediaStreamError) -> Value {
        let range = position..<(position + word.utf8CodeUnitCount)
        guard range.upperBound <= end, equals(Text(range: range, hasEscapes: false), word) else {
            throw .malformedJSON
        }
        position = range.upperBound
        return .literal
    }

    private mutating func skipSpace() {
        while position < end {
            switch bytes[position] {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): position += 1
            default: return
            }
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        return takeHere(byte)
    }

    private mutating func takeHere(_ byte: UInt8) -> Bool {
        guard position < end, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ byte: UInt8) throws(MediaStreamError) {
        guard take(byte) else { throw .malformedJSON }
    }

    // MARK: - Escapes

    /// Reads `\uXXXX`, and its second half if it is the first of a surrogate pair; the grammar was checked before.
    private func escapedScalar(at index: inout Int, before end: Int) -> Unicode.Scalar? {
        let unit = codeUnit(at: index + 2)
        index += 6
        guard unit & 0xFC00 == 0xD800 else { return Unicode.Scalar(unit) }
        guard index + 6 <= end, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u") else {
            return nil
        }
        let second = codeUnit(at: index + 2)
        index += 6
        guard second & 0xFC00 == 0xDC00 else { return nil }
        return Unicode.Scalar(0x10000 + (unit & 0x3FF) << 10 + second & 0x3FF)
    }

    private func codeUnit(at index: Int) -> UInt32 {
        (index..<(index + 4)).reduce(0) { $0 << 4 | UInt32(Self.hexadecimal(bytes[$1]) ?? 0) }
    }

    private static func shortEscape(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): character
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: nil
        }
    }

    private static func hexadecimal(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private static let maximumDepth = 32
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let tops: UInt64 = 0x8080_8080_8080_8080
}
