/// A JSON value whose members keep their order, so that answers read as they are documented.
indirect enum JSON: Sendable, Hashable {
    case null
    case bool(Bool)
    /// As it is spelled; a number of ours is whole or a decimal fraction.
    case number(String)
    case text(String)
    case list([JSON])
    case object([Member])

    struct Member: Sendable, Hashable {
        let name: String
        let value: JSON
    }

    static func integer(_ value: some BinaryInteger) -> JSON { .number(String(value)) }

    /// Seconds with up to three decimals.
    static func seconds(milliseconds: Int) -> JSON {
        let (whole, rest) = milliseconds.magnitude.quotientAndRemainder(dividingBy: 1_000)
        var text = (milliseconds < 0 ? "-" : "") + String(whole)
        guard rest > 0 else { return .number(text) }
        var digits = String(rest + 1_000).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        text += "." + digits
        return .number(text)
    }

    static func optional<Value>(_ value: Value?, _ json: (Value) -> JSON) -> JSON { value.map(json) ?? .null }

    static func optional(_ text: String?) -> JSON { text.map(JSON.text) ?? .null }

    /// The value of the first member of that name; nil if there is none or this is no object.
    subscript(_ name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// The text, nil if this is anything else.
    var string: String? {
        if case .text(let text) = self { text } else { nil }
    }
}

extension JSON: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral {
    init(dictionaryLiteral members: (String, JSON)...) {
        self = .object(members.map { Member(name: $0, value: $1) })
    }
    init(arrayLiteral values: JSON...) { self = .list(values) }
    init(stringLiteral value: String) { self = .text(value) }
}
