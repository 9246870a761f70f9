import Localization
import PageParts
import Site
import Tenants

/// How an operator looks at all tenants.
struct TenantList {
    static let path = "/plattform/mandanten"
    private static let sorts: [(name: String, order: TenantOrder)] = [
        ("name", .name), ("nummern", .numbers), ("anrufe", .calls), ("minuten", .minutes), ("team", .members),
        ("seit", .created),
    ]

    let state: ListState

    init(_ query: FormValues) {
        state = ListState(
            query,
            path: Self.path,
            filters: [ListState.Filter("status", TenantStage.allCases.map(\.value))],
            sorts: Self.sorts.map(\.name),
            descending: false
        )
    }

    var filter: TenantFilter {
        TenantFilter(
            search: state.search,
            stage: state.filter("status").flatMap { value in TenantStage.allCases.first { $0.value == value } }
        )
    }

    var order: TenantOrder { Self.sorts.first { $0.name == state.sort }?.order ?? .name }

    // MARK: The page

    func model(_ page: TenantReading.Page, _ visit: PlatformVisit) -> Model {
        let all = page.states.values.reduce(0, +)
        var model: Model = [
            "is_blank": .flag(all == 0),
            "may_create": .flag(visit.may(.platformTenantsWrite)),
            "count": .text(
                visit.counted(page.total, one: "platform.tenants_one", many: "platform.tenants_many")
            ),
            "count_note": .text(note(page, visit)),
            "tenants": .list(page.lines.map { row($0, visit) }),
        ]
        for sort in Self.sorts {
            model["column_\(sort.name)"] = .object(
                visit.column(sort.name, label: visit.text("platform.column_\(sort.name)"), state)
            )
        }
        return model.merging(
            visit.listModel(
                state,
                total: page.total,
                shown: page.lines.count,
                filters: [
                    ListFilterLabels(
                        name: "status",
                        label: visit.text("platform.column_status"),
                        allLabel: visit.text("lists.all"),
                        values: TenantStage.allCases.map { ($0.value, $0.label(visit)) }
                    )
                ],
                searchLabel: visit.text("platform.tenants_search"),
                exportPath: visit.may(.platformTenantsWrite) && all > 0 ? Self.path + ".csv" : nil
            )
        )
    }

    /// How many of all are suspended, where nothing narrows the view.
    private func note(_ page: TenantReading.Page, _ visit: PlatformVisit) -> String? {
        let suspended = page.states[.suspended] ?? 0
        guard !state.isNarrowed, suspended > 0 else { return nil }
        return visit.text("platform.tenants_suspended", ["n": visit.localizer.number(suspended)])
    }

    private func row(_ line: TenantLine, _ visit: PlatformVisit) -> Model {
        let number = visit.localizer.number
        let model: Model = [
            "path": .text(line.id.pagePath),
            "name": .text(line.name),
            "slug": .text(line.slug.value),
            "numbers": .text(number(line.numbers)),
            "calls": .text(number(line.callsThisMonth)),
            "minutes": .text(number(line.agentMinutes)),
            "members": .text(number(line.members)),
            "created": .text(visit.localizer.date(line.createdAt)),
            "created_machine": .text(Localizer.machine(line.createdAt)),
        ]
        return model.merging(TenantStage(line.state, isEnding: line.isEnding).model(visit))
    }

    // MARK: The table

    func sheet(_ lines: [TenantLine], _ visit: PlatformVisit) -> String {
        let columns = ["name", "slug", "status", "nummern", "anrufe", "minuten", "team", "seit"]
        let head = CSV.line(columns.map { visit.text("platform.column_\($0)") })
        return lines.reduce(into: CSV.byteOrderMark + head) { sheet, line in
            sheet += CSV.line([
                line.name,
                line.slug.value,
                TenantStage(line.state, isEnding: line.isEnding).label(visit),
                String(line.numbers),
                String(line.callsThisMonth),
                String(line.agentMinutes),
                String(line.members),
                visit.localizer.date(line.createdAt),
            ])
        }
    }
}
