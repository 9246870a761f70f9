import Audit
import Foundation
import Localization
import Site
import Tenants

/// The log in words. What the catalog does not know keeps its code, so that nothing is ever hidden.
struct AuditWords {
    let names: AuditNames
    let visit: TenantVisit

    /// The key of an action's text.
    static func key(ofAction action: String) -> String {
        "audit_page.action_" + action.replacing(".", with: "_")
    }

    /// Nil for an action that has no text.
    func action(_ action: String) -> String? { known(Self.key(ofAction: action)) }

    /// Who did it, and a second line that says more.
    func actor(_ actor: AuditActor) -> (name: String, note: String?) {
        switch actor.kind {
        case .person: (names.person(actor.name) ?? visit.text("audit_page.actor_gone"), nil)
        case .apiKey:
            if let key = names.key(actor.name) {
                (visit.text("audit_page.actor_key", ["name": key.name]), "\(key.prefix)…")
            } else {
                (visit.text("audit_page.actor_unknown_key"), String(actor.name.prefix(16)))
            }
        case .operator: (visit.text("audit_page.actor_operator"), nil)
        case .support:
            (names.person(actor.name) ?? visit.text("frame.role_support"), visit.text("audit_page.actor_support"))
        case .system: (visit.text("audit_page.actor_system"), nil)
        }
    }

    /// What it was done to, by the name that people know it by; nil where the action says it.
    func object(_ entry: AuditLine) -> String? {
        guard !Self.single.contains(entry.object.kind), entry.object.id != Self.whole else { return nil }
        if let name = objectName(entry) { return name }
        let kind = known("audit_page.object_\(entry.object.kind)") ?? entry.object.kind
        return "\(kind) \(Self.short(entry.object.id))"
    }

    func field(_ name: String) -> String { known("audit_page.field_\(name)") ?? name }

    func value(_ value: AuditValue, of field: String) -> String {
        switch value {
        case .null: "–"
        case .bool(let isTrue): visit.text(isTrue ? "audit_page.yes" : "audit_page.no")
        case .integer(let number): visit.localizer.number(Int(number))
        case .text(let text): self.text(text, of: field)
        case .array(let values):
            values.isEmpty ? "–" : values.map { self.value($0, of: field) }.joined(separator: ", ")
        case .object: value.canonical
        }
    }

    /// Kinds of which a tenant has one, so that the action says it all.
    private static let single: Set<String> = ["tenant", "tenant_model_key", "audit_chain", "platform", "page"]

    /// The id of all objects of a kind.
    private static let whole = "all"

    private func objectName(_ entry: AuditLine) -> String? {
        switch entry.object.kind {
        case "membership", "person":
            // Whoever does something to themselves is named already.
            entry.actor.name == entry.object.id
                ? "" : names.person(entry.object.id) ?? entry.personal?.member("name")?.plainText
        case "invitation": entry.personal?.member("email")?.plainText
        case "key":
            (entry.after ?? entry.before)?.member("name")?.plainText ?? names.key(entry.object.id)?.name
        case "number_ownership", "number_assignment": entry.after?.member("number")?.plainText
        case "flow_version":
            entry.after?.member("flow")?.plainText.map { flow in
                guard case .integer(let ordinal)? = entry.after?.member("ordinal") else { return flow }
                return "\(flow) v\(ordinal)"
            }
        case "support_access": entry.personal?.member("name")?.plainText
        default: nil
        }
    }

    private func text(_ text: String, of field: String) -> String {
        switch field {
        case "role": known("tenants.role_\(text)") ?? text
        case "scopes": known("tenants.permission_\(text.replacing(".", with: "_"))") ?? text
        case "state": known("audit_page.state_\(text)") ?? text
        case "language": known("tenant.language_\(text)") ?? text
        case "region", "allowed_countries": known("tenant.country_\(text.lowercased())") ?? text
        case "detail": known("audit_page.detail_\(text)") ?? text
        default: Self.moment(text).map(visit.localizer.dateTime) ?? text
        }
    }

    /// A moment as entries spell it.
    private static func moment(_ text: String) -> Date? {
        guard text.utf8.count == 20, text.hasSuffix("Z"), text.dropFirst(10).first == "T" else { return nil }
        return try? Date(text, strategy: .iso8601)
    }

    private func known(_ key: String) -> String? {
        visit.site.catalog.message(key, visit.language).flatMap { $0.placeholders.isEmpty ? $0.text() : nil }
    }

    private static func short(_ id: String) -> String { String(id.prefix(8)) }
}
