/// A small, strict reader of the XML that TwiML uses: elements, attributes, text, entities, CDATA and comments. Document
/// types and processing instructions are refused.
struct MarkupElement: Sendable, Equatable {
    let name: String
    let attributes: [String: String]
    /// Child elements in order.
    let children: [MarkupElement]
    /// The element's own text, without that of its children.
    let text: String
}

struct MarkupFailure: Error, Equatable {
    let reason: String
    /// UTF-8 offset into the document.
    let offset: Int
}

struct MarkupParser {
    private let bytes: [UInt8]
    private var index = 0
    private static let maximumDepth = 16

    static func parse(_ document: String) throws(MarkupFailure) -> MarkupElement {
        var parser = MarkupParser(bytes: Array(document.utf8))
        return try parser.parseDocument()
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func parseDocument() throws(MarkupFailure) -> MarkupElement {
        if starts(with: "<?xml") {
            guard let end = position(of: "?>") else { throw failure("XML declaration is not closed") }
            index = end + 2
        }
        try skipMisc()
        guard peek == UInt8(ascii: "<") else { throw failure("expected the root element") }
        let root = try parseElement(depth: 0)
        try skipMisc()
        guard index == bytes.count else { throw failure("content after the root element") }
        return root
    }

    private mutating func parseElement(depth: Int) throws(MarkupFailure) -> MarkupElement {
        guard depth < Self.maximumDepth else { throw failure("nested too deeply") }
        index += 1
        let name = try parseName()
        let attributes = try parseAttributes()
        if take("/>") {
            return MarkupElement(name: name, attributes: attributes, children: [], text: "")
        }
        guard take(">") else { throw failure("tag is not closed") }
        var children = [MarkupElement]()
        var text = [UInt8]()
        while true {
            guard let byte = peek else { throw failure("element \(name) is not closed") }
            if take("</") {
                guard try parseName() == name else { throw failure("closing tag does not match \(name)") }
                skipSpace()
                guard take(">") else { throw failure("closing tag is not closed") }
                return MarkupElement(
                    name: name,
                    attributes: attributes,
                    children: children,
                    text: String(decoding: text, as: UTF8.self)
                )
            } else if take("<!--") {
                try skip(past: "-->")
            } else if take("<![CDATA[") {
                let start = index
                try skip(past: "]]>")
                text += bytes[start..<index - 3]
            } else if starts(with: "<?") || starts(with: "<!") {
                throw failure("instructions and document types are not allowed")
            } else if byte == UInt8(ascii: "<") {
                children.append(try parseElement(depth: depth + 1))
            } else if byte == UInt8(ascii: "&") {
                text += try parseEntity()
            } else {
                text.append(byte)
                index += 1
            }
        }
    }

    private mutating func parseAttributes() throws(MarkupFailure) -> [String: String] {
        var attributes = [String: String]()
        while true {
            let before = index
            skipSpace()
            guard let byte = peek, byte != UInt8(ascii: ">"), byte != UInt8(ascii: "/") else { return attributes }
            guard index > before else { throw failure("expected a blank before an attribute") }
            let name = try parseName()
            skipSpace()
            guard take("=") else { throw failure("attribute \(name) has no value") }
            skipSpace()
            guard let quote = peek, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
                throw failure("attribute \(name) is not quoted")
            }
            index += 1
            var value = [UInt8]()
            while let byte = peek, byte != quote {
                if byte == UInt8(ascii: "<") { throw failure("< in attribute \(name)") }
                if byte == UInt8(ascii: "&") {
                    value += try parseEntity()
                } else {
                    value.append(byte)
                    index += 1
                }
            }
            guard peek == quote else { throw failure("attribute \(name) is not closed") }
            index += 1
            guard attributes.updateValue(String(decoding: value, as: UTF8.self), forKey: name) == nil else {
                throw failure("attribute \(name) is repeated")
            }
        }
    }

    private mutating func parseEntity() throws(MarkupFailure) -> [UInt8] {
        let named = ["&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": "\"", "&apos;": "'"]
        for (entity, character) in named where take(entity) { return Array(character.utf8) }
        guard take("&#"), let end = bytes[index...].prefix(10).firstIndex(of: UInt8(ascii: ";")) else {
            throw failure("unknown entity")
        }
        let digits = String(decoding: bytes[index..<end], as: UTF8.self)
        let value = digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        guard let value, let scalar = Unicode.Scalar(value), value >= 0x20 || [9, 10, 13].contains(value) else {
            throw failure("not a character")
        }
        index = end + 1
        return Array(String(scalar).utf8)
    }

    private mutating func parseName() throws(MarkupFailure) -> String {
        let start = index
        while let byte = peek, isNameByte(byte) { index += 1 }
        guard index > start else { throw failure("expected a name") }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ":"),
            UInt8(ascii: "."):
            true
        default: byte >= 0x80
        }
    }

    private mutating func skipMisc() throws(MarkupFailure) {
        while true {
            skipSpace()
            guard take("<!--") else { return }
            try skip(past: "-->")
        }
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { index += 1 }
    }

    private mutating func skip(past end: String) throws(MarkupFailure) {
        guard let place = position(of: end) else { throw failure("expected \(end)") }
        index = place + end.utf8.count
    }

    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    private func starts(with text: String) -> Bool { bytes[index...].starts(with: text.utf8) }

    private mutating func take(_ text: String) -> Bool {
        guard starts(with: text) else { return false }
        index += text.utf8.count
        return true
    }

    private func position(of text: String) -> Int? {
        (index..<bytes.count).first { bytes[$0...].starts(with: text.utf8) }
    }

    private func failure(_ reason: String) -> MarkupFailure { MarkupFailure(reason: reason, offset: index) }
}
