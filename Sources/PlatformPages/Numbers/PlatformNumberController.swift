import Hummingbird
import Kernel
package import Numbers
import PageParts
import PhoneNumbers
package import Site
import Web

/// All tenants' numbers, through the platform's door.
package struct PlatformNumberController: Sendable {
    private let numbers: NumberBook
    private let reading: NumberReading

    package init(_ numbers: NumberBook, _ reading: NumberReading) {
        self.numbers = numbers
        self.reading = reading
    }

    package func bind(into book: inout SiteBook) {
        book.platform(.allNumbers) { visit in
            let list = NumberList(visit.query)
            let page = try await reading.platformPage(
                list.filter,
                order: list.order,
                descending: list.state.isDescending,
                offset: list.state.offset,
                limit: ListState.pageSize,
                actor: visit.actor
            )
            return visit.page(
                "numbers/platform-list",
                title: visit.text("numbers_page.title"),
                list.model(page, visit)
            )
        }
        book.platform(.allNumbersSheet) { visit in
            let list = NumberList(visit.query)
            let numbers = try await reading.platformSheet(
                list.filter,
                order: list.order,
                descending: list.state.isDescending,
                actor: visit.actor
            )
            return visit.download(list.sheet(numbers, visit), name: "rufnummern.csv", type: CSV.type)
        }
        book.platform(.anyNumber) { visit in
            guard let detail = try await reading.platformDetail(try visit.pathNumber(), actor: visit.actor) else {
                throw NotVisible()
            }
            let line = detail.number.line
            return PlatformNumberPage(
                detail: detail,
                direction: line.isOwned ? await numbers.direction(of: line.e164) : nil,
                canDirect: numbers.canDirect
            ).page(visit)
        }
    }
}
