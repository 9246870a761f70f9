import Audit
import Foundation
import Kernel
import Localization
import Site
import Tenants

/// The platform's log in words. What the catalog does not know keeps its code, so that nothing is ever hidden.
struct PlatformLogWords {
    let visit: PlatformVisit
    /// Nil where no ids are to be resolved.
    let names: PlatformNames?

    /// Nil for an action that has no text.
    func action(_ action: String) -> String? {
        known("audit_page.action_" + action.replacing(".", with: "_"))
    }

    /// An action as a sentence of its own, without the colon that an object would follow.
    func plainAction(_ action: String) -> String {
        guard let text = self.action(action) else { return action }
        return text.hasSuffix(":") ? String(text.dropLast()) : text
    }

    /// Who did it, and a second line that says more.
    func actor(_ actor: AuditActor) -> (name: String, note: String?) {
        if let person = Self.person(actor.name) {
            let name = names?.people[person] ?? visit.text("audit_page.actor_gone")
            return (name, actor.kind == .support ? visit.text("audit_page.actor_support") : nil)
        }
        return switch actor.kind {
        case .system: (visit.text("audit_page.actor_system"), nil)
        case .apiKey: (visit.text("audit_page.actor_unknown_key"), String(actor.name.prefix(16)))
        case .support: (visit.text("frame.role_support"), nil)
        case .person: (visit.text("audit_page.actor_gone"), nil)
        case .operator: operatorName(actor.name)
        }
    }

    /// A login at the command line, or a job of the system's own.
    private func operatorName(_ name: String) -> (name: String, note: String?) {
        let parts = name.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return (visit.text("audit_page.actor_operator"), name) }
        switch parts[0] {
        case "cli": return (visit.text("platform.actor_command"), parts[1])
        case "job": return (visit.text("audit_page.actor_system"), parts[1])
        default: return (visit.text("audit_page.actor_operator"), parts[1])
        }
    }

    /// What it was done to; nil where the action says it.
    func object(_ entry: AuditLine) -> String? {
        switch entry.object.kind {
        case "platform", "audit_chain", "page": return nil
        case "tenant":
            guard let id = TenantID(entry.object.id) else { return nil }
            return names?.tenants[id] ?? short(entry)
        case "person", "platform_member", "membership":
            // Whoever does something to themselves is named already.
            guard Self.person(entry.actor.name)?.description != entry.object.id else { return nil }
            return PersonID(entry.object.id).flatMap { names?.people[$0] } ?? short(entry)
        case "support_access":
            return Self.tenant(in: entry).flatMap { names?.tenants[$0] } ?? short(entry)
        default: return short(entry)
        }
    }

    /// What the platform's door was opened for is named by the program; other reasons are people's own words.
    func reason(_ entry: AuditLine) -> String? {
        guard entry.action == "platform.opened", let reason = entry.reason else { return entry.reason }
        return known(Self.key(ofPurpose: reason)) ?? reason
    }

    /// The key of a purpose's text.
    static func key(ofPurpose purpose: String) -> String {
        "platform.purpose_" + purpose.replacing(" ", with: "_").replacing("-", with: "_")
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

    // MARK: Ids

    /// The people and tenants that a page of entries names.
    static func ids(in entries: [AuditLine]) -> (people: Set<PersonID>, tenants: Set<TenantID>) {
        var people: Set<PersonID> = []
        var tenants: Set<TenantID> = []
        for entry in entries {
            people.formUnion([person(entry.actor.name)].compactMap(\.self))
            switch entry.object.kind {
            case "tenant": tenants.formUnion([TenantID(entry.object.id)].compactMap(\.self))
            case "person", "platform_member", "membership":
                people.formUnion([PersonID(entry.object.id)].compactMap(\.self))
            default: break
            }
            tenants.formUnion([tenant(in: entry)].compactMap(\.self))
        }
        return (people, tenants)
    }

    /// The door's actors are spelled `person:` and the id, the others by the id alone.
    static func person(_ actor: String) -> PersonID? {
        PersonID(actor.hasPrefix("person:") ? String(actor.dropFirst("person:".count)) : actor)
    }

    static func tenant(in entry: AuditLine) -> TenantID? {
        guard case .object(let members)? = entry.after ?? entry.before, case .text(let id)? = members["tenant"] else {
            return nil
        }
        return TenantID(id)
    }

    // MARK: Spelling

    private func text(_ text: String, of field: String) -> String {
        switch field {
        case "role": known("frame.platform_role_\(text)") ?? known("frame.role_\(text)") ?? text
        case "state": known("audit_page.state_\(text)") ?? text
        case "detail": known("audit_page.detail_\(text)") ?? text
        case "tenant": TenantID(text).flatMap { names?.tenants[$0] } ?? text
        default: Self.moment(text).map(visit.localizer.dateTime) ?? text
        }
    }

    private func short(_ entry: AuditLine) -> String {
        let kind = known("audit_page.object_\(entry.object.kind)") ?? entry.object.kind
        return "\(kind) \(entry.object.id.prefix(8))"
    }

    /// A moment as entries spell it.
    private static func moment(_ text: String) -> Date? {
        guard text.utf8.count == 20, text.hasSuffix("Z"), text.dropFirst(10).first == "T" else { return nil }
        return try? Date(text, strategy: .iso8601)
    }

    private func known(_ key: String) -> String? {
        visit.site.catalog.message(key, visit.language).flatMap { $0.placeholders.isEmpty ? $0.text() : nil }
    }
}
