import HTTPTypes
import Hummingbird
import Localization
import People
import Site
import Tenants

/// The way out.
struct SignOutController {
    let desk: AccountDesk

    func bind(into book: inout SiteBook) {
        book.guest(.signOut) { try await signOut($0) }
        book.guest(.signedOut) { visit in
            visit.page("account/signed-out", title: visit.text("account.signed_out"))
        }
    }

    /// The cookies of the device, language and colours stay: the first keeps strangers from locking its owner out
    /// (requirement B6), the others are no secrets. So the header does not name `cookies`.
    private func signOut(_ visit: GuestVisit) async throws -> Response {
        if let visitor = visit.visit.visitor {
            try await desk.sessions.end(visitor.session.id, of: visitor.person.id, .signedOut, from: visit.origin)
        }
        var response = visit.redirect(to: visit.wanted ?? "/abgemeldet")
        visit.forgetSession(in: &response)
        if let name = HTTPField.Name("clear-site-data") { response.headers[name] = "\"cache\", \"storage\"" }
        return response
    }
}
