/// What a company is called on pages, in mails and in the trail.
package enum TenantName {
    /// Characters of a name, by Unicode scalars.
    package static let length = 1...120

    /// Without white space around it and with single spaces inside; nil unless it has 1 to 120 characters and none that
    /// breaks a line, controls a terminal or turns the direction of text.
    package static func parse(_ typed: String) -> String? {
        guard typed.utf8.count <= 2_048 else { return nil }
        let trimmed = typed.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
        let name = String(trimmed).split(separator: " ").joined(separator: " ")
        guard length.contains(name.unicodeScalars.count), name.unicodeScalars.allSatisfy(isPlain) else { return nil }
        return name
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
        default: true
        }
    }
}
