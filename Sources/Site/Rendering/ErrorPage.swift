import HTTPTypes
package import Hummingbird
import Localization
import People
package import Web

extension Site {
    /// A refusal that happened before any door: an address that does not exist, a method it does not know, too large a
    /// body. Who asked is not looked up for it.
    package func errorPage(_ request: Request, _ failure: WebFailure) -> Response {
        let cookies = Cookies(headers: request.headers)
        let accepted = request.headers[values: .acceptLanguage].joined(separator: ",")
        let language = Visit.language(accepted: accepted, cookies, address)
        let known = [400, 403, 404, 405, 413, 429, 500, 503].contains(failure.status.code) ? failure.status.code : 500
        let theme = cookies[address.cookieName(CookieName.theme)].flatMap(Theme.init(rawValue:)) ?? .system
        let title = catalog.text("errors.title_\(known)", language)
        let model: Model = [
            "title": .text(title),
            "lang": .text(Localizer(language: language).tag),
            "theme": .text(theme == .system ? "" : theme.rawValue),
            "stylesheet": .text(assets.address("app.css")),
            "script": .text(assets.address("js/app.js")),
            "icons": .text(assets.address("icons.svg")),
            "favicon": .text(assets.address("favicon.svg")),
            "home": "/",
            "heading": .text(title),
            "explanation": .text(catalog.text("errors.text_\(known)", language)),
            "code": .text(String(failure.status.code)),
        ]
        let (html, missing) = templates.render("error", model, language)
        if !missing.isEmpty { onMissingTags("error", missing) }
        var response = Response.text(
            html,
            status: failure.status,
            contentType: "text/html; charset=utf-8",
            headers: failure.headers
        )
        SecurityHeaders.add(to: &response.headers, isSecure: address.isSecure)
        return response
    }
}
