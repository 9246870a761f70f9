/// A `tel:` URI (RFC 3966) taken apart, as far as it can name a number.
struct TelephoneURI {
    /// The part between the scheme and the first parameter.
    let number: Substring
    /// What stands in front of a local number, if the URI says so with digits (`phone-context=+431`). A context that
    /// is a domain says nothing about digits.
    let context: Substring?

    /// Nil if `text` has another scheme or none, or is no URI but a label with a colon (`Tel: 01 58858; DW 12`).
    /// Throws `extension` for `;ext=` and for digits to be dialled after the answer; parameters that do not change
    /// whom one reaches are passed over.
    init?(_ text: String) throws(PhoneNumberRefusal) {
        guard text.prefix(4).lowercased() == "tel:" else { return nil }
        let rest = String(text.dropFirst(4)).decodingPercent()
        let parts = rest.drop { $0 == "/" }.split(separator: ";", omittingEmptySubsequences: false)
        var context: Substring?
        for parameter in parts.dropFirst() {
            guard let (name, value) = Self.pair(parameter) else { return nil }
            switch name {
            case "ext", "postd":
                if !value.isEmpty { throw .extension }
            case "phone-context":
                context = value.hasPrefix("+") ? value : nil
            default:
                break
            }
        }
        number = parts.first ?? ""
        self.context = context
    }

    /// Nil unless the parameter has a name that RFC 3966 allows.
    private static func pair(_ parameter: Substring) -> (name: String, value: Substring)? {
        let name = parameter.prefix { $0 != "=" }
        guard let first = name.first, first.isLetter, name.allSatisfy(isNameCharacter) else { return nil }
        return (name.lowercased(), parameter.dropFirst(name.count + 1))
    }

    private static func isNameCharacter(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || character == "-")
    }
}

extension String {
    func trimmingSpaces() -> String {
        let start = drop { $0.isWhitespace }
        let end = start.lastIndex { !$0.isWhitespace }
        return end.map { String(start[...$0]) } ?? ""
    }

    /// The text with `%XX` replaced by the bytes they stand for; a `%` without two hexadecimal digits stays.
    func decodingPercent() -> String {
        guard utf8.contains(UInt8(ascii: "%")) else { return self }
        var bytes: [UInt8] = []
        var rest = utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
