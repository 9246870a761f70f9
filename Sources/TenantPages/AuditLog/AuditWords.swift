import Audit
import Localization
import PageParts
import Site
import Tenants

/// A tenant's log in words.
struct AuditWords: AuditWording {
    let names: AuditNames
    let visit: TenantVisit

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

    func object(_ entry: AuditLine) -> String? {
        guard !Self.single.contains(entry.object.kind), entry.object.id != Self.whole else { return nil }
        return objectName(entry) ?? short(entry)
    }

    func meaning(of text: String, in field: String) -> String? {
        switch field {
        case "role": known("tenants.role_\(text)")
        case "scopes": known("tenants.permission_\(text.replacing(".", with: "_"))")
        case "language": known("tenant.language_\(text)")
        case "region", "allowed_countries": known("tenant.country_\(text.lowercased())")
        default: nil
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
}
