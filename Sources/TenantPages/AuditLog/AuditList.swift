import Audit
import Foundation
import Localization
import Site
import Tenants

/// How the log is looked at: words, a group of actions, a person, a period, and where the page begins.
struct AuditList {
    static let path = "/audit-protokoll"

    /// What actions of each group begin with.
    static let groups: [(value: String, prefix: String)] = [
        ("anmeldung", "person."), ("team", "member."), ("einladung", "invitation."), ("schluessel", "key."),
        ("support", "support."), ("mandant", "tenant."), ("modell", "model_key."), ("rufnummer", "number."),
        ("flow", "flow."), ("anruf", "call"), ("protokoll", "audit."),
    ]

    enum Period: String, CaseIterable {
        case today = "heute"
        case week = "7"
        case month = "30"
        case quarter = "90"

        /// Days before today.
        var days: Int {
            switch self {
            case .today: 0
            case .week: 6
            case .month: 29
            case .quarter: 89
            }
        }
    }

    private static let standardPeriod = Period.month

    let state: ListState
    let filter: AuditFilter
    /// Entries before this place; nil begins with the newest.
    let before: Int64?

    /// - Parameter people: who can be chosen, by their ids.
    init(query: FormValues, people: [String], now: Date, localizer: Localizer) {
        state = ListState(
            query,
            path: Self.path,
            filters: [
                ListState.Filter("bereich", Self.groups.map(\.value)),
                ListState.Filter("person", people),
                ListState.Filter("zeitraum", Period.allCases.map(\.rawValue), standard: Self.standardPeriod.rawValue),
            ],
            free: ["vor"]
        )
        let group = state.filter("bereich")
        let period = state.filter("zeitraum").flatMap(Period.init(rawValue:))
        filter = AuditFilter(
            text: state.search.isEmpty ? nil : state.search,
            action: Self.groups.first { $0.value == group }?.prefix,
            actor: state.filter("person"),
            from: period.map { localizer.startOfDay(now, addingDays: -$0.days) }
        )
        before = state.filter("vor").flatMap { Int64($0) }.flatMap { $0 > 0 ? $0 : nil }
    }

    /// Whether a wider look could find something.
    var isNarrowed: Bool {
        filter.text != nil || filter.action != nil || filter.actor != nil || filter.from != nil
    }

    var newest: String { state.address(setting: ["vor": ""]) }

    func older(than seq: Int64) -> String { state.address(setting: ["vor": String(seq)]) }
}
