import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A real HTTP server on loopback for the tests of clients: it keeps what it was asked and answers as the test says.
package final class LoopbackServer: Sendable {
    package struct Request: Sendable, Equatable {
        package let method: String
        /// Path and query as they were sent.
        package let target: String
        package let headers: [String: String]
        package let body: String
    }

    package struct Answer: Sendable {
        package enum Ending: Sendable {
            case complete
            /// Nothing more comes, and the connection stays open.
            case silence
            /// The connection is closed in the middle of the answer.
            case abort
        }

        package var status: Int
        package var headers: [String: String]
        /// Each is flushed by itself.
        package var pieces: [[UInt8]]
        package var ending: Ending

        package init(
            _ status: Int,
            headers: [String: String] = [:],
            pieces: [[UInt8]],
            ending: Ending = .complete
        ) {
            self.status = status
            self.headers = headers
            self.pieces = pieces
            self.ending = ending
        }

        package init(_ status: Int, headers: [String: String] = [:], _ body: String = "") {
            self.init(status, headers: headers, pieces: body.isEmpty ? [] : [Array(body.utf8)])
        }
    }

    /// `http://127.0.0.1:port`.
    package let url: String
    /// Yields whenever a client has closed a connection.
    package let disconnections: AsyncStream<Void>
    private let seen: Log
    private let channel: any Channel

    package var requests: [Request] { seen.requests.withLock { $0 } }

    /// Serves while `body` runs, always the same answer.
    @discardableResult
    package static func run<Result>(
        answering answer: Answer,
        _ body: (LoopbackServer) async throws -> Result
    ) async throws -> Result {
        let always = { @Sendable (_: Request) in answer }
        return try await run(answering: always, body)
    }

    /// Serves while `body` runs.
    @discardableResult
    package static func run<Result>(
        answering answer: @escaping @Sendable (Request) -> Answer,
        _ body: (LoopbackServer) async throws -> Result
    ) async throws -> Result {
        let server = try await LoopbackServer(answer)
        let result: Result
        do {
            result = try await body(server)
        } catch {
            try await server.channel.close()
            throw error
        }
        try await server.channel.close()
        return result
    }

    private init(_ answer: @escaping @Sendable (Request) -> Answer) async throws {
        let log = Log()
        let (disconnections, disconnected) = AsyncStream.makeStream(of: Void.self)
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(
                        Handler(answer: answer, log: log, disconnected: disconnected)
                    )
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        seen = log
        self.disconnections = disconnections
        url = "http://127.0.0.1:\(channel.localAddress?.port ?? 0)"
    }

    private final class Log: Sendable {
        let requests = Mutex<[Request]>([])
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let answer: @Sendable (Request) -> Answer
        private let log: Log
        private let disconnected: AsyncStream<Void>.Continuation
        private var head: HTTPRequestHead?
        private var body = ByteBuffer()

        init(
            answer: @escaping @Sendable (Request) -> Answer,
            log: Log,
            disconnected: AsyncStream<Void>.Continuation
        ) {
            self.answer = answer
            self.log = log
            self.disconnected = disconnected
        }

        func channelInactive(context: ChannelHandlerContext) {
            disconnected.yield()
            context.fireChannelInactive()
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                self.head = head
                body.clear()
            case .body(var piece):
                body.writeBuffer(&piece)
            case .end:
                guard let head else { return }
                let request = Request(
                    method: head.method.rawValue,
                    target: head.uri,
                    headers: Dictionary(
                        head.headers.map { ($0.name.lowercased(), $0.value) },
                        uniquingKeysWith: { first, _ in first }
                    ),
                    body: String(buffer: body)
                )
                log.requests.withLock { $0.append(request) }
                write(answer(request), context)
            }
        }

        private func write(_ answer: Answer, _ context: ChannelHandlerContext) {
            let head = HTTPResponseHead(
                version: .http1_1,
                status: .init(statusCode: answer.status),
                headers: HTTPHeaders(answer.headers.map { ($0.key, $0.value) })
            )
            context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
            for piece in answer.pieces {
                context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: piece)))), promise: nil)
            }
            switch answer.ending {
            case .complete: context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            case .silence: break
            case .abort: context.close(promise: nil)
            }
        }
    }
}
