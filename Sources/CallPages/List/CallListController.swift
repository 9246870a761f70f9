import Audit
package import Calls
import Database
import Hummingbird
import Kernel
package import Site
import Tenants
import Web

/// The list of calls, and the same for a spreadsheet.
package struct CallListController: Sendable {
    private let reading: CallReading
    private let exports: CallExports

    package init(_ reading: CallReading, exports: CallExports) {
        self.reading = reading
        self.exports = exports
    }

    package func bind(into book: inout SiteBook) {
        book.tenant(.calls) { visit in try await list(visit) }
        book.tenant(.callsExport) { visit in try await export(visit) }
    }

    private func list(_ visit: TenantVisit) async throws -> Response {
        let list = CallList(visit)
        let found = try await reading.page(
            visit.tenant.id,
            list.filter,
            order: list.order,
            offset: list.state.offset,
            limit: list.isImpossible ? 0 : ListState.pageSize
        )
        return visit.page(
            "calls/list",
            title: visit.text("calls.title"),
            CallListModel(visit, list).model(found)
        )
    }

    private func export(_ visit: TenantVisit) async throws -> Response {
        let list = CallList(visit)
        return try await exports.answer(visit, list)
    }
}
