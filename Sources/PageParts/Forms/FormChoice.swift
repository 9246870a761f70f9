package import Site

/// One of several values of a select, of radio buttons or of check boxes.
package struct FormChoice {
    private let value: String
    private let label: String
    /// A line that explains it.
    private let hint: String?
    private let isChosen: Bool

    package init(_ value: String, _ label: String, hint: String? = nil, isChosen: Bool) {
        self.value = value
        self.label = label
        self.hint = hint
        self.isChosen = isChosen
    }

    package var model: Model {
        [
            "value": .text(value), "label": .text(label), "hint": .text(hint), "is_chosen": .flag(isChosen),
        ]
    }
}

extension Model.Value {
    package static func choices(_ choices: [FormChoice]) -> Self { .list(choices.map(\.model)) }
}
