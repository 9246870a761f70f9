import Hummingbird
import Site
import Tenants
import Web

/// All tenants: looked at, and taken along as a table.
struct TenantListController {
    let reading: TenantReading

    func bind(into book: inout SiteBook) {
        book.platform(.platformHome) { visit in visit.redirect(to: TenantList.path) }
        book.platform(.allTenants) { visit in
            let list = TenantList(visit.query)
            let page = try await reading.page(
                list.filter,
                order: list.order,
                descending: list.state.isDescending,
                offset: list.state.offset,
                limit: ListState.pageSize,
                actor: visit.actor
            )
            return visit.page(
                "platform/tenants",
                title: visit.text("platform.tenants_title"),
                list.model(page, visit)
            )
        }
        book.platform(.allTenantsSheet) { visit in
            let list = TenantList(visit.query)
            let lines = try await reading.sheet(
                list.filter,
                order: list.order,
                descending: list.state.isDescending,
                actor: visit.actor,
                requestID: visit.visit.requestID
            )
            return visit.download(list.sheet(lines, visit), name: "mandanten.csv", type: CSV.type)
        }
    }
}
