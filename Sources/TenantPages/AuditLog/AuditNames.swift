import Audit
import Foundation
import Kernel
import PageParts
import Tenants

/// The names behind the ids of a page of the log. The chain itself holds no names.
struct AuditNames: Sendable {
    private let people: [String: String]
    /// Name and first characters of a key, by its id.
    private let keys: [String: (name: String, prefix: String)]

    init(people: [String: String], keys: [APIKeyLine]) {
        self.people = people
        self.keys = Dictionary(keys.map { ($0.id.description, ($0.name, $0.prefix)) }) { first, _ in first }
    }

    /// Nil for somebody who is no longer known.
    func person(_ id: String) -> String? { people[id] }

    /// By its id or by its first characters, whichever the entry names.
    func key(_ name: String) -> (name: String, prefix: String)? {
        keys[name] ?? keys.values.first { $0.prefix == name }
    }
}

/// Finds the names; each source is asked only if a page needs it.
struct AuditNameSource: Sendable {
    /// How many entries on memberships are looked through for people who have left.
    private static let memory = 200

    let members: MemberBook
    let keys: APIKeys
    let support: SupportDesk
    let archive: AuditArchive

    func names(of entries: [AuditLine], in tenant: TenantID, members known: [Member]) async throws -> AuditNames {
        var people = Dictionary(known.map { ($0.person.description, $0.name) }) { first, _ in first }
        if entries.contains(where: { $0.actor.kind == .support }) {
            for access in try await support.history(tenant) { people[access.person.description] = access.personName }
        }
        if entries.contains(where: { Self.people(in: $0).contains { people[$0] == nil } }) {
            let filter = AuditFilter(objectKind: "membership")
            let page = try await archive.page(tenant, filter: filter, limit: Self.memory)
            for entry in page.entries where people[entry.object.id] == nil {
                people[entry.object.id] = entry.personal?.member("name")?.plainText
            }
        }
        let needsKeys = entries.contains { $0.actor.kind == .apiKey || $0.object.kind == "key" }
        return AuditNames(people: people, keys: needsKeys ? try await keys.list(tenant) : [])
    }

    /// The ids of the people an entry names.
    private static func people(in entry: AuditLine) -> [String] {
        var ids: [String] = []
        if entry.actor.kind == .person { ids.append(entry.actor.name) }
        if ["membership", "person"].contains(entry.object.kind) { ids.append(entry.object.id) }
        return ids
    }
}
