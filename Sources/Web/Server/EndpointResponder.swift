import HTTPTypes
import Hummingbird
import Kernel
import Logging
import Telemetry

/// Answers one endpoint: reads the body within its limit, calls the handler, and counts and times the outcome.
struct EndpointResponder: HTTPResponder {
    typealias Context = WebContext

    private let endpoint: Endpoint
    /// Nil for a socket, which a plain request cannot use.
    private let handler: RouteBook.Handler?
    private let trustedProxies: Int
    private let metrics: Metrics

    init(endpoint: Endpoint, handler: RouteBook.Handler?, trustedProxies: Int, metrics: Metrics) {
        self.endpoint = endpoint
        self.handler = handler
        self.trustedProxies = trustedProxies
        self.metrics = metrics
    }

    func respond(to request: Request, context: WebContext) async throws -> Response {
        let clock = ContinuousClock()
        let began = clock.now
        do {
            let response = try await answer(request, context)
            record(response.status, clock.now - began, context)
            return response
        } catch let failure as WebFailure {
            record(failure.status, clock.now - began, context)
            throw failure
        } catch {
            record(.internalServerError, clock.now - began, context)
            throw error
        }
    }

    private func answer(_ request: Request, _ context: WebContext) async throws -> Response {
        guard let handler else {
            throw WebFailure(.upgradeRequired, "upgrade_required", headers: [.upgrade: "websocket"])
        }
        let body = try await RequestBodies.collect(request, limit: endpoint.bodyLimit)
        return try await handler(
            IncomingRequest(
                endpoint: endpoint,
                method: request.method,
                target: request.head.path ?? "/",
                headers: request.headers,
                body: body,
                parameters: context.parameters,
                client: client(request, context),
                logger: context.logger
            )
        )
    }

    private func client(_ request: Request, _ context: WebContext) -> ClientAddress? {
        guard let peer = context.peer else { return nil }
        let forwarded = HTTPField.Name("x-forwarded-for").map { request.headers[values: $0] } ?? []
        return ClientAddress.client(peer: peer, forwardedFor: forwarded, trustedProxies: trustedProxies)
    }

    private func record(_ status: HTTPResponse.Status, _ duration: Duration, _ context: WebContext) {
        metrics.histogram(
            "voiceagent_http_request_duration_seconds",
            help: "From the head of a request to its answer.",
            labels: [("kind", endpoint.kind), ("outcome", "\(status.code / 100)xx")]
        ).observe(duration.seconds)
        context.logger.debug(
            "request answered",
            metadata: [
                "http.method": "\(endpoint.method.rawValue)", "http.route": "\(endpoint.path)",
                "http.status": "\(status.code)", "duration_ms": "\(duration.milliseconds)",
            ]
        )
    }
}
