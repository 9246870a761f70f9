import Site

/// One of several values of a select, of radio buttons or of check boxes.
struct FormChoice {
    let value: String
    let label: String
    /// A line that explains it.
    let hint: String?
    let isChosen: Bool

    init(_ value: String, _ label: String, hint: String? = nil, isChosen: Bool) {
        self.value = value
        self.label = label
        self.hint = hint
        self.isChosen = isChosen
    }

    var model: Model {
        [
            "value": .text(value), "label": .text(label), "hint": .text(hint), "is_chosen": .flag(isChosen),
        ]
    }
}

extension Model.Value {
    static func choices(_ choices: [FormChoice]) -> Self { .list(choices.map(\.model)) }
}
