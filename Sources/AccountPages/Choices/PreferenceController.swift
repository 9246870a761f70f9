import Hummingbird
import Localization
import People
import Site
import Tenants

/// Colours and language: kept with the person, or in the browser of a guest.
struct PreferenceController {
    let desk: AccountDesk

    func bind(into book: inout SiteBook) {
        book.guest(.theme) { visit in
            guard let theme = visit.form.text("theme").flatMap(Theme.init(rawValue:)) else { return back(visit) }
            return try await keep(visit, theme: theme, CookieName.theme, theme.rawValue)
        }
        book.guest(.language) { visit in
            guard let language = visit.form.text("sprache").flatMap(Language.init(rawValue:)) else {
                return back(visit)
            }
            return try await keep(visit, language: language, CookieName.language, language.rawValue)
        }
    }

    /// The browser keeps the choice too, for the pages after signing out.
    private func keep(
        _ visit: GuestVisit,
        language: Language? = nil,
        theme: Theme? = nil,
        _ cookie: String,
        _ value: String
    ) async throws -> Response {
        if let person = visit.visit.visitor?.person {
            _ = try await desk.people.change(
                person.id,
                name: person.name,
                language: language ?? person.language,
                theme: theme ?? person.theme,
                from: visit.origin
            )
        }
        var response = back(visit)
        visit.setCookie(cookie, value, seconds: GuestVisit.year, on: &response)
        return response
    }

    private func back(_ visit: GuestVisit) -> Response { visit.redirect(to: visit.wanted ?? "/") }
}
