/// Writes XML without white space of its own.
struct TwiMLWriter {
    private(set) var text = #"<?xml version="1.0" encoding="UTF-8"?>"#

    /// Attributes without a value are left out.
    mutating func element(
        _ name: String,
        _ attributes: [(name: String, value: String?)] = [],
        content: (inout Self) -> Void = { _ in }
    ) {
        text += "<\(name)"
        for attribute in attributes {
            guard let value = attribute.value else { continue }
            text += " \(attribute.name)=\""
            append(value, inAttribute: true)
            text += "\""
        }
        let opened = text.utf8.count
        text += ">"
        content(&self)
        if text.utf8.count == opened + 1 {
            text.removeLast()
            text += "/>"
        } else {
            text += "</\(name)>"
        }
    }

    mutating func characters(_ characters: String) {
        append(characters, inAttribute: false)
    }

    private mutating func append(_ characters: String, inAttribute: Bool) {
        for scalar in characters.unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"" where inAttribute: text += "&quot;"
            // A reader turns plain line ends and tabs in an attribute into spaces, and a carriage return into a line end.
            case "\n" where inAttribute, "\t" where inAttribute, "\r": text += "&#\(scalar.value);"
            case _ where Self.isAllowed(scalar): text.unicodeScalars.append(scalar)
            // XML has no way to write the other control characters.
            default: continue
            }
        }
    }

    /// The characters of XML 1.0.
    static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x9, 0xA, 0xD, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }
}
