import HTTPTypes
import Hummingbird
import HummingbirdCore
import Kernel
package import Logging
package import NIOCore
import NIOPosix
import ServiceLifecycle
package import Telemetry

/// One listening port: routes, sockets, and the threads that serve them.
///
/// `run()` returns when a graceful shutdown has been asked for and every connection is closed: requests in progress are
/// answered, WebSockets are closed with 1001. Whoever wants running calls to end first waits for them before it
/// shuts the server down.
package struct WebServer: Service {
    private let configuration: WebServerConfiguration
    private let table: [Endpoint]
    private let book: RouteBook
    private let sockets: [SocketRoute]
    private let errorPage: ErrorPages.Page?
    private let refusal: ErrorPages.Spelling?
    private let metrics: Metrics
    private let logger: Logger
    private let onListening: @Sendable (SocketAddress) async -> Void

    /// - Parameters:
    ///   - table: what this server offers; every line needs a handler in `book` or a route in `sockets`.
    ///   - errorPage: how a refusal looks to somebody at a browser; without it, every refusal is a machine's answer.
    ///   - refusal: how refusals are spelled for programs where they have a form of their own.
    ///   - onListening: called once with the address that was bound.
    /// - Throws: `RoutesError`.
    package init(
        configuration: WebServerConfiguration,
        table: [Endpoint] = Endpoint.table,
        book: RouteBook,
        sockets: [SocketRoute] = [],
        errorPage: ErrorPages.Page? = nil,
        refusal: ErrorPages.Spelling? = nil,
        metrics: Metrics,
        logger: Logger,
        onListening: @escaping @Sendable (SocketAddress) async -> Void = { _ in }
    ) throws {
        let bound = Set(book.handlers.keys).union(sockets.map(\.endpoint))
        let unbound = table.filter { !bound.contains($0) }
        guard unbound.isEmpty else { throw RoutesError.unbound(unbound.map(\.path)) }
        let unlisted = bound.subtracting(table)
        guard unlisted.isEmpty else { throw RoutesError.unlisted(unlisted.map(\.path).sorted()) }
        self.configuration = configuration
        self.table = table
        self.book = book
        self.sockets = sockets
        self.errorPage = errorPage
        self.refusal = refusal
        self.metrics = metrics
        self.logger = logger
        self.onListening = onListening
    }

    package func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.eventLoops)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await application(on: group).run())
        } catch {
            outcome = .failure(error)
        }
        try await group.shutdownGracefully()
        try outcome.get()
    }

    private func application(on group: any EventLoopGroup) -> some ApplicationProtocol {
        let address: BindAddress =
            switch configuration.address {
            case .tcp(let host, let port): .hostname(host, port: port)
            case .unixSocket(let path): .unixDomainSocket(path: path)
            }
        let accepted = metrics.counter("voiceagent_http_connections_total", help: "Connections that were accepted.")
        return Application(
            responder: router().buildResponder(),
            server: HTTPServerBuilder { [sockets, configuration] responder in
                ConnectionSetup(
                    responder: responder,
                    sockets: sockets,
                    configuration: configuration,
                    accepted: accepted
                )
            },
            configuration: ApplicationConfiguration(address: address, backlog: configuration.backlog),
            onServerRunning: { [onListening] channel in
                if let address = channel.localAddress { await onListening(address) }
            },
            eventLoopGroupProvider: .shared(group),
            logger: logger
        )
    }

    private func router() -> Router<WebContext> {
        let router = Router(context: WebContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: SafeHeaders(isSecure: configuration.isSecure))
        router.add(middleware: CompressedAnswers())
        router.add(middleware: ErrorPages(table: table, page: errorPage, spelling: refusal))
        for endpoint in table {
            let responder = EndpointResponder(
                endpoint: endpoint,
                handler: book.handlers[endpoint],
                trustedProxies: configuration.trustedProxies,
                metrics: metrics
            )
            router.on(RouterPath(endpoint.path), method: endpoint.method, responder: responder)
        }
        return router
    }
}
