import HTTPTypes
import Hummingbird
import Kernel
import Localization
package import Site
package import Tenants
import Web

/// Whether everybody who works in the tenant must have a second factor.
package struct SecondFactorController: Sendable {
    private static let path = "/einstellungen/zweiter-faktor"
    private static let place = "/einstellungen#anmeldung"

    private let tenants: TenantBook
    private let members: MemberBook

    package init(tenants: TenantBook, members: MemberBook) {
        self.tenants = tenants
        self.members = members
    }

    package func bind(into book: inout SiteBook) {
        book.tenant(.demandingFactor) { visit in
            try visit.requireRecentProof(returnTo: Self.path)
            guard !visit.tenant.requiresSecondFactor else { return visit.redirect(to: Self.place) }
            return try await demanding(visit).page(visit)
        }
        book.tenant(.demandFactor) { visit in
            try visit.requireRecentProof(returnTo: Self.path)
            return try await settle(visit, true, saying: "tenant.factor_demanded") { try await demanding(visit) }
        }
        book.tenant(.freeingFactor) { visit in
            try visit.requireRecentProof(returnTo: Self.path + "/aufheben")
            guard visit.tenant.requiresSecondFactor else { return visit.redirect(to: Self.place) }
            return freeing(visit).page(visit)
        }
        book.tenant(.freeFactor) { visit in
            try visit.requireRecentProof(returnTo: Self.path + "/aufheben")
            return try await settle(visit, false, saying: "tenant.factor_freed") { freeing(visit) }
        }
    }

    private func settle(
        _ visit: TenantVisit,
        _ isDemanded: Bool,
        saying key: String,
        _ question: () async throws -> Confirmation
    ) async throws -> Response {
        switch try await tenants.demandSecondFactor(visit.tenant.id, isDemanded, by: visit.acting) {
        case nil: return visit.redirect(to: Self.place, saying: key)
        case .notAllowed?: throw NotVisible()
        case .some(let refusal):
            var page = try await question()
            page.obstacle = page.obstacle ?? visit.text(refusal.key)
            return page.page(visit, status: .unprocessableContent)
        }
    }

    private func demanding(_ visit: TenantVisit) async throws -> Confirmation {
        let people = try await members.members(visit.tenant.id)
        let without = people.count { !$0.hasSecondFactor }
        var page = Confirmation(
            question: visit.text("tenant.factor_demand_question"),
            explanation: visit.text("tenant.factor_demand_text", ["tenant": visit.tenant.name]),
            losses: [
                without == 0
                    ? visit.text("tenant.factor_without_none")
                    : without == 1
                        ? visit.text("tenant.factor_without_one")
                        : visit.text("tenant.factor_without", ["n": visit.localizer.number(without)]),
                visit.text("tenant.factor_demand_elsewhere"), visit.text("tenant.factor_demand_lost"),
            ],
            action: Self.path,
            verb: visit.text("tenant.factor_demand"),
            keep: visit.text("tenant.factor_keep_free"),
            back: Endpoint.settings.path,
            backLabel: visit.text("tenant.settings_title")
        )
        page.isSevere = false
        if !visit.visitor.hasSecondFactor {
            page.obstacle = visit.text("tenants.refusal_own_factor_missing")
            page.way = (
                "/sicherheit/einrichten?" + FormValues.query([("weiter", Self.path)]),
                visit.text("tenant.factor_set_up")
            )
        }
        return page
    }

    private func freeing(_ visit: TenantVisit) -> Confirmation {
        Confirmation(
            question: visit.text("tenant.factor_free_question"),
            explanation: visit.text("tenant.factor_free_text", ["tenant": visit.tenant.name]),
            losses: [visit.text("tenant.factor_free_password"), visit.text("tenant.factor_free_kept")],
            action: Self.path + "/aufheben",
            verb: visit.text("tenant.factor_free"),
            keep: visit.text("tenant.factor_keep_demanded"),
            back: Endpoint.settings.path,
            backLabel: visit.text("tenant.settings_title")
        )
    }
}
