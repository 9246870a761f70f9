import Foundation

/// Encoded words in headers (RFC 2047).
enum HeaderWords {
    static func decoded(_ value: String) -> String {
        // Blanks between two encoded words are no part of the text.
        let joined = value.replacing(/\?=[ \t]+=\?/, with: "?==?")
        return joined.replacing(/=\?([^?\s]+)\?([QqBb])\?([^?\s]*)\?=/) { match in
            let (_, charset, encoding, text) = match.output
            let bytes =
                encoding.lowercased() == "b"
                ? Data(base64Encoded: String(text)).map { Array($0) } ?? [] : unquoted(Array(text.utf8))
            return MailPart.text(bytes, charset: charset.lowercased())
        }
    }

    /// The value of two hexadecimal digits.
    static func hexadecimal(_ bytes: [UInt8], at index: Int) -> UInt8? {
        guard index + 1 < bytes.count else { return nil }
        return UInt8(String(decoding: bytes[index...index + 1], as: UTF8.self), radix: 16)
    }

    private static func unquoted(_ bytes: [UInt8]) -> [UInt8] {
        var decoded: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "="), let value = hexadecimal(bytes, at: index + 1) {
                decoded.append(value)
                index += 3
            } else {
                decoded.append(bytes[index] == UInt8(ascii: "_") ? UInt8(ascii: " ") : bytes[index])
                index += 1
            }
        }
        return decoded
    }
}
