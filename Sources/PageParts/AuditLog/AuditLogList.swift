package import Audit
package import Foundation
package import Localization
package import Site

/// How a log is looked at: words, an area, a person, a period, and where the page begins.
package struct AuditLogList {
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

    package let state: ListState
    package let filter: AuditFilter
    /// Entries before this place; nil begins with the newest.
    package let before: Int64?

    /// - Parameters:
    ///   - standard: the area that is shown where none is chosen.
    ///   - people: who can be chosen, by their ids.
    package init(
        _ query: FormValues,
        path: String,
        areas: [AuditArea],
        standard: String = ListState.all,
        people: [String],
        now: Date,
        localizer: Localizer
    ) {
        state = ListState(
            query,
            path: path,
            filters: [
                ListState.Filter("bereich", areas.map(\.value), standard: standard),
                ListState.Filter("person", people),
                ListState.Filter("zeitraum", Period.allCases.map(\.rawValue), standard: Period.month.rawValue),
            ],
            free: ["vor"]
        )
        let chosen = state.filter("bereich")
        let area = areas.first { $0.value == chosen }
        let period = state.filter("zeitraum").flatMap(Period.init(rawValue:))
        filter = AuditFilter(
            text: state.search.isEmpty ? nil : state.search,
            action: area?.prefix,
            excluding: area?.excluding,
            actor: state.filter("person"),
            from: period.map { localizer.startOfDay(now, addingDays: -$0.days) }
        )
        before = state.filter("vor").flatMap { Int64($0) }.flatMap { $0 > 0 ? $0 : nil }
    }

    var newest: String { state.address(setting: ["vor": ""]) }

    func older(than seq: Int64) -> String { state.address(setting: ["vor": String(seq)]) }
}

extension CheckedVisit {
    /// How the filters of a log read, in the order of `AuditLogList`.
    ///
    /// - Parameters:
    ///   - key: what the keys of the areas' names begin with.
    ///   - people: id and name.
    package func auditFilters(
        _ areas: [AuditArea],
        key: String,
        people: [(id: String, name: String)]
    ) -> [ListFilterLabels] {
        let all = text("lists.all")
        return [
            ListFilterLabels(
                name: "bereich",
                label: text("audit_page.group"),
                allLabel: all,
                values: areas.map { ($0.value, text(key + $0.value.replacing("-", with: "_"))) }
            ),
            ListFilterLabels(
                name: "person",
                label: text("audit_page.person"),
                allLabel: all,
                values: people.map { ($0.id, $0.name) }
            ),
            ListFilterLabels(
                name: "zeitraum",
                label: text("audit_page.period"),
                allLabel: all,
                values: AuditLogList.Period.allCases.map { ($0.rawValue, text("audit_page.period_\($0.rawValue)")) }
            ),
        ]
    }
}
