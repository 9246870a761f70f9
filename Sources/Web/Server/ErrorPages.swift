import HTTPTypes
package import Hummingbird
import Logging
import NIOCore
import NIOHTTP1

/// The one translator from what a handler throws to what is answered: status, stable code, log level.
///
/// An unknown error is logged by its type and answered with 500 and nothing else: its text may hold anything.
package struct ErrorPages: RouterMiddleware {
    package typealias Context = WebContext

    /// Makes a page of a refusal, for somebody at a browser.
    package typealias Page = @Sendable (Request, WebFailure) -> Response

    /// Spells a refusal for programs where an interface has a form of its own for it; nil elsewhere.
    package typealias Spelling = @Sendable (Request, WebFailure) -> Response?

    private let table: [Endpoint]
    private let page: Page?
    private let spelling: Spelling?

    package init(table: [Endpoint], page: Page? = nil, spelling: Spelling? = nil) {
        self.table = table
        self.page = page
        self.spelling = spelling
    }

    package func handle(
        _ request: Request,
        context: WebContext,
        next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let failure as WebFailure {
            return answer(request, failure)
        } catch let error as HTTPError where error.status == .notFound {
            return answer(request, unmatched(request))
        } catch let error as HTTPError {
            return answer(request, WebFailure(error.status, "http_\(error.status.code)"))
        } catch let error as HTTPParserError {
            // The connection answers this one itself, because what follows cannot be read.
            throw error
        } catch is CancellationError {
            return answer(request, WebFailure(.serviceUnavailable, "cancelled"))
        } catch {
            context.logger.error(
                "request failed",
                metadata: [
                    "error.type": "\(type(of: error))", "http.route": "\(context.endpointPath ?? "-")",
                ]
            )
            return answer(request, WebFailure(.internalServerError, "internal_error"))
        }
    }

    /// A page for whoever asked for one at an address of pages or at none of ours; a machine's answer otherwise.
    private func answer(_ request: Request, _ failure: WebFailure) -> Response {
        guard let page, wantsPage(request) else { return spelling?(request, failure) ?? Self.answer(failure) }
        return page(request, failure)
    }

    private func wantsPage(_ request: Request) -> Bool {
        guard request.headers[values: .accept].contains(where: { $0.contains("text/html") }) else { return false }
        let endpoints = table.filter { $0.matches(path: request.uri.path) }
        return endpoints.isEmpty ? !request.uri.path.hasPrefix("/api/") : endpoints.allSatisfy(\.access.isPage)
    }

    /// 405 if the path is right and the method is not, 404 otherwise.
    private func unmatched(_ request: Request) -> WebFailure {
        let methods = table.filter { $0.matches(path: request.uri.path) }.map(\.method)
        guard !methods.isEmpty else { return WebFailure(.notFound, "not_found") }
        let allowed = methods.flatMap { $0 == .get ? [HTTPRequest.Method.get, .head] : [$0] }
        return WebFailure(
            .methodNotAllowed,
            "method_not_allowed",
            headers: [.allow: allowed.map(\.rawValue).joined(separator: ", ")]
        )
    }

    static func answer(_ failure: WebFailure) -> Response {
        // Codes are words of this house, never input, and need no escaping.
        var response = Response.json(
            #"{"status":\#(failure.status.code),"code":"\#(failure.code)"}"#,
            status: failure.status,
            headers: failure.headers
        )
        response.headers[.contentType] = "application/problem+json"
        return response
    }
}
