import Audit
import Foundation
import Kernel
import Localization
import Site

/// How the platform's log is looked at: words, a group of actions, a colleague, a period, and where the page begins.
struct PlatformLogList {
    static let path = "/plattform/audit-protokoll"

    /// What actions of each group begin with.
    static let groups: [(value: String, prefix: String)] = [
        ("zugang", "platform."), ("konten", "person."), ("abgewiesen", "access."), ("support", "support."),
        ("mandant", "tenant."), ("rufnummer", "number."), ("protokoll", "audit."),
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

    let state: ListState
    let filter: AuditFilter
    /// Entries before this place; nil begins with the newest.
    let before: Int64?

    init(query: FormValues, now: Date, localizer: Localizer) {
        let person = query.text("person").flatMap(PersonID.init)?.description
        state = ListState(
            query,
            path: Self.path,
            filters: [
                ListState.Filter("bereich", Self.groups.map(\.value)),
                ListState.Filter("person", [person].compactMap(\.self)),
                ListState.Filter("zeitraum", Period.allCases.map(\.rawValue), standard: Period.month.rawValue),
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

    var newest: String { state.address(setting: ["vor": ""]) }

    func older(than seq: Int64) -> String { state.address(setting: ["vor": String(seq)]) }
}
