import Hummingbird
import Site
import Tenants
import Web

/// Everybody who can sign in: looked at, and taken along as a table.
struct PersonListController {
    let reading: PersonReading

    func bind(into book: inout SiteBook) {
        book.platform(.allPeople) { visit in
            let list = PersonList(visit.query)
            let page = try await reading.page(
                list.filter,
                order: list.order,
                descending: list.state.isDescending,
                offset: list.state.offset,
                limit: ListState.pageSize,
                actor: visit.actor
            )
            return visit.page("platform/people", title: visit.text("platform.people_title"), list.model(page, visit))
        }
        book.platform(.allPeopleSheet) { visit in
            let list = PersonList(visit.query)
            let lines = try await reading.sheet(
                list.filter,
                order: list.order,
                descending: list.state.isDescending,
                actor: visit.actor,
                requestID: visit.visit.requestID
            )
            return visit.download(list.sheet(lines, visit), name: "personen.csv", type: CSV.type)
        }
    }
}
