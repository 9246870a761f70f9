import Audit
import Kernel
import Localization
import PageParts
import Site
import Tenants

/// The platform's log in words.
struct PlatformLogWords: AuditWording {
    let visit: PlatformVisit
    /// Nil where no ids are to be resolved.
    let names: PlatformNames?

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

    func meaning(of text: String, in field: String) -> String? {
        switch field {
        case "role": known("frame.platform_role_\(text)") ?? known("frame.role_\(text)")
        case "tenant": TenantID(text).flatMap { names?.tenants[$0] }
        default: nil
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
        (entry.after ?? entry.before)?.member("tenant")?.plainText.flatMap(TenantID.init)
    }
}
