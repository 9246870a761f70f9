import Credentials
import Hummingbird
import Localization
import People
import Site

/// Moves a person to a new mail address by the link that went there. Looking at the page changes nothing: mail filters
/// look at links too.
struct EmailConfirmationController {
    let desk: AccountDesk

    func bind(into book: inout SiteBook) {
        book.guest(.newEmail) { show($0) }
        book.guest(.newEmailSent) { try await confirm($0) }
    }

    private func show(_ visit: GuestVisit) -> Response {
        guard let token = RandomToken(visit.parameter("token")) else { return over(visit) }
        return visit.page(
            "account/email-confirm",
            title: visit.text("account.email_confirm_title"),
            ["path": .text("/email/" + token.reveal())]
        )
    }

    private func confirm(_ visit: GuestVisit) async throws -> Response {
        guard let token = RandomToken(visit.parameter("token")) else { return over(visit) }
        switch try await desk.emails.confirm(token: token, from: visit.origin) {
        case .success(let person):
            return Notice(
                heading: visit.text("account.email_confirmed"),
                text: visit.text("account.email_confirmed_text", ["email": person.email]),
                icon: "ok",
                action: ("/", visit.text("account.go_on"))
            ).answer(visit)
        case .failure:
            return over(visit)
        }
    }

    private func over(_ visit: GuestVisit) -> Response {
        Notice(
            heading: visit.text("account.link_over"),
            text: visit.text("account.email_link_over_text"),
            icon: "unlink",
            action: ("/sicherheit/email", visit.text("account.email_again")),
            status: .notFound
        ).answer(visit)
    }
}
