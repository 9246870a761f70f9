import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

/// Opens WebSockets on plain TCP. TLS ends at a proxy in front of the product; the telephone connects behind it.
enum WebSocketClient {
    struct Address: Sendable {
        let host: String
        let port: Int
        /// Path and query.
        let target: String
        /// What the `Host` header says.
        let authority: String
    }

    enum Failure: Error, Equatable {
        /// No connection; the carrier's error 31901 or 31902.
        case unreachable
        /// Something other than 101 was answered; the carrier's error 31920. Zero if nothing was answered.
        case refused(status: Int)
    }

    /// Fired through the pipeline once frames may be written, which they must not be while the upgrade goes on.
    struct Opened: Sendable {}

    private enum Outcome: Sendable {
        case open(any Channel)
        case refused(EventLoopFuture<Int>)
    }

    /// Connects, shakes hands, puts the handler made by `makeHandler` on the event loop behind a frame aggregator, and
    /// fires `Opened` at it.
    /// - Throws: `Failure`.
    static func connect(
        to address: Address,
        headers: [(String, String)],
        on group: any EventLoopGroup,
        makeHandler: @escaping @Sendable () -> any ChannelHandler
    ) async throws(Failure) {
        var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: address.target)
        head.headers.add(name: "Host", value: address.authority)
        for (name, value) in headers { head.headers.add(name: name, value: value) }
        let request = head
        let outcome: EventLoopFuture<Outcome>
        do {
            outcome = try await ClientBootstrap(group: group)
                .connectTimeout(.seconds(5))
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .connect(host: address.host, port: address.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try upgrade(channel, request: request, makeHandler: makeHandler)
                    }
                }
        } catch {
            throw .unreachable
        }
        let result: Outcome
        do {
            result = try await outcome.get()
        } catch {
            throw .refused(status: 0)
        }
        switch result {
        case .open(let channel):
            channel.pipeline.fireUserInboundEventTriggered(Opened())
        case .refused(let status):
            do {
                throw Failure.refused(status: try await status.get())
            } catch let failure as Failure {
                throw failure
            } catch {
                throw .refused(status: 0)
            }
        }
    }

    private static func upgrade(
        _ channel: any Channel,
        request: HTTPRequestHead,
        makeHandler: @escaping @Sendable () -> any ChannelHandler
    ) throws -> EventLoopFuture<Outcome> {
        let upgrader = NIOTypedWebSocketClientUpgrader<Outcome>(
            maxFrameSize: 1 << 20,
            upgradePipelineHandler: { channel, _ in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(
                        NIOWebSocketFrameAggregator(
                            minNonFinalFragmentSize: 0,
                            maxAccumulatedFrameCount: 64,
                            maxAccumulatedFrameSize: 1 << 20
                        )
                    )
                    try pipeline.addHandler(makeHandler())
                    return .open(channel)
                }
            }
        )
        let configuration = NIOTypedHTTPClientUpgradeConfiguration<Outcome>(
            upgradeRequestHead: request,
            upgraders: [upgrader],
            notUpgradingCompletionHandler: { channel in
                channel.eventLoop.makeCompletedFuture {
                    let status = channel.eventLoop.makePromise(of: Int.self)
                    try channel.pipeline.syncOperations.addHandler(RefusalReader(status: status))
                    return .refused(status.futureResult)
                }
            }
        )
        return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(
            configuration: .init(upgradeConfiguration: configuration)
        )
    }
}

/// Reads the status of an answer that is not an upgrade, and ends the connection.
private final class RefusalReader: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let status: EventLoopPromise<Int>
    private var isAnswered = false

    init(status: EventLoopPromise<Int>) {
        self.status = status
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let head) = unwrapInboundIn(data) else { return }
        answer(Int(head.status.code))
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        answer(0)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        answer(0)
        context.close(promise: nil)
    }

    private func answer(_ code: Int) {
        guard !isAnswered else { return }
        isAnswered = true
        status.succeed(code)
    }
}
