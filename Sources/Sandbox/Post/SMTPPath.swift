/// `FROM:<anna@firma.example> SIZE=1000`, as MAIL and RCPT have it.
struct SMTPPath {
    /// Empty for the null sender.
    let address: String
    let parameters: [String]

    var isASCII: Bool { address.utf8.allSatisfy { $0 < 0x80 } }

    /// Nil if the text is none.
    init?(_ text: Substring, keyword: String, mayBeEmpty: Bool) {
        guard text.uppercased().hasPrefix(keyword) else { return nil }
        let rest = text.dropFirst(keyword.count).drop { $0 == " " }
        guard rest.first == "<", let end = rest.firstIndex(of: ">") else { return nil }
        let address = String(rest[rest.index(after: rest.startIndex)..<end])
        guard address.isEmpty ? mayBeEmpty : Self.isAddress(address) else { return nil }
        let after = rest[rest.index(after: end)...]
        guard after.isEmpty || after.first == " " else { return nil }
        self.address = address
        parameters = after.split(separator: " ").map(String.init)
    }

    private static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && text.utf8.count <= 254
            && text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F && $0 != "<" }
    }
}
