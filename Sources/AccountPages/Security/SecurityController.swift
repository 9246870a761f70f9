import HTTPTypes
import Hummingbird
import Localization
import People
import Site
import Tenants

/// A person's profile, factors and sessions, and the offer of a second factor to whoever is new.
struct SecurityController {
    let desk: AccountDesk

    func bind(into book: inout SiteBook) {
        book.person(.security) { try await desk.securityPage($0, .none, .ok) }
        book.person(.securityOffer) { visit in
            let next = visit.wanted ?? visit.visitor.home
            let demanding = visit.visitor.lacksDemandedFactor ? visit.visitor.standing?.tenant.name : nil
            return visit.page(
                "account/offer",
                title: demanding.map { visit.text("account.demand_title", ["tenant": $0]) }
                    ?? visit.text("account.offer_title"),
                [
                    "demand": .object(
                        demanding.map { tenant in
                            [
                                "demand_title": .text(visit.text("account.demand_title", ["tenant": tenant])),
                                "demand_text": .text(visit.text("account.demand_text", ["tenant": tenant])),
                            ]
                        }
                    ),
                    "app_path": .text(visit.path("/sicherheit/app", then: next)),
                    "passkey_path": .text(visit.path("/sicherheit/passkeys/neu", then: next)),
                    "next": .text(next),
                ]
            )
        }
    }
}

extension AccountDesk {
    func securityPage(
        _ visit: PersonVisit,
        _ mistakes: Mistakes,
        _ status: HTTPResponse.Status
    ) async throws -> Response {
        async let standing = factors.standing(of: visit.person.id)
        async let lines = sessions.list(of: visit.person.id, current: visit.visitor.session.id)
        let model = try await SecurityPage.model(standing, lines, visit)
        return visit.page(
            "account/security",
            title: visit.text("frame.profile"),
            model.merging(mistakes.model("name")),
            status: status
        )
    }
}
