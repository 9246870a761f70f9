import Localization
package import Site

/// What is wrong with a form that was sent: for each field at most one message, in the order they were found.
package struct FormProblems {
    private var fields: [(name: String, message: String)] = []

    package init() {}

    package var isEmpty: Bool { fields.isEmpty }

    /// The first message about a field counts.
    package mutating func add(_ field: String, _ message: String) {
        guard !fields.contains(where: { $0.name == field }) else { return }
        fields.append((field, message))
    }

    package func message(_ field: String) -> String? { fields.first { $0.name == field }?.message }

    /// `problems` for `parts/errors`, and `error_<name>` for each of the form's fields, set or not.
    package func model(of form: [String], _ visit: some CheckedVisit) -> Model {
        var model: Model = [:]
        for name in form { model["error_" + name] = .text(message(name)) }
        model["problems"] = .object(isEmpty ? nil : summary(visit))
        return model
    }

    private func summary(_ visit: some CheckedVisit) -> Model {
        [
            "heading": .text(visit.counted(fields.count, one: "errors.form_one", many: "errors.form_many")),
            "fields": .list(fields.map { ["field": .text($0.name), "message": .text($0.message)] }),
        ]
    }
}
