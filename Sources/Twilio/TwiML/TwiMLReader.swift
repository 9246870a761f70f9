/// An element of a TwiML document.
struct TwiMLElement {
    let name: String
    var attributes: [String: String] = [:]
    var children: [TwiMLElement] = []
    /// The characters directly inside, without those of the children.
    var text = ""
}

/// Reads the XML that TwiML is made of: elements, attributes, characters and references. Comments, document types,
/// processing instructions and CDATA are refused, since nothing of ours writes them.
struct TwiMLReader {
    private let scalars: [Unicode.Scalar]
    private var position = 0

    static func read(_ document: String) throws(TwiMLProblem) -> TwiMLElement {
        var reader = TwiMLReader(scalars: Array(document.unicodeScalars))
        guard reader.take("<?xml version=\"1.0\" encoding=\"UTF-8\"?>") else {
            throw TwiMLProblem(.unreadable, "the document does not begin with the XML declaration")
        }
        reader.skipSpace()
        let root = try reader.element()
        reader.skipSpace()
        guard reader.position == reader.scalars.count else {
            throw TwiMLProblem(.unreadable, "something follows </\(root.name)>")
        }
        return root
    }

    private init(scalars: [Unicode.Scalar]) {
        self.scalars = scalars
    }

    private mutating func element() throws(TwiMLProblem) -> TwiMLElement {
        try expect("<")
        var element = TwiMLElement(name: try name())
        while true {
            let spaced = skipSpace()
            if take("/>") { return element }
            if take(">") { break }
            guard spaced else { throw malformed("no space before an attribute of <\(element.name)>") }
            let name = try name()
            try expect("=\"")
            let value = try characters(until: "\"")
            try expect("\"")
            guard element.attributes.updateValue(value, forKey: name) == nil else {
                throw malformed("\(name) stands twice in <\(element.name)>")
            }
        }
        while !take("</") {
            if peek == "<" {
                element.children.append(try self.element())
            } else {
                element.text += try characters(until: "<")
            }
        }
        guard try name() == element.name else { throw malformed("<\(element.name)> is not closed") }
        try expect(">")
        return element
    }

    private mutating func name() throws(TwiMLProblem) -> String {
        let start = position
        while let scalar = peek, scalar.properties.isAlphabetic, scalar.isASCII { position += 1 }
        guard position > start else { throw malformed("a name is missing") }
        return String(String.UnicodeScalarView(scalars[start..<position]))
    }

    private mutating func characters(until end: Unicode.Scalar) throws(TwiMLProblem) -> String {
        var text = String.UnicodeScalarView()
        while let scalar = peek, scalar != end {
            guard scalar != "<", TwiMLWriter.isAllowed(scalar) else { throw malformed("a character must be escaped") }
            position += 1
            text.append(scalar == "&" ? try reference() : scalar)
        }
        guard peek != nil else { throw malformed("the document ends too early") }
        return String(text)
    }

    private mutating func reference() throws(TwiMLProblem) -> Unicode.Scalar {
        let start = position
        while let scalar = peek, scalar != ";", position - start < 8 { position += 1 }
        let name = String(String.UnicodeScalarView(scalars[start..<position]))
        try expect(";")
        switch name {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        default:
            guard name.hasPrefix("#"), let value = UInt32(name.dropFirst()), let scalar = Unicode.Scalar(value),
                TwiMLWriter.isAllowed(scalar)
            else { throw malformed("&\(name); is not known") }
            return scalar
        }
    }

    @discardableResult
    private mutating func skipSpace() -> Bool {
        let start = position
        while let scalar = peek, scalar == " " || scalar == "\n" || scalar == "\r" || scalar == "\t" { position += 1 }
        return position > start
    }

    private var peek: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func take(_ text: String) -> Bool {
        let wanted = text.unicodeScalars
        guard scalars[position...].starts(with: wanted) else { return false }
        position += wanted.count
        return true
    }

    private mutating func expect(_ text: String) throws(TwiMLProblem) {
        guard take(text) else { throw malformed("\(text) is missing") }
    }

    private func malformed(_ detail: String) -> TwiMLProblem {
        TwiMLProblem(.unreadable, "\(detail), at character \(position)")
    }
}
