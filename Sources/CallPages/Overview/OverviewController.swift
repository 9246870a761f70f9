package import Calls
import Hummingbird
import Kernel
import Localization
package import Site
import Tenants
import Web

/// The page that a tenant's people begin with.
package struct OverviewController: Sendable {
    private static let newest = 6

    private let reading: CallReading

    package init(_ reading: CallReading) {
        self.reading = reading
    }

    package func bind(into book: inout SiteBook) {
        book.tenant(.overview) { visit in
            let period = OverviewPeriod(visit.query.text("zeitraum"), now: visit.now, visit.localizer)
            let overview = try await reading.overview(
                visit.tenant.id,
                starts: period.starts,
                end: period.end,
                comparison: period.comparison,
                month: period.startOfMonth,
                newest: visit.may(.callsRead) ? Self.newest : 0
            )
            return visit.page(
                "calls/overview",
                title: visit.text("calls.overview_title"),
                OverviewModel(visit, period, overview).model
            )
        }
    }
}
