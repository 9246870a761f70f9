/// Text of any language and line length in lines of at most 76 ASCII characters (RFC 2045 §6.7).
enum QuotedPrintable {
    private static let lineLength = 76
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// Any kind of line break becomes CR LF; the text ends with one.
    static func encode(_ text: String) -> String {
        let text = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last == "" { lines.removeLast() }
        return lines.map { encode(line: $0) + "\r\n" }.joined()
    }

    static func escaped(_ byte: UInt8) -> String {
        String(decoding: [UInt8(ascii: "="), digits[Int(byte >> 4)], digits[Int(byte & 15)]], as: UTF8.self)
    }

    private static func encode(line: Substring) -> String {
        var encoded = ""
        var column = 0
        let scalars = line.unicodeScalars
        var index = scalars.startIndex
        // Some programs that pass mail on put a `>` before such a line.
        let isSeparator = line.hasPrefix("From ")
        while index != scalars.endIndex {
            let scalar = scalars[index]
            let isFirst = index == scalars.startIndex
            index = scalars.index(after: index)
            let isLast = index == scalars.endIndex
            let isLiteral = isPrintable(scalar) || (isBlank(scalar) && !isLast)
            let unit =
                isLiteral && !(isFirst && isSeparator) ? String(scalar) : String(scalar).utf8.map(escaped).joined()
            // A character stays whole; the `=` of a soft break needs a place unless the line ends here.
            if column + unit.utf8.count > lineLength - (isLast ? 0 : 1) {
                encoded += "=\r\n"
                column = 0
            }
            encoded += unit
            column += unit.utf8.count
        }
        return encoded
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        (0x21...0x7E).contains(scalar.value) && scalar != "="
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" }
}
