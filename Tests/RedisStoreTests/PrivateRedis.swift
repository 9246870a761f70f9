import Foundation
import Kernel
import Logging
import NIOCore
import NIOPosix
import RedisStore
import Telemetry

/// The Redis of this test run, if there is one. Nothing in it is flushed: each test uses keys nobody else has.
enum GivenRedis {
    static let url = ProcessInfo.processInfo.environment["REDIS_URL"]

    static func client(_ configuration: RedisConfiguration = RedisConfiguration()) throws -> Redis {
        Redis(
            url: try RedisURL(url ?? ""),
            configuration: configuration,
            metrics: Metrics(),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
    }

    static func key(_ parts: String...) -> CanonicalKey {
        CanonicalKey(.platform, "test", UUID().uuidString, parts.joined())
    }
}

/// A server that answers as the test says, on a Unix socket of its own.
final class ScriptedRedis: Sendable {
    let path: String
    private let channel: any Channel

    /// - Parameter answer: gets what one read brought and returns what to write; nil closes the connection.
    init(path: String? = nil, answer: @escaping @Sendable (String) -> String?) async throws {
        let path = path ?? NSTemporaryDirectory() + "va-\(UUID().uuidString.prefix(8)).sock"
        self.path = path
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Answering(answer: answer))
                }
            }
            .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
    }

    func client(_ configuration: RedisConfiguration = RedisConfiguration()) throws -> Redis {
        Redis(
            url: try RedisURL("unix://\(path)"),
            configuration: configuration,
            metrics: Metrics(),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
    }

    func close() async throws {
        try await channel.close()
    }

    private final class Answering: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        let answer: @Sendable (String) -> String?

        init(answer: @escaping @Sendable (String) -> String?) {
            self.answer = answer
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            if let text = answer(String(buffer: Self.unwrapInboundIn(data))) {
                context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
            } else {
                context.close(promise: nil)
            }
        }
    }
}
