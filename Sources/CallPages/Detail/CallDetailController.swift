package import Calls
import Hummingbird
import Kernel
package import Site
import Tenants
import Web

/// One call.
package struct CallDetailController: Sendable {
    private let reading: CallReading

    package init(_ reading: CallReading) {
        self.reading = reading
    }

    package func bind(into book: inout SiteBook) {
        book.tenant(.call) { visit in
            let id = try visit.id("id", as: CallTag.self)
            let mayReadWords = visit.may(.transcriptsRead)
            guard let detail = try await reading.detail(visit.tenant.id, id, withWords: mayReadWords) else {
                throw NotVisible()
            }
            let words = CallWords(visit)
            return visit.page(
                "calls/call",
                title: visit.text("calls.call_title", ["caller": words.caller(detail.line.caller)]),
                CallDetailModel(visit, detail).model
            )
        }
    }
}
