import Foundation
import Localization
import Site
import Tenants

/// The tenant's people as a list: searched, filtered by role, sorted.
struct TeamList {
    static let path = "/team"
    static let sheetPath = "/team.csv"
    private static let roleFilter = "rolle"
    private static let factorFilter = "faktor"
    private static let factorValues = ["ja", "nein"]

    let state: ListState
    /// All that match, in order.
    let members: [Member]
    /// How many owners the tenant has, whatever is shown.
    let owners: Int
    /// Whether it is said who has a second factor.
    let showsFactors: Bool

    init(_ members: [Member], query: FormValues, showsFactors: Bool) {
        let state = ListState(
            query,
            path: Self.path,
            filters: [ListState.Filter(Self.roleFilter, MemberRole.allCases.map(\.rawValue))]
                + (showsFactors ? [ListState.Filter(Self.factorFilter, Self.factorValues)] : []),
            sorts: ["name", "rolle", "seit", "gesehen"] + (showsFactors ? ["faktor"] : []),
            descending: false
        )
        self.state = state
        self.showsFactors = showsFactors
        owners = members.count { $0.role == .owner }
        let role = state.filter(Self.roleFilter)
        let factor = state.filter(Self.factorFilter).map { $0 == Self.factorValues[0] }
        let matching = members.filter { member in
            (role == nil || member.role.rawValue == role) && (factor == nil || member.hasSecondFactor == factor)
                && (member.name.mentions(state.search) || member.email.mentions(state.search))
        }
        self.members = state.sorted(matching) { Self.precedes($0, $1, by: state.sort) }
    }

    func filters(_ visit: TenantVisit) -> [ListFilterLabels] {
        let factor = ListFilterLabels(
            name: Self.factorFilter,
            label: visit.text("tenant.team_factor"),
            allLabel: visit.text("lists.all"),
            values: Self.factorValues.map { ($0, visit.text("tenant.team_factor_\($0)")) }
        )
        return [
            ListFilterLabels(
                name: Self.roleFilter,
                label: visit.text("tenant.role"),
                allLabel: visit.text("lists.all"),
                values: MemberRole.allCases.map { ($0.rawValue, visit.roleName($0)) }
            )
        ] + (showsFactors ? [factor] : [])
    }

    /// The same people for a spreadsheet.
    func sheet(_ visit: TenantVisit) -> String {
        let head = ["name", "email", "role", "since", "seen", "factor"].map { visit.text("tenant.team_\($0)") }
        return CSV.byteOrderMark + CSV.line(head)
            + members.map { member in
                CSV.line([
                    member.name, member.email, visit.roleName(member.role), visit.localizer.date(member.since),
                    member.lastSeenAt.map(visit.localizer.dateTime) ?? "",
                    visit.text("tenant.team_factor_\(Self.factorValues[member.hasSecondFactor ? 0 : 1])"),
                ])
            }.joined()
    }

    /// Whoever was never seen comes before all others.
    private static func precedes(_ one: Member, _ other: Member, by column: String) -> Bool {
        switch column {
        case "rolle": rank(one.role) < rank(other.role)
        case "seit": one.since < other.since
        case "faktor": !one.hasSecondFactor && other.hasSecondFactor
        case "gesehen": (one.lastSeenAt ?? .distantPast) < (other.lastSeenAt ?? .distantPast)
        default: one.name.isBefore(other.name)
        }
    }

    private static func rank(_ role: MemberRole) -> Int { MemberRole.allCases.firstIndex(of: role) ?? 0 }
}
