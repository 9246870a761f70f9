/// Where a mail goes or comes from, with the name shown beside it. What is one can be written into a header as it
/// stands: no part of it holds a control character (RFC 5321 §4.1.2, RFC 5322 §3.4).
package struct MailAddress: Sendable, Hashable {
    package enum Refusal: String, Error, Sendable {
        case empty = "mail_address_empty"
        /// More than 64 bytes before the `@` or 254 in all (RFC 5321 §4.5.3.1).
        case tooLong = "mail_address_too_long"
        /// A line break or another control character: an attempt at a header of its own.
        case controlCharacter = "mail_address_control_character"
        case malformed = "mail_address_malformed"
        /// A letter outside ASCII. Not every server on the way takes one before the `@` (RFC 6531), and a domain has a
        /// spelling without: `xn--…`.
        case notASCII = "mail_address_not_ascii"
    }

    /// `local@domain`, the domain in lower case.
    package let address: String
    /// Shown by the reader's program; at most 128 characters.
    package let name: String?

    /// - Parameters:
    ///   - address: `local@domain` without spaces around it.
    ///   - name: any text; an empty one is none.
    package init(_ address: String, name: String? = nil) throws(Refusal) {
        guard !address.isEmpty else { throw .empty }
        for text in [address, name ?? ""] where text.unicodeScalars.contains(where: Self.isForbidden) {
            throw .controlCharacter
        }
        guard address.utf8.allSatisfy({ $0 < 0x80 }) else { throw .notASCII }
        guard let at = address.lastIndex(of: "@") else { throw .malformed }
        let local = address[..<at]
        let domain = address[address.index(after: at)...].lowercased()
        guard local.utf8.count <= 64, address.utf8.count <= 254, name?.count ?? 0 <= 128 else { throw .tooLong }
        guard Self.isDotAtom(local), Self.isDomain(domain) else { throw .malformed }
        self.address = "\(local)@\(domain)"
        self.name = name.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A mailbox as people write it: `post@firma.example` or `Firma <post@firma.example>`.
    package init(mailbox text: String) throws(Refusal) {
        guard let open = text.lastIndex(of: "<") else {
            try self.init(text)
            return
        }
        guard text.last == ">" else { throw .malformed }
        var name = text[..<open]
        while name.last == " " { name.removeLast() }
        if name.count >= 2, name.first == "\"", name.last == "\"" { name = name.dropFirst().dropLast() }
        try self.init(String(text[text.index(after: open)...].dropLast()), name: String(name))
    }

    /// The part behind the `@`.
    package var domain: String { address.lastIndex(of: "@").map { String(address[address.index(after: $0)...]) } ?? "" }

    /// Control characters, and the separators that some programs take for line breaks.
    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value == 0x2028 || scalar.value == 0x2029
    }

    private static func isDotAtom(_ text: Substring) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty && atom.utf8.allSatisfy { isAlphanumeric($0) || atomSymbols.contains($0) }
        }
    }

    /// At least two labels of letters, digits and inner hyphens; the last one is no number.
    private static func isDomain(_ text: String) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2, let last = labels.last, !last.utf8.allSatisfy(isDigit) else { return false }
        return labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static let atomSymbols = Set("!#$%&'*+-/=?^_`{|}~".utf8)
}

extension MailAddress: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Nothing of it: an address is personal data and a log is read by others.
    package var description: String { "MailAddress(…)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
