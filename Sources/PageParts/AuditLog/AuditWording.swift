package import Audit
import Foundation
import Localization
package import Site

/// The keys of the words for what a log records.
package enum AuditKey {
    package static func action(_ action: String) -> String {
        "audit_page.action_" + action.replacing(".", with: "_")
    }

    static func field(_ name: String) -> String { "audit_page.field_" + name }

    static func kind(_ kind: String) -> String { "audit_page.object_" + kind }
}

/// A log in words. What the catalog does not know keeps its code, so that nothing is ever hidden.
package protocol AuditWording {
    associatedtype Reader: CheckedVisit
    var visit: Reader { get }

    /// Who did it, and a second line that says more.
    func actor(_ actor: AuditActor) -> (name: String, note: String?)

    /// What it was done to, by the name that people know it by; nil where the action says it.
    func object(_ entry: AuditLine) -> String?

    /// Why it was done.
    func reason(_ entry: AuditLine) -> String?

    /// What `text` stands for in a field; nil where it stands for itself.
    func meaning(of text: String, in field: String) -> String?
}

extension AuditWording {
    package func reason(_ entry: AuditLine) -> String? { entry.reason }

    /// Nil for an action that has no text.
    package func action(_ action: String) -> String? { known(AuditKey.action(action)) }

    /// An action as a sentence of its own, without the colon that an object would follow.
    package func plainAction(_ action: String) -> String {
        guard let text = self.action(action) else { return action }
        return text.hasSuffix(":") ? String(text.dropLast()) : text
    }

    package func field(_ name: String) -> String { known(AuditKey.field(name)) ?? name }

    package func value(_ value: AuditValue, of field: String) -> String {
        switch value {
        case .null: "–"
        case .bool(let isTrue): visit.text(isTrue ? "audit_page.yes" : "audit_page.no")
        case .integer(let number): visit.localizer.number(Int(number))
        case .text(let text): meaning(of: text, in: field) ?? self.text(text, of: field)
        case .array(let values):
            values.isEmpty ? "–" : values.map { self.value($0, of: field) }.joined(separator: ", ")
        case .object: value.canonical
        }
    }

    /// An object by what it is and the first characters of its id.
    package func short(_ entry: AuditLine) -> String {
        "\(known(AuditKey.kind(entry.object.kind)) ?? entry.object.kind) \(entry.object.id.prefix(8))"
    }

    /// The text of `key`; nil where there is none.
    package func known(_ key: String) -> String? {
        visit.site.catalog.message(key, visit.language).flatMap { $0.placeholders.isEmpty ? $0.text() : nil }
    }

    private func text(_ text: String, of field: String) -> String {
        switch field {
        case "state": known("audit_page.state_\(text)") ?? text
        case "detail": known("audit_page.detail_\(text)") ?? text
        default: Self.moment(text).map(visit.localizer.dateTime) ?? text
        }
    }

    /// A moment as entries spell it.
    private static func moment(_ text: String) -> Date? {
        guard text.utf8.count == 20, text.hasSuffix("Z"), text.dropFirst(10).first == "T" else { return nil }
        return try? Date(text, strategy: .iso8601)
    }
}
