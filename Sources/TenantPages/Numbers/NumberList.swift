import Foundation
import Kernel
import Localization
import Numbers
import PageParts
import PhoneNumbers
import Site
import Tenants

/// How a tenant looks at its numbers.
struct NumberList {
    static let path = "/rufnummern"
    private static let sorts: [(String, NumberOrder)] = [
        ("nummer", .number), ("flow", .flow), ("geprueft", .verified), ("seit", .since),
    ]
    private static let states: [(String, NumberState)] = [
        ("aktiv", .active), ("nicht-live", .silent), ("frei", .unassigned), ("ruht", .resting),
    ]

    let state: ListState

    init(_ query: FormValues) {
        let flow = query.text("flow").flatMap(FlowID.init)?.description
        state = ListState(
            query,
            path: Self.path,
            filters: [
                ListState.Filter("status", Self.states.map(\.0)),
                ListState.Filter("flow", [flow].compactMap(\.self)),
            ],
            sorts: Self.sorts.map(\.0),
            descending: false
        )
    }

    func filter(in region: String) -> NumberFilter {
        NumberFilter(
            search: NumberSearch(state.search, region: Region(region) ?? .austria),
            state: state.filter("status").flatMap { chosen in Self.states.first { $0.0 == chosen }?.1 },
            flow: state.filter("flow").flatMap(FlowID.init)
        )
    }

    var order: NumberOrder { Self.sorts.first { $0.0 == state.sort }?.1 ?? .number }

    // MARK: The page

    func model(_ page: NumberReading.Page, _ visit: TenantVisit) -> Model {
        let mayAdd = visit.may(.numbersWrite)
        let model: Model = [
            "may_add": .flag(mayAdd),
            "is_blank": .flag(!page.hasNumbers),
            "blank_text": .text(visit.text(mayAdd ? "numbers_page.empty_text" : "numbers_page.empty_text_reader")),
            "count": .text(
                page.total == 1
                    ? visit.text("numbers_page.count_one")
                    : visit.text("numbers_page.count_many", ["n": visit.localizer.number(page.total)])
            ),
            "column_number": .object(
                visit.column("nummer", label: visit.text("numbers_page.column_number"), state)
            ),
            "column_flow": .object(visit.column("flow", label: visit.text("numbers_page.column_flow"), state)),
            "column_verified": .object(
                visit.column("geprueft", label: visit.text("numbers_page.column_verified"), state)
            ),
            "numbers": .list(page.lines.map { row($0, page.calls, visit) }),
        ]
        return model.merging(
            visit.listModel(
                state,
                total: page.total,
                shown: page.lines.count,
                filters: filters(page, visit),
                searchLabel: visit.text("numbers_page.search"),
                exportPath: visit.may(.numbersExport) && page.hasNumbers ? Self.path + ".csv" : nil
            )
        )
    }

    private func filters(_ page: NumberReading.Page, _ visit: TenantVisit) -> [ListFilterLabels] {
        let all = visit.text("numbers_page.all")
        return [
            ListFilterLabels(
                name: "status",
                label: visit.text("numbers_page.filter_state"),
                allLabel: all,
                values: Self.states.map { ($0.0, visit.text($0.1.key)) }
            ),
            ListFilterLabels(
                name: "flow",
                label: visit.text("numbers_page.filter_flow"),
                allLabel: all,
                values: page.flows.map { ($0.id.description, $0.name) }
            ),
        ]
    }

    private func row(_ line: NumberLine, _ calls: NumberCalls, _ visit: TenantVisit) -> Model {
        let version = line.flow?.liveVersion.map {
            visit.text("numbers_page.version_live", ["n": visit.localizer.number($0)])
        }
        let mayAssign = line.state == .unassigned && visit.may(.numbersAssign)
        let model: Model = [
            "number": .text(line.e164.international),
            "path": .text(line.e164.pagePath),
            "number_about": .text(visit.about(line.e164)),
            "flow": .text(line.flow?.name),
            "version": .text(version),
            "is_silent": .flag(line.state == .silent),
            "verified": .text(visit.localizer.date(line.verifiedAt)),
            "calls": .text(text(of: calls, line.e164, visit)),
            "assign_path": .text(mayAssign ? line.e164.pagePath + "/zuordnen" : nil),
        ]
        return model.merging(visit.status(line))
    }

    private func text(of calls: NumberCalls, _ number: E164, _ visit: TenantVisit) -> String {
        let count = visit.localizer.number(calls.count(number))
        return calls.isLowerBound ? visit.text("numbers_page.at_least", ["n": count]) : count
    }

    // MARK: The table

    func sheet(_ lines: [NumberLine], _ calls: NumberCalls, _ visit: TenantVisit) -> String {
        let columns = [
            "column_number", "column_flow", "column_version", "column_state", "column_rest", "column_verified",
            "column_since", "column_calls",
        ]
        let head = CSV.line(columns.map { visit.text("numbers_page.\($0)") })
        return lines.reduce(into: CSV.byteOrderMark + head) { sheet, line in
            sheet += CSV.line([
                line.e164.value,
                line.flow?.name ?? "",
                line.flow?.liveVersion.map(String.init) ?? "",
                visit.text(line.state.key),
                line.restsUntil.map { visit.localizer.date($0) } ?? "",
                visit.localizer.dateTime(line.verifiedAt),
                visit.localizer.dateTime(line.since),
                text(of: calls, line.e164, visit),
            ])
        }
    }
}
