import AccountPages
import Site
import TenantPages
import Tenants
import Web

extension WebApplication {
    /// Every address of the pages.
    static let table: [Endpoint] =
        Endpoint.siteTable + Endpoint.accountPagesTable + Endpoint.tenantPagesTable + Endpoint.numberPagesTable

    /// Binds all of them.
    func bind(into routes: inout RouteBook) {
        var book = SiteBook(site: site, routes: routes)
        SiteController(site).bind(into: &book)
        AccountArea(people: people, members: tenant.members, visitors: tenant.visitors).bind(into: &book)
        bindTenantPages(&book)
        routes = book.routes
    }

    private func bindTenantPages(_ book: inout SiteBook) {
        TeamController(tenant.members).bind(into: &book)
        InvitationController(tenant.members).bind(into: &book)
        MemberController(tenant.members).bind(into: &book)
        KeyController(tenant.keys).bind(into: &book)
        SettingsController(
            tenants: tenant.tenants,
            numbers: tenant.numbers,
            support: tenant.support,
            lifecycle: tenant.lifecycle,
            modelEntries: modelEntries,
            modelKeySince: { [keys = tenant.modelKeys] in try await keys.since($0) }
        ).bind(into: &book)
        ModelKeyController(tenant.modelKeys, since: { [keys = tenant.modelKeys] in try await keys.since($0) })
            .bind(into: &book)
        ClosingController(tenant.lifecycle).bind(into: &book)
        DataExportController(tenant.lifecycle).bind(into: &book)
        AuditController(
            archive: tenant.archive,
            export: tenant.export,
            anchors: tenant.anchors,
            verifier: tenant.verifier,
            members: tenant.members,
            keys: tenant.keys,
            support: tenant.support
        ).bind(into: &book)
        NumberListController(tenant.numberReading).bind(into: &book)
        NumberAddController(tenant.numbers, tenant.numberReading).bind(into: &book)
        NumberController(tenant.numbers, tenant.numberReading).bind(into: &book)
    }
}
