import Foundation
import Localization
import Site
import Tenants

/// The tenant's keys as a list: searched, filtered by state, sorted.
struct KeyList {
    static let path = "/api-schluessel"
    static let sheetPath = "/api-schluessel.csv"
    private static let stateFilter = "status"

    let state: ListState
    let keys: [APIKeyLine]
    /// Whether there is any key, whatever is shown.
    let isUnused: Bool
    private let now: Date

    init(_ keys: [APIKeyLine], query: FormValues, now: Date) {
        let state = ListState(
            query,
            path: Self.path,
            filters: [ListState.Filter(Self.stateFilter, KeyState.allCases.map(\.rawValue))],
            sorts: ["erstellt", "name", "verwendet", "ablauf"]
        )
        self.state = state
        self.now = now
        isUnused = keys.isEmpty
        let wanted = state.filter(Self.stateFilter)
        let matching = keys.filter { key in
            (wanted == nil || KeyState(key, at: now).rawValue == wanted)
                && (key.name.mentions(state.search) || key.prefix.mentions(state.search)
                    || key.createdByName.mentions(state.search))
        }
        self.keys = state.sorted(matching) { Self.precedes($0, $1, by: state.sort) }
    }

    func filters(_ visit: TenantVisit) -> [ListFilterLabels] {
        [
            ListFilterLabels(
                name: Self.stateFilter,
                label: visit.text("tenant.state"),
                allLabel: visit.text("lists.all"),
                values: KeyState.allCases.map { ($0.rawValue, visit.text($0.key)) }
            )
        ]
    }

    func sheet(_ visit: TenantVisit) -> String {
        let head = ["name", "prefix", "scopes", "created_by", "created", "used", "expires"]
        let titles = head.map { visit.text("tenant.key_\($0)") } + [visit.text("tenant.state")]
        return CSV.byteOrderMark + CSV.line(titles)
            + keys.map { key in
                CSV.line([
                    key.name, key.prefix, key.scopes.map { visit.text($0.key) }.joined(separator: ", "),
                    key.createdByName, visit.localizer.dateTime(key.createdAt),
                    key.lastUsedAt.map(visit.localizer.dateTime) ?? "",
                    key.expiresAt.map(visit.localizer.date) ?? "", visit.text(KeyState(key, at: now).key),
                ])
            }.joined()
    }

    /// A key that was never used comes before all others; one without an end comes last.
    private static func precedes(_ one: APIKeyLine, _ other: APIKeyLine, by column: String) -> Bool {
        switch column {
        case "name": one.name.isBefore(other.name)
        case "verwendet": (one.lastUsedAt ?? .distantPast) < (other.lastUsedAt ?? .distantPast)
        case "ablauf": (one.expiresAt ?? .distantFuture) < (other.expiresAt ?? .distantFuture)
        default: one.createdAt < other.createdAt
        }
    }
}

/// Whether a key still opens anything.
enum KeyState: String, CaseIterable {
    case valid = "gueltig"
    case expired = "abgelaufen"
    case revoked = "widerrufen"

    init(_ key: APIKeyLine, at now: Date) {
        if key.revokedAt != nil {
            self = .revoked
        } else {
            self = key.isUsable(at: now) ? .valid : .expired
        }
    }

    /// The key of its text.
    var key: String {
        switch self {
        case .valid: "tenant.key_valid"
        case .expired: "tenant.key_expired"
        case .revoked: "tenant.key_revoked"
        }
    }
}
