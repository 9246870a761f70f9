import Hummingbird
import Kernel
package import Numbers
package import Site
import Tenants
import Web

/// The tenant's numbers as a list and as a table.
package struct NumberListController: Sendable {
    private let reading: NumberReading

    package init(_ reading: NumberReading) {
        self.reading = reading
    }

    package func bind(into book: inout SiteBook) {
        book.tenant(.ownNumbers) { visit in
            let list = NumberList(visit.query)
            let page = try await reading.page(
                visit.tenant.id,
                list.filter(in: visit.tenant.region),
                order: list.order,
                descending: list.state.isDescending,
                offset: list.state.offset,
                limit: ListState.pageSize
            )
            return visit.page("numbers/list", title: visit.text("numbers_page.title"), list.model(page, visit))
        }
        book.tenant(.ownNumberSheet) { visit in
            let list = NumberList(visit.query)
            let sheet = try await reading.sheet(
                visit.tenant.id,
                list.filter(in: visit.tenant.region),
                order: list.order,
                descending: list.state.isDescending,
                actor: visit.actor
            )
            return visit.download(
                list.sheet(sheet.lines, sheet.calls, visit),
                name: "rufnummern.csv",
                type: CSV.type
            )
        }
    }
}
