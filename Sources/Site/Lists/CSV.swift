/// A table for spreadsheets (RFC 4180): separated by semicolons and begun with a byte order mark, because that is what
/// spreadsheets in German-speaking countries open without asking.
package enum CSV {
    package static let type = "text/csv; charset=utf-8"
    package static let byteOrderMark = "\u{FEFF}"

    package static func line(_ fields: [String]) -> String {
        fields.map(field).joined(separator: ";") + "\r\n"
    }

    /// A field that a spreadsheet would read as a formula is preceded by an apostrophe; a telephone number with its
    /// plus sign and digits alone cannot be one.
    private static func field(_ text: String) -> String {
        var text = text
        if let first = text.unicodeScalars.first, ["=", "+", "-", "@", "\t", "\r"].contains(first),
            !text.dropFirst().allSatisfy({ $0.isNumber || $0 == " " }) || first == "=" || first == "@"
        {
            text = "'" + text
        }
        guard text.contains(where: { [";", "\"", "\n", "\r", "\r\n"].contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
