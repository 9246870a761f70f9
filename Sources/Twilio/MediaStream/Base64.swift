/// Base64 of RFC 4648 between raw buffers: the media stream's payloads and the signatures.
///
/// Strict when it reads: the length is a multiple of four, padding stands at the end only, and the bits that padding
/// leaves unused are zero, so that every text has one meaning and every value one text.
enum Base64 {
    static func encodedCount(of count: Int) -> Int { (count + 2) / 3 * 4 }

    /// The most bytes a text of `count` characters can stand for.
    static func decodedBound(of count: Int) -> Int { count / 4 * 3 }

    /// Writes `encodedCount(of: source.count)` characters to `target` and returns how many it wrote: none if `target`
    /// cannot hold them.
    @discardableResult
    static func encode(_ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) -> Int {
        let count = encodedCount(of: source.count)
        guard target.count >= count else { return 0 }
        alphabet.withUnsafeBufferPointer { alphabet in
            var read = 0
            var write = 0
            while read + 2 < source.count {
                let group = UInt32(source[read]) << 16 | UInt32(source[read + 1]) << 8 | UInt32(source[read + 2])
                target[write] = alphabet[Int(group >> 18)]
                target[write + 1] = alphabet[Int(group >> 12 & 63)]
                target[write + 2] = alphabet[Int(group >> 6 & 63)]
                target[write + 3] = alphabet[Int(group & 63)]
                read += 3
                write += 4
            }
            switch source.count - read {
            case 1:
                target[write] = alphabet[Int(source[read] >> 2)]
                target[write + 1] = alphabet[Int(source[read] & 3) << 4]
                target[write + 2] = padding
                target[write + 3] = padding
            case 2:
                target[write] = alphabet[Int(source[read] >> 2)]
                target[write + 1] = alphabet[Int(source[read] & 3) << 4 | Int(source[read + 1] >> 4)]
                target[write + 2] = alphabet[Int(source[read + 1] & 15) << 2]
                target[write + 3] = padding
            default: break
            }
        }
        return count
    }

    /// Decodes `source` into `target` and returns how many bytes it wrote; nil if the text is not strict base64 or
    /// `target` does not hold `decodedBound(of: source.count)` bytes.
    static func decode(_ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) -> Int? {
        guard source.count % 4 == 0, target.count >= decodedBound(of: source.count) else { return nil }
        guard source.count > 0 else { return 0 }
        let paddings = source[source.count - 1] != padding ? 0 : source[source.count - 2] != padding ? 1 : 2
        let whole = paddings == 0 ? source.count : source.count - 4
        return values.withUnsafeBufferPointer { values in
            var seen: UInt8 = 0
            var read = 0
            var write = 0
            while read < whole {
                let first = values[Int(source[read])]
                let second = values[Int(source[read + 1])]
                let third = values[Int(source[read + 2])]
                let fourth = values[Int(source[read + 3])]
                seen |= first | second | third | fourth
                target[write] = first << 2 | second >> 4
                target[write + 1] = second << 4 | third >> 2
                target[write + 2] = third << 6 | fourth
                read += 4
                write += 3
            }
            guard paddings > 0 else { return seen & invalid == 0 ? write : nil }

            let first = values[Int(source[read])]
            let second = values[Int(source[read + 1])]
            seen |= first | second
            target[write] = first << 2 | second >> 4
            if paddings == 1 {
                let third = values[Int(source[read + 2])]
                seen |= third
                target[write + 1] = second << 4 | third >> 2
                return seen & invalid == 0 && third & 3 == 0 ? write + 2 : nil
            }
            return seen & invalid == 0 && second & 15 == 0 ? write + 1 : nil
        }
    }

    private static let padding = UInt8(ascii: "=")
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    /// Any of these bits in a looked-up value marks a character outside the alphabet.
    private static let invalid: UInt8 = 0xC0
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: invalid, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()
}
