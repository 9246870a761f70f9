/// What a text of a flow must look like. Lengths count Unicode scalars, as JSON Schema does.
struct TextRule {
    private enum Form {
        case free
        case key
        case language
        case voice
        case number
        case choice([String])
    }

    private let form: Form
    private let shortest: Int
    private let longest: Int

    /// A text with at least one character that is not white space.
    init(shortest: Int = 1, longest: Int) {
        self.init(.free, shortest: shortest, longest: longest)
    }

    private init(_ form: Form, shortest: Int = 1, longest: Int) {
        self.form = form
        self.shortest = shortest
        self.longest = longest
    }

    /// What the agent says.
    static let spoken = TextRule(longest: 2_000)
    /// The name of a node or target: a small letter, then up to 47 small letters, digits and underscores.
    static let key = TextRule(.key, longest: 48)
    /// `de` or `de-AT`.
    static let language = TextRule(.language, longest: 5)
    static let voice = TextRule(.voice, longest: 100)
    /// E.164.
    static let number = TextRule(.number, longest: 16)

    static func choice(_ choices: [String]) -> TextRule { TextRule(.choice(choices), longest: 100) }

    /// What is wrong with `text`; nil if nothing is.
    func defect(of text: String) -> (FlowFinding.Code, [String: String])? {
        switch form {
        case .choice(let choices):
            return choices.contains(text) ? nil : (.notAChoice, ["choices": choices.joined(separator: ", ")])
        case .key: return Self.isKey(text) ? nil : (.malformedKey, [:])
        case .language: return Self.isLanguage(text) ? nil : (.malformedLanguage, [:])
        case .voice: return Self.isVoice(text) ? nil : (.malformedVoice, [:])
        case .number: return Self.isNumber(text) ? nil : (.malformedNumber, [:])
        case .free: return freeDefect(of: text)
        }
    }

    private func freeDefect(of text: String) -> (FlowFinding.Code, [String: String])? {
        let scalars = text.unicodeScalars
        if scalars.count > longest { return (.tooLong, ["maximum": String(longest)]) }
        if scalars.count < shortest { return (shortest == 1 ? .blank : .tooShort, ["minimum": String(shortest)]) }
        if scalars.contains(where: Self.isControl) { return (.controlCharacter, [:]) }
        if scalars.allSatisfy({ $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "\r" }) { return (.blank, [:]) }
        return nil
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        (scalar.value < 0x20 && scalar != "\t" && scalar != "\n" && scalar != "\r") || scalar.value == 0x7F
    }

    private static func isKey(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return (1...48).contains(bytes.count) && isSmall(bytes[0])
            && bytes.allSatisfy { isSmall($0) || isDigit($0) || $0 == UInt8(ascii: "_") }
    }

    private static func isLanguage(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        let primary = bytes.count >= 2 && isSmall(bytes[0]) && isSmall(bytes[1])
        if bytes.count == 2 { return primary }
        return primary && bytes.count == 5 && bytes[2] == UInt8(ascii: "-") && isCapital(bytes[3])
            && isCapital(bytes[4])
    }

    private static func isVoice(_ text: String) -> Bool {
        (1...100).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                isSmall($0) || isCapital($0) || isDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
                    || $0 == UInt8(ascii: ".")
            }
    }

    private static func isNumber(_ text: String) -> Bool {
        let digits = Array(text.utf8.dropFirst())
        return text.utf8.first == UInt8(ascii: "+") && (2...15).contains(digits.count)
            && digits[0] != UInt8(ascii: "0") && digits.allSatisfy(isDigit)
    }

    private static func isSmall(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
    private static func isCapital(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
