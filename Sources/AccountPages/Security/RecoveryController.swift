import HTTPTypes
import Hummingbird
import Localization
import People
import Site
import Tenants

/// New recovery codes in place of the old ones.
struct RecoveryController {
    private static let path = "/sicherheit/wiederherstellungscodes"

    let desk: AccountDesk

    func bind(into book: inout SiteBook) {
        book.person(.recovery) { visit in
            try visit.requireRecentProof(returnTo: Self.path)
            let standing = try await desk.factors.standing(of: visit.person.id)
            guard standing.hasSecondFactor else { return visit.redirect(to: "/sicherheit") }
            return page(visit, .none, .ok)
        }
        book.person(.recoverySent) { try await renew($0) }
    }

    private func page(_ visit: PersonVisit, _ mistakes: Mistakes, _ status: HTTPResponse.Status) -> Response {
        Confirmation(
            heading: visit.text("account.codes_renewal"),
            text: visit.text("account.codes_renewal_text"),
            path: Self.path,
            button: visit.text("account.renew_codes"),
            keep: visit.text("account.keep_codes")
        ).answer(visit, mistakes, status)
    }

    private func renew(_ visit: PersonVisit) async throws -> Response {
        try visit.requireRecentProof(returnTo: Self.path)
        switch try await desk.factors.renewRecoveryCodes(session: visit.visitor.session.id, from: visit.origin) {
        case .success(let change):
            return try await desk.added(change, .security, saying: "account.codes_renewed", visit)
        case .failure(let refusal):
            switch visit.refused(refusal, field: "entfernen", returnTo: Self.path) {
            case .elsewhere(let response): return response
            case .again(let mistakes, let status): return page(visit, mistakes, status)
            }
        }
    }
}
