import HTTPTypes
import Hummingbird
import NIOHTTP1

/// What every answer says to a browser that got it by mistake, pages and machines' answers alike (ASVS 5.0 3.4.1, 3.4.4,
/// 3.4.6): it is what it says it is, nothing in it runs, nobody shows it in a frame, and HTTPS is the way to ask again.
/// An answer that says something of its own keeps it.
struct SafeHeaders: RouterMiddleware {
    typealias Context = WebContext

    private let fields: [(name: HTTPField.Name, value: String)]

    /// - Parameter isSecure: whether the server is reached by HTTPS; browsers ignore the promise otherwise.
    init(isSecure: Bool) {
        fields = Self.values(isSecure: isSecure).compactMap { name, value in
            HTTPField.Name(name).map { ($0, value) }
        }
    }

    func handle(
        _ request: Request,
        context: WebContext,
        next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        for (name, value) in fields where response.headers[name] == nil { response.headers[name] = value }
        return response
    }

    /// The same for an answer that is written before there is a request.
    static func add(to headers: inout HTTPHeaders, isSecure: Bool) {
        for (name, value) in values(isSecure: isSecure) where !headers.contains(name: name) {
            headers.add(name: name, value: value)
        }
    }

    private static func values(isSecure: Bool) -> [(String, String)] {
        var values = [
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
        ]
        if isSecure { values.append(("strict-transport-security", "max-age=63072000; includeSubDomains")) }
        return values
    }
}
