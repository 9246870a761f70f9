package import Foundation
import HTTPTypes
import Hummingbird
package import Kernel
import Localization
package import Numbers
import PageParts
package import Site
package import Tenants
import Web

/// What a tenant decides for itself, and who of the platform's support looks in.
package struct SettingsController: Sendable {
    private let tenants: TenantBook
    private let numbers: NumberBook
    private let support: SupportDesk
    private let lifecycle: TenantLifecycle
    private let modelEntries: [String]
    private let modelKeySince: @Sendable (TenantID) async throws -> Date?

    /// - Parameters:
    ///   - modelEntries: the names in the operator's list of language models (decision 25).
    ///   - modelKeySince: since when a tenant's own model key is kept; nil without one.
    package init(
        tenants: TenantBook,
        numbers: NumberBook,
        support: SupportDesk,
        lifecycle: TenantLifecycle,
        modelEntries: [String],
        modelKeySince: @escaping @Sendable (TenantID) async throws -> Date?
    ) {
        self.tenants = tenants
        self.numbers = numbers
        self.support = support
        self.lifecycle = lifecycle
        self.modelEntries = modelEntries.sorted()
        self.modelKeySince = modelKeySince
    }

    package func bind(into book: inout SiteBook) {
        book.tenant(.settings) { visit in
            let tenant = try await tenant(visit)
            return try await page(visit, tenant, SettingsForm(tenant))
        }
        book.tenant(.changeSettings) { visit in try await change(visit) }
        book.tenant(.endSupport) { visit in
            let id = try visit.id("id", as: SupportAccessTag.self)
            switch try await support.end(visit.tenant.id, id, by: visit.acting) {
            case nil: return visit.redirect(to: Self.supportPlace, saying: "tenant.support_ended")
            case .accessOver?:
                let isOwn = try await support.history(visit.tenant.id).contains { $0.id == id }
                guard isOwn else { throw NotVisible() }
                return visit.redirect(to: Self.supportPlace, saying: "tenant.support_was_over")
            default: throw NotVisible()
            }
        }
    }

    private static let supportPlace = "/einstellungen#support"

    private func change(_ visit: TenantVisit) async throws -> Response {
        let tenant = try await tenant(visit)
        let form = SettingsForm(visit.form)
        var problems = FormProblems()
        let name = form.companyName(&problems, visit)
        let own = form.overflow.isEmpty ? [] : Set(try await numbers.numbers(tenant.id).map(\.e164))
        let settings = form.settings(
            changing: tenant.settings,
            modelEntries: modelEntries,
            ownNumbers: own,
            &problems,
            visit
        )
        guard let name, let settings else { return try await page(visit, tenant, form, problems) }
        try await tenants.change(tenant.id, to: settings, name: name, actor: visit.actor)
        return visit.redirect(to: Endpoint.settings.path, saying: "tenant.settings_saved")
    }

    private func tenant(_ visit: TenantVisit) async throws -> Tenant {
        guard let tenant = try await tenants.tenant(visit.tenant.id) else { throw NotVisible() }
        return tenant
    }

    private func page(
        _ visit: TenantVisit,
        _ tenant: Tenant,
        _ form: SettingsForm,
        _ problems: FormProblems = FormProblems()
    ) async throws -> Response {
        let model = SettingsModel(
            tenant: tenant,
            form: form,
            problems: problems,
            modelEntries: modelEntries,
            modelKeySince: visit.may(.settingsWrite) ? try await modelKeySince(tenant.id) : nil,
            accesses: try await support.history(tenant.id),
            closing: visit.may(.tenantClose) ? try await lifecycle.closing(tenant.id) : nil,
            visit: visit
        ).model
        return visit.page(
            "tenant/settings",
            title: visit.text("tenant.settings_title"),
            model,
            status: problems.isEmpty ? .ok : .unprocessableContent
        )
    }
}
