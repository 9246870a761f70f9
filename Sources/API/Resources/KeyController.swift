import Kernel
import Localization
import Tenants
import Web

/// What a key may know of itself.
struct KeyController: Sendable {
    let tenants: TenantBook

    func bind(_ door: APIDoor, into routes: inout RouteBook) {
        door.reading(.apiMe, in: &routes) { try await me($0) }
    }

    private func me(_ visit: APIVisit) async throws -> APIAnswer {
        try visit.expectNoQuery()
        guard let tenant = try await tenants.tenant(visit.tenant) else { throw APIProblem(.notVisible) }
        let scopes = AccessMatrix.keyScopes.filter(visit.may).map { JSON.text($0.rawValue) }
        return APIAnswer([
            "tenant": [
                "id": .text(tenant.id.description),
                "slug": .text(tenant.slug.value),
                "name": .text(tenant.name),
                "state": .text(tenant.state.rawValue),
                "region": .text(tenant.settings.region),
                "language": .text(tenant.settings.language.rawValue),
                "time_zone": .text(tenant.settings.timeZone),
            ],
            "key": [
                "id": .text(visit.identity.key.description),
                "prefix": .text(visit.identity.prefix),
                "scopes": .list(scopes),
            ],
        ])
    }
}
