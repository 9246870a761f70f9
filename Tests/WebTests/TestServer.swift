import Calls
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Telemetry

@testable import Web

let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

/// A server on a port of its own for the length of a test.
enum TestServer {
    /// A table of two plain endpoints beside those that are passed.
    static let hello = Endpoint(.get, "/hello", access: .anyone, kind: "test", "says hello")
    static let echo = Endpoint(.post, "/echo/:name", access: .anyone, bodyLimit: 1_024, kind: "test", "says it again")
    static let slow = Endpoint(.get, "/slow", access: .anyone, kind: "test", "takes until it is let go")
    static let broken = Endpoint(.get, "/broken", access: .anyone, kind: "test", "fails")

    struct Secretive: Error {}

    static func run(
        sockets: [SocketRoute] = [],
        metrics: Metrics = Metrics(),
        slow gate: @escaping @Sendable () async -> Void = {},
        configure: (inout WebServerConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        var book = RouteBook()
        book.on(hello) { _ in .text("hello") }
        book.on(echo) { request in
            let name = request.parameters.get("name") ?? ""
            return .text("\(name) \(request.query ?? "-") \(String(buffer: request.body))")
        }
        book.on(slow) { _ in
            await gate()
            return .text("slow")
        }
        book.on(broken) { _ in throw Secretive() }
        var configuration = WebServerConfiguration(address: .tcp(host: "127.0.0.1", port: 0), eventLoops: 1)
        configure(&configuration)
        try await run(
            table: [hello, echo, slow, broken] + sockets.map(\.endpoint),
            book: book,
            sockets: sockets,
            metrics: metrics,
            configuration: configuration,
            body
        )
    }

    static func run(
        table: [Endpoint],
        book: RouteBook,
        sockets: [SocketRoute] = [],
        metrics: Metrics = Metrics(),
        configuration: WebServerConfiguration = .init(address: .tcp(host: "127.0.0.1", port: 0), eventLoops: 1),
        _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        let (ports, announce) = AsyncStream.makeStream(of: Int.self)
        let server = try WebServer(
            configuration: configuration,
            table: table,
            book: book,
            sockets: sockets,
            metrics: metrics,
            logger: silent,
            onListening: { address in
                announce.yield(address.port ?? 0)
                announce.finish()
            }
        )
        let group = ServiceGroup(services: [server], logger: silent)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            for await port in ports {
                do {
                    try await body(port)
                } catch {
                    await group.triggerGracefulShutdown()
                    throw error
                }
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// A socket endpoint that accepts, refuses or fails by the query, and then runs `makeHandler`.
    static func socket(
        _ path: String = "/socket",
        authorize: @escaping @Sendable (UpgradeRequest) async throws -> UpgradeVerdict = { _ in .accepted },
        makeHandler: @escaping @Sendable () -> any ChannelHandler = { RawEcho() }
    ) -> SocketRoute {
        SocketRoute(
            endpoint: Endpoint(.get, path, access: .carrier, isSocket: true, kind: "test", "a socket"),
            authorize: authorize,
            makeHandler: { _ in makeHandler() }
        )
    }
}

/// Returns the bytes it gets, so that a test sees what reaches the socket's handler.
final class RawEcho: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.writeAndFlush(data, promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { context.close(promise: nil) }
        if let event = event as? ChannelEvent, event == .inputClosed { context.close(promise: nil) }
    }
}
