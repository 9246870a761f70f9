import Hummingbird
import Kernel
import Localization
import Site
import Tenants
import Web

/// One tenant as the platform's people see it.
struct TenantController {
    let reading: TenantReading

    func bind(into book: inout SiteBook) {
        book.platform(.anyTenant) { visit in
            guard let detail = try await reading.detail(try visit.id(as: TenantTag.self), actor: visit.actor) else {
                throw NotVisible()
            }
            return visit.page(
                "platform/tenant",
                title: detail.standing.tenant.name,
                TenantPage(detail: detail, visit: visit).model
            )
        }
    }
}
