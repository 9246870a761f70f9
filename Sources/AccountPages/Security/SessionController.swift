import Hummingbird
import Kernel
import Localization
import People
import Site
import Tenants

/// Ends the sessions of the person who is signed in.
struct SessionController {
    private static let list = "/sicherheit#sitzungen"

    let desk: AccountDesk

    func bind(into book: inout SiteBook) {
        book.person(.sessionEnded) { visit in
            let session = try visit.id("id", as: WebSessionTag.self)
            try visit.requireRecentProof(returnTo: Self.list)
            guard try await desk.sessions.end(session, of: visit.person.id, .revoked, from: visit.origin) else {
                throw NotVisible()
            }
            return visit.redirect(to: Self.list, saying: "account.session_ended")
        }
        book.person(.sessionsEnded) { visit in
            try visit.requireRecentProof(returnTo: Self.list)
            let count = try await desk.sessions.endAll(
                of: visit.person.id,
                except: visit.visitor.session.id,
                .revoked,
                from: visit.origin
            )
            let key = count == 1 ? "account.sessions_ended_one" : "account.sessions_ended_other"
            return visit.redirect(to: Self.list, saying: key, ["count": visit.localizer.number(count)])
        }
    }
}
