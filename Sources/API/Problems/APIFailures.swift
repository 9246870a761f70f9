package import HTTPTypes
package import Hummingbird
package import Localization
package import Web

/// Refusals that no handler of this room makes: unknown addresses and methods, bodies that are too large.
package struct APIFailures: Sendable {
    private let catalog: Catalog

    package init(catalog: Catalog) {
        self.catalog = catalog
    }

    /// Whether a refusal at this path is this room's to spell.
    package static func covers(path: String) -> Bool {
        path == Endpoint.apiRoot || path.hasPrefix(Endpoint.apiRoot + "/")
    }

    /// Nil for an address that is not this room's.
    package func answer(_ request: Request, _ failure: WebFailure) -> Response? {
        Self.covers(path: request.uri.path) ? response(failure, to: request.headers) : nil
    }

    package func response(_ failure: WebFailure, to headers: HTTPFields) -> Response {
        let language = AcceptedLanguage.read(headers)
        return APIProblem(ProblemCode(failure.status), headers: failure.headers).answer(catalog, language)
            .response(language)
    }
}
