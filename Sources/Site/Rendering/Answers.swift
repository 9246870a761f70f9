package import HTTPTypes
package import Hummingbird
import Localization
import NIOCore
import People
import Web

extension CheckedVisit {
    /// A whole page: `template` extends one of the layouts and finds the frame's values beside `model`'s.
    ///
    /// - Parameter title: in the reader's language, without the product's name.
    package func page(
        _ template: String,
        title: String,
        _ model: Model = [:],
        status: HTTPResponse.Status = .ok
    ) -> Response {
        visit.html(template, visit.frame(title: title).merging(model), status: status)
    }

    /// A part of a page for a module that asked for it.
    package func fragment(_ template: String, _ model: Model) -> Response {
        visit.html(template, visit.frame(title: "").merging(model), status: .ok)
    }

    /// 303: what was sent is done, here is what to see now.
    package func redirect(to path: String) -> Response { visit.redirect(to: path) }

    /// The same, with a message that the next page shows once.
    ///
    /// - Parameter key: a text of the catalog; its arguments are shown as they are, so they must be for this reader.
    package func redirect(to path: String, saying key: String, _ arguments: [String: String] = [:]) -> Response {
        var response = visit.redirect(to: path)
        response.headers.addCookie(
            Cookies.set(CookieName.flash, Flash(key: key, arguments: arguments).cookie, seconds: 60, site.address)
        )
        return response
    }

    /// `path` if it is an address of ours that can be looked at, else nil. Nothing else may be redirected to (C4).
    package func ownPath(_ path: String?) -> String? { path.flatMap { ReturnTarget.path($0) } }

    package func setCookie(_ name: String, _ value: String, seconds: Int?, on response: inout Response) {
        response.headers.addCookie(Cookies.set(name, value, seconds: seconds, site.address))
    }

    /// The value of one of our cookies.
    package func cookie(_ name: String) -> String? { visit.cookies[site.address.cookieName(name)] }

    /// Markup around a file to be saved.
    package func download(_ content: String, name: String, type: String) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = type
        headers[.contentDisposition] = "attachment; filename=\"\(name)\""
        SecurityHeaders.add(to: &headers, isSecure: site.address.isSecure)
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(string: content)))
    }

    /// The same, written piece by piece.
    package func download(name: String, type: String, _ body: ResponseBody) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = type
        headers[.contentDisposition] = "attachment; filename=\"\(name)\""
        SecurityHeaders.add(to: &headers, isSecure: site.address.isSecure)
        return Response(status: .ok, headers: headers, body: body)
    }

    /// For modules: an answer in JSON.
    package func json(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        var response = Response.json(text, status: status)
        SecurityHeaders.add(to: &response.headers, isSecure: site.address.isSecure)
        return response
    }
}

extension Visit {
    func html(_ template: String, _ model: Model, status: HTTPResponse.Status) -> Response {
        let (html, missing) = site.templates.render(template, model, language)
        if !missing.isEmpty { site.onMissingTags(template, missing) }
        var headers = HTTPFields()
        headers[.contentType] = "text/html; charset=utf-8"
        headers[.contentLanguage] = localizer.tag
        headers[.vary] = "Cookie, Accept-Language"
        SecurityHeaders.add(to: &headers, isSecure: site.address.isSecure)
        if cookies[site.address.cookieName(CookieName.flash)] != nil {
            headers.addCookie(Cookies.set(CookieName.flash, "", seconds: 0, site.address))
        }
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: html)))
    }

    package func redirect(to path: String) -> Response {
        var headers = HTTPFields()
        headers[.location] = path
        SecurityHeaders.add(to: &headers, isSecure: site.address.isSecure)
        return Response(status: .seeOther, headers: headers)
    }

    /// What happened and what to do now. It depends on nothing but the status and the reader's language and colours, so
    /// that it tells nothing about what was asked for (requirement A9).
    func errorPage(_ status: HTTPResponse.Status, headers: HTTPFields = [:]) -> Response {
        let known = [400, 403, 404, 405, 413, 429, 500, 503].contains(status.code) ? status.code : 500
        let model = frame(title: text("errors.title_\(known)")).merging([
            "heading": .text(text("errors.title_\(known)")),
            "explanation": .text(text("errors.text_\(known)")),
            "code": .text(String(status.code)),
            // The front door leads everybody to where they begin.
            "home": "/",
        ])
        var response = html("error", model, status: status)
        for field in headers { response.headers.append(field) }
        return response
    }
}
