import Foundation
import Hummingbird
import Kernel
import Localization
import People
import Site
import Tenants

/// Where a person works, and the way from one place to another.
struct TenantChoiceController {
    /// The value that stands for the platform's own area.
    private static let platform = "plattform"

    let desk: AccountDesk

    func bind(into book: inout SiteBook) {
        book.person(.tenants) { visit in
            let workplaces = try await desk.visitors.tenants(of: visit.person.id)
            return visit.page(
                "account/tenants",
                title: visit.text("account.tenants"),
                TenantChoice.model(workplaces, visit.visitor, visit)
            )
        }
        book.person(.tenantChosen) { try await choose($0) }
    }

    private func choose(_ visit: PersonVisit) async throws -> Response {
        let session = visit.visitor.session.id
        let chosen = visit.form.text("mandant") ?? ""
        if chosen == Self.platform {
            guard visit.visitor.platformRole != nil else { throw NotVisible() }
            try await desk.sessions.switchTenant(session, to: nil)
            return visit.redirect(to: "/plattform")
        }
        let workplaces = try await desk.visitors.tenants(of: visit.person.id)
        guard let tenant = workplaces.first(where: { $0.tenant.description == chosen.lowercased() }) else {
            throw NotVisible()
        }
        try await desk.sessions.switchTenant(session, to: tenant.tenant)
        return visit.redirect(to: visit.wanted ?? "/uebersicht")
    }
}

enum TenantChoice {
    static func model(_ workplaces: [Workplace], _ visitor: Visitor, _ visit: some CheckedVisit) -> Model {
        let places = workplaces.map { place in
            Model([
                "id": .text(place.tenant.description),
                "company": .text(place.name),
                "position": .text(visit.text("tenants.role_\(place.role.rawValue)")),
                "is_suspended": .flag(place.state == .suspended),
                "is_here": .flag(visitor.standing?.tenant.id == place.tenant),
            ])
        }
        return [
            "places": .list(places),
            "has_places": .flag(!places.isEmpty),
            "platform_role": .text(visitor.platformRole.map { visit.text("frame.platform_role_\($0.rawValue)") }),
            "nowhere": .flag(places.isEmpty && visitor.platformRole == nil),
            "own_email": .text(visitor.person.email),
            "wanted": .text(visit.wanted ?? ""),
        ]
    }
}
