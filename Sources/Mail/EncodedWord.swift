/// Text in headers: as it stands where ASCII suffices, otherwise as encoded words (RFC 2047), which are folded so that
/// no line exceeds 76 characters.
enum EncodedWord {
    static let lineLength = 76

    /// The value of a header without structure, such as the subject.
    ///
    /// - Parameter column: how many characters of the line are taken already.
    static func text(_ text: String, column: Int) -> String {
        let text = withoutControls(text)
        return isPlain(text) && column + text.utf8.count <= lineLength ? text : encoded(text, column: column)
    }

    /// The name before an address.
    static func phrase(_ text: String, column: Int) -> String {
        let text = withoutControls(text)
        guard isPlain(text) else { return encoded(text, column: column) }
        let isAtoms = text.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: " ") }
        let shown =
            isAtoms
            ? text : "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        return column + shown.utf8.count <= lineLength ? shown : encoded(text, column: column)
    }

    /// Control characters would end the header, or start another one.
    private static func withoutControls(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
                    return isControl || scalar.value == 0x2028 || scalar.value == 0x2029 ? " " : scalar
                }
            )
        )
    }

    /// ASCII that a reader gives back unchanged: nothing that looks like an encoded word, no spaces a reader may drop.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 < 0x7F } && !text.contains("=?") && !text.contains("  ") && !text.hasPrefix(" ")
            && !text.hasSuffix(" ")
    }

    private static func encoded(_ text: String, column: Int) -> String {
        let head = "=?utf-8?Q?"
        let tail = "?="
        // The blank before a folded line counts.
        var room = lineLength - column - head.count - tail.count
        var words: [String] = []
        var word = ""
        for scalar in text.unicodeScalars {
            let unit = encoded(scalar)
            if word.count + unit.count > room {
                words.append(word)
                word = ""
                room = lineLength - 1 - head.count - tail.count
            }
            word += unit
        }
        words.append(word)
        // A first word without room stays empty; the header then begins on the next line.
        return words.map { $0.isEmpty ? "" : head + $0 + tail }.joined(separator: "\r\n ")
    }

    private static func encoded(_ scalar: Unicode.Scalar) -> String {
        if scalar == " " { return "_" }
        return String(scalar).utf8.map { byte in
            isAlphanumeric(byte) ? String(UnicodeScalar(byte)) : QuotedPrintable.escaped(byte)
        }.joined()
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
