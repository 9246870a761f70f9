package import Database

/// An address in the one spelling under which a person is known: small letters, no white space around it.
///
/// It is not judged beyond its form; whether it takes mails is shown by the mail with the link.
package struct EmailAddress: Hashable, Sendable {
    package let value: String

    /// Nil unless `typed` is `local@domain` in at most 254 bytes.
    package init?(_ typed: String) {
        guard typed.utf8.count <= 512 else { return nil }
        let text = String(typed.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
            .lowercased()
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, text.utf8.count <= 254,
            text.unicodeScalars.allSatisfy({ !$0.properties.isWhitespace && $0.value > 0x20 && $0.value != 0x7F })
        else { return nil }
        value = text
    }

    /// What stands before the `@`.
    var localPart: String { String(value.prefix { $0 != "@" }) }
}

extension EmailAddress: PostgresValue {
    package var postgresText: String? { value }

    package init(postgresText: String?) throws(UnreadableValue) {
        guard let postgresText, let address = EmailAddress(postgresText) else {
            throw UnreadableValue(expected: "a mail address", wasNull: postgresText == nil)
        }
        self = address
    }
}
