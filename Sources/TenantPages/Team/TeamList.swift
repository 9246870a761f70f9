import Foundation
import Localization
import Site
import Tenants

/// The tenant's people as a list: searched, filtered by role, sorted.
struct TeamList {
    static let path = "/team"
    static let sheetPath = "/team.csv"
    private static let roleFilter = "rolle"

    let state: ListState
    /// All that match, in order.
    let members: [Member]
    /// How many owners the tenant has, whatever is shown.
    let owners: Int

    init(_ members: [Member], query: FormValues) {
        let state = ListState(
            query,
            path: Self.path,
            filters: [ListState.Filter(Self.roleFilter, MemberRole.allCases.map(\.rawValue))],
            sorts: ["name", "rolle", "seit", "gesehen"],
            descending: false
        )
        self.state = state
        owners = members.count { $0.role == .owner }
        let role = state.filter(Self.roleFilter)
        let matching = members.filter { member in
            (role == nil || member.role.rawValue == role)
                && (member.name.mentions(state.search) || member.email.mentions(state.search))
        }
        self.members = state.sorted(matching) { Self.precedes($0, $1, by: state.sort) }
    }

    func filters(_ visit: TenantVisit) -> [ListFilterLabels] {
        [
            ListFilterLabels(
                name: Self.roleFilter,
                label: visit.text("tenant.role"),
                allLabel: visit.text("lists.all"),
                values: MemberRole.allCases.map { ($0.rawValue, visit.roleName($0)) }
            )
        ]
    }

    /// The same people for a spreadsheet.
    func sheet(_ visit: TenantVisit) -> String {
        let head = ["name", "email", "role", "since", "seen"].map { visit.text("tenant.team_\($0)") }
        return CSV.byteOrderMark + CSV.line(head)
            + members.map { member in
                CSV.line([
                    member.name, member.email, visit.roleName(member.role), visit.localizer.date(member.since),
                    member.lastSeenAt.map(visit.localizer.dateTime) ?? "",
                ])
            }.joined()
    }

    /// Whoever was never seen comes before all others.
    private static func precedes(_ one: Member, _ other: Member, by column: String) -> Bool {
        switch column {
        case "rolle": rank(one.role) < rank(other.role)
        case "seit": one.since < other.since
        case "gesehen": (one.lastSeenAt ?? .distantPast) < (other.lastSeenAt ?? .distantPast)
        default: one.name.isBefore(other.name)
        }
    }

    private static func rank(_ role: MemberRole) -> Int { MemberRole.allCases.firstIndex(of: role) ?? 0 }
}
