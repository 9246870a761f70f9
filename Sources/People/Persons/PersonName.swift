/// What a person is called on pages and in mails.
package enum PersonName {
    /// Without white space around it; nil unless it has 1 to 120 characters and none that controls a terminal or the
    /// direction of text.
    package static func parse(_ typed: String) -> String? {
        guard typed.utf8.count <= 2_048 else { return nil }
        let name = typed.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard 1...120 ~= name.unicodeScalars.count, name.unicodeScalars.allSatisfy(isPlain) else { return nil }
        return name
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
        default: true
        }
    }
}
