import Credentials
import Foundation
import Hummingbird
import Localization
import People
import Site
import Tenants

/// Where a second factor is set up: on the way in, because it is required; or later, by one's own will.
enum FactorPlace {
    case entering
    case security

    var codesTemplate: String {
        switch self {
        case .entering: "account/codes-entering"
        case .security: "account/codes"
        }
    }
}

extension AccountDesk {
    /// The page after a factor was added: the recovery codes, if there are new ones to be shown once.
    func added(
        _ change: FactorChange,
        _ place: FactorPlace,
        saying key: String,
        _ visit: PersonVisit
    ) async throws -> Response {
        let next =
            switch place {
            case .entering: try await landing(change.session, visit)
            case .security: visit.wanted ?? "/sicherheit"
            }
        var response =
            change.recoveryCodes.isEmpty
            ? visit.redirect(to: next, saying: key)
            : visit.page(
                place.codesTemplate,
                title: visit.text("account.codes_title"),
                RecoveryCodeSheet.model(change.recoveryCodes, next: next, visit)
            )
        visit.keep(change.session, in: &response)
        return response
    }
}
