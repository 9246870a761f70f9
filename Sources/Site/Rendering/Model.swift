import Mustache

/// What a template is filled with: a tree of named values. Only these kinds exist, so that what reaches a page is always
/// text that was formatted on purpose.
package struct Model: Sendable, ExpressibleByDictionaryLiteral {
    package indirect enum Value: Sendable {
        /// Escaped by the template. Empty text counts as nothing in a section.
        case text(String)
        /// Markup that this house made itself, such as a drawing. Never anything that came from elsewhere.
        case markup(String)
        case flag(Bool)
        case object(Model)
        case list([Model])
    }

    package private(set) var members: [String: Value]

    package init(_ members: [String: Value] = [:]) {
        self.members = members
    }

    package init(dictionaryLiteral members: (String, Value)...) {
        self.members = Dictionary(members) { _, last in last }
    }

    package subscript(name: String) -> Value? {
        get { members[name] }
        set { members[name] = newValue }
    }

    package func merging(_ other: Model) -> Model {
        Model(members.merging(other.members) { _, new in new })
    }
}

extension Model.Value: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .text(value) }
    package init(booleanLiteral value: Bool) { self = .flag(value) }
    package init(arrayLiteral elements: Model...) { self = .list(elements) }
    package init(dictionaryLiteral members: (String, Model.Value)...) {
        self = .object(Model(Dictionary(members) { _, last in last }))
    }

    /// The text; no text renders as nothing and opens no section.
    package static func text(_ value: String?) -> Self { .text(value ?? "") }

    /// The object, or nothing for a section.
    package static func object(_ value: Model?) -> Self { value.map { .object($0) } ?? .flag(false) }

    fileprivate var mustache: Any {
        switch self {
        case .text(let text): text.isEmpty ? Nothing() as Any : text
        case .markup(let markup): markup
        case .flag(let flag): flag
        case .object(let model): model
        case .list(let models): models
        }
    }
}

extension Model: MustacheParent {
    package func child(named name: String) -> Any? { members[name]?.mustache }
}

/// Empty text: renders as nothing and opens no section.
private struct Nothing: MustacheCustomRenderable {
    var renderText: String { "" }
    var isNull: Bool { true }
}
