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

    private let table: [Endpoint]

    package init(table: [Endpoint]) {
        self.table = table
    }

    package func handle(
        _ request: Request,
        context: WebContext,
        next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let failure as WebFailure {
            return Self.answer(failure)
        } catch let error as HTTPError where error.status == .notFound {
            return Self.answer(unmatched(request))
        } catch let error as HTTPError {
            return Self.answer(WebFailure(error.status, "http_\(error.status.code)"))
        } catch let error as HTTPParserError {
            // The connection answers this one itself, because what follows cannot be read.
            throw error
        } catch is CancellationError {
            return Self.answer(WebFailure(.serviceUnavailable, "cancelled"))
        } catch {
            context.logger.error(
                "request failed",
                metadata: [
                    "error.type": "\(type(of: error))", "http.route": "\(context.endpointPath ?? "-")",
                ]
            )
            return Self.answer(WebFailure(.internalServerError, "internal_error"))
        }
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
