import Localization
import PageParts
import Site
import Tenants

/// How an operator looks at everybody who can sign in.
struct PersonList {
    static let path = "/plattform/personen"
    private static let sorts: [(name: String, order: PersonOrder)] = [
        ("name", .name), ("adresse", .email), ("mandanten", .workplaces), ("anmeldung", .lastSignIn),
        ("seit", .created),
    ]
    private static let states = ["aktiv", "gesperrt"]
    private static let factors = ["ja", "nein"]

    let state: ListState

    init(_ query: FormValues) {
        state = ListState(
            query,
            path: Self.path,
            filters: [ListState.Filter("status", Self.states), ListState.Filter("faktor", Self.factors)],
            sorts: Self.sorts.map(\.name),
            descending: false
        )
    }

    var filter: PersonFilter {
        PersonFilter(
            search: state.search,
            isActive: state.filter("status").map { $0 == Self.states[0] },
            hasSecondFactor: state.filter("faktor").map { $0 == Self.factors[0] }
        )
    }

    var order: PersonOrder { Self.sorts.first { $0.name == state.sort }?.order ?? .name }

    // MARK: The page

    func model(_ page: PersonReading.Page, _ visit: PlatformVisit) -> Model {
        var model: Model = [
            "count": .text(visit.counted(page.total, one: "platform.people_one", many: "platform.people_many")),
            "people": .list(page.lines.map { row($0, visit) }),
        ]
        for sort in Self.sorts {
            model["column_\(sort.name)"] = .object(
                visit.column(sort.name, label: visit.text("platform.person_\(sort.name)"), state)
            )
        }
        return model.merging(
            visit.listModel(
                state,
                total: page.total,
                shown: page.lines.count,
                filters: [
                    labels("status", "column_status", Self.states, "person_state", visit),
                    labels("faktor", "person_faktor", Self.factors, "person_factor", visit),
                ],
                searchLabel: visit.text("platform.people_search"),
                exportPath: Self.path + ".csv"
            )
        )
    }

    private func labels(
        _ name: String,
        _ label: String,
        _ values: [String],
        _ prefix: String,
        _ visit: PlatformVisit
    ) -> ListFilterLabels {
        ListFilterLabels(
            name: name,
            label: visit.text("platform.\(label)"),
            allLabel: visit.text("lists.all"),
            values: values.map { ($0, visit.text("platform.\(prefix)_\($0)")) }
        )
    }

    private func row(_ line: PersonLine, _ visit: PlatformVisit) -> Model {
        [
            "path": .text(line.id.pagePath),
            "name": .text(line.name),
            "email": .text(line.email),
            "is_disabled": .flag(!line.isActive),
            "platform_role": .text(visit.roleName(line)),
            "workplaces": .text(visit.localizer.number(line.workplaces)),
            "has_factor": .flag(line.hasSecondFactor),
            "signed_in": .text(visit.lastSignIn(line)),
            "created": .text(visit.localizer.date(line.createdAt)),
            "created_machine": .text(Localizer.machine(line.createdAt)),
        ]
    }

    // MARK: The table

    func sheet(_ lines: [PersonLine], _ visit: PlatformVisit) -> String {
        let columns = ["name", "adresse", "status", "rolle", "mandanten", "faktor", "anmeldung", "seit"]
        let head = CSV.line(columns.map { visit.text("platform.person_\($0)") })
        return lines.reduce(into: CSV.byteOrderMark + head) { sheet, line in
            sheet += CSV.line([
                line.name,
                line.email,
                visit.text("platform.person_state_\(Self.states[line.isActive ? 0 : 1])"),
                visit.roleName(line) ?? "",
                String(line.workplaces),
                visit.text("platform.person_factor_\(Self.factors[line.hasSecondFactor ? 0 : 1])"),
                line.lastSignedInAt.map(visit.localizer.dateTime) ?? "",
                visit.localizer.date(line.createdAt),
            ])
        }
    }
}
