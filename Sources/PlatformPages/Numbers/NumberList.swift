import Foundation
import Kernel
import Localization
import Numbers
import PageParts
import PhoneNumbers
import Site
import Tenants

/// How an operator looks at all tenants' numbers.
struct NumberList {
    static let path = "/plattform/rufnummern"
    private static let sorts: [(String, NumberOrder)] = [
        ("nummer", .number), ("mandant", .tenant), ("flow", .flow), ("seit", .since),
    ]
    private static let states: [(String, NumberState)] = [
        ("aktiv", .active), ("nicht-live", .silent), ("frei", .unassigned), ("ruht", .resting),
    ]

    let state: ListState

    init(_ query: FormValues) {
        let tenant = query.text("mandant").flatMap(TenantID.init)?.description
        state = ListState(
            query,
            path: Self.path,
            filters: [
                ListState.Filter("mandant", [tenant].compactMap(\.self)),
                ListState.Filter("status", Self.states.map(\.0)),
            ],
            sorts: Self.sorts.map(\.0),
            descending: false
        )
    }

    var filter: NumberFilter {
        NumberFilter(
            search: NumberSearch(state.search, region: .austria),
            state: state.filter("status").flatMap { chosen in Self.states.first { $0.0 == chosen }?.1 },
            tenant: state.filter("mandant").flatMap(TenantID.init)
        )
    }

    var order: NumberOrder { Self.sorts.first { $0.0 == state.sort }?.1 ?? .number }

    // MARK: The page

    func model(_ page: NumberReading.PlatformPage, _ visit: PlatformVisit) -> Model {
        let model: Model = [
            "is_blank": .flag(!page.hasNumbers),
            "count": .text(
                page.total == 1
                    ? visit.text("numbers_page.count_one")
                    : visit.text("numbers_page.count_many", ["n": visit.localizer.number(page.total)])
            ),
            "column_number": .object(
                visit.column("nummer", label: visit.text("numbers_page.column_number"), state)
            ),
            "column_tenant": .object(
                visit.column("mandant", label: visit.text("numbers_page.column_tenant"), state)
            ),
            "column_flow": .object(visit.column("flow", label: visit.text("numbers_page.column_flow"), state)),
            "column_since": .object(visit.column("seit", label: visit.text("numbers_page.column_since"), state)),
            "numbers": .list(page.lines.map { row($0, visit) }),
        ]
        return model.merging(
            visit.listModel(
                state,
                total: page.total,
                shown: page.lines.count,
                filters: filters(page, visit),
                searchLabel: visit.text("numbers_page.search_platform"),
                exportPath: page.hasNumbers ? Self.path + ".csv" : nil
            )
        )
    }

    private func filters(_ page: NumberReading.PlatformPage, _ visit: PlatformVisit) -> [ListFilterLabels] {
        let all = visit.text("numbers_page.all")
        return [
            ListFilterLabels(
                name: "mandant",
                label: visit.text("numbers_page.filter_tenant"),
                allLabel: all,
                values: page.tenants.map { ($0.id.description, $0.name) }
            ),
            ListFilterLabels(
                name: "status",
                label: visit.text("numbers_page.filter_state"),
                allLabel: all,
                values: Self.states.map { ($0.0, visit.text($0.1.key)) }
            ),
        ]
    }

    private func row(_ number: NumberReading.PlatformNumber, _ visit: PlatformVisit) -> Model {
        let line = number.line
        let version = line.flow?.liveVersion.map {
            visit.text("numbers_page.version_live", ["n": visit.localizer.number($0)])
        }
        let model: Model = [
            "number": .text(line.e164.international),
            "path": .text(line.e164.pagePath),
            "tenant": .text(number.tenant.name),
            "flow": .text(line.flow?.name),
            "version": .text(version),
            "is_silent": .flag(line.state == .silent),
            "account": .text(line.account.value),
            "since": .text(visit.localizer.date(line.since)),
        ]
        return model.merging(visit.status(line))
    }

    // MARK: The table

    func sheet(_ numbers: [NumberReading.PlatformNumber], _ visit: PlatformVisit) -> String {
        let columns = [
            "column_number", "column_tenant", "column_flow", "column_version", "column_state", "column_rest",
            "column_account", "column_since", "column_verified",
        ]
        let head = CSV.line(columns.map { visit.text("numbers_page.\($0)") })
        return numbers.reduce(into: CSV.byteOrderMark + head) { sheet, number in
            let line = number.line
            sheet += CSV.line([
                line.e164.value,
                number.tenant.name,
                line.flow?.name ?? "",
                line.flow?.liveVersion.map(String.init) ?? "",
                visit.text(line.state.key),
                line.restsUntil.map { visit.localizer.date($0) } ?? "",
                line.account.value,
                visit.localizer.dateTime(line.since),
                visit.localizer.dateTime(line.verifiedAt),
            ])
        }
    }
}
