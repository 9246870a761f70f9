import API
import AccountPages
import CallPages
import Numbers
import People
import PlatformPages
import Site
import TenantPages
import Tenants
import Web

extension WebApplication {
    /// Every address of the pages.
    static let table: [Endpoint] =
        Endpoint.siteTable + Endpoint.accountPagesTable + Endpoint.callPagesTable + Endpoint.tenantPagesTable
        + Endpoint.numberPagesTable + Endpoint.platformPagesTable + Endpoint.platformNumberPagesTable
        + Endpoint.apiTable

    /// Binds all of them.
    func bind(into routes: inout RouteBook) {
        var book = SiteBook(site: site, routes: routes)
        SiteController(site).bind(into: &book)
        AccountArea(people: people, members: tenant.members, visitors: tenant.visitors).bind(into: &book)
        bindCallPages(&book)
        bindTenantPages(&book)
        bindPlatformPages(&book)
        routes = book.routes
        api.bind(into: &routes)
    }

    private func bindCallPages(_ book: inout SiteBook) {
        let reading = services.reading
        OverviewController(reading).bind(into: &book)
        CallListController(reading, exports: CallExports(services.database, reading: reading)).bind(into: &book)
        CallDetailController(reading).bind(into: &book)
        LiveController(services.live.watch, time: services.time, visitor: site.visitor).bind(into: &book)
        InterventionController(
            reading,
            control: services.control,
            destinations: { [tenants = services.tenants, numbers = services.numbers] tenant in
                try await numbers.handOverRules(tenant, tenants: tenants)
            }
        ).bind(into: &book)
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
        SecondFactorController(tenants: tenant.tenants, members: tenant.members).bind(into: &book)
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

    private func bindPlatformPages(_ book: inout SiteBook) {
        PlatformArea(
            PlatformArea.Books(
                tenants: tenant.tenants,
                reading: TenantReading(services.database, time: services.time),
                members: tenant.members,
                lifecycle: tenant.lifecycle,
                support: tenant.support,
                sessions: WebSessions(services.database, time: services.time),
                people: PersonReading(services.database),
                personDesk: PersonDesk(
                    services.database,
                    factors: FactorReset(
                        outbox: people.outbox,
                        links: people.links,
                        catalog: people.catalog,
                        time: services.time
                    )
                ),
                installation: InstallationReading(services.database, outbox: people.outbox, time: services.time),
                archive: tenant.archive,
                export: tenant.export
            ),
            probes: services.probes,
            version: ProgramVersion.text,
            anchors: tenant.anchors,
            verifier: tenant.verifier
        ).bind(into: &book)
        PlatformNumberController(tenant.numbers, tenant.numberReading).bind(into: &book)
        NumberMoveController(tenant.numbers, tenant.numberReading).bind(into: &book)
        NumberDirectController(tenant.numbers, tenant.numberReading).bind(into: &book)
    }
}
