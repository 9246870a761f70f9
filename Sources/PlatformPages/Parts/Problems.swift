import Localization
import Site

/// What is wrong with a form that was sent: for each field at most one message, in the order they were found.
struct Problems {
    private var fields: [(name: String, message: String)] = []

    var isEmpty: Bool { fields.isEmpty }

    /// The first message about a field counts.
    mutating func add(_ field: String, _ message: String) {
        guard !fields.contains(where: { $0.name == field }) else { return }
        fields.append((field, message))
    }

    func message(_ field: String) -> String? { fields.first { $0.name == field }?.message }

    /// `problems` for `parts/errors`, and `error_<name>` for each of the form's fields, set or not.
    func model(of form: [String], _ visit: some CheckedVisit) -> Model {
        var model: Model = [:]
        for name in form { model["error_" + name] = .text(message(name)) }
        model["problems"] = .object(isEmpty ? nil : summary(visit))
        return model
    }

    private func summary(_ visit: some CheckedVisit) -> Model {
        let heading =
            fields.count == 1
            ? visit.text("platform.problem_one")
            : visit.text("platform.problem_many", ["n": visit.localizer.number(fields.count)])
        return [
            "heading": .text(heading),
            "fields": .list(fields.map { ["field": .text($0.name), "message": .text($0.message)] }),
        ]
    }
}
