import Foundation
import NIOCore
import NIOPosix

/// Asks a bench server what it holds.
enum StatsRequest {
    struct Stats: Decodable, Equatable {
        let sessions: Int
    }

    /// - Throws: if the server cannot be reached or does not answer within two seconds.
    static func send(port: Int, on eventLoop: any EventLoop) async throws -> Stats {
        let answer = eventLoop.makePromise(of: ByteBuffer.self)
        let timeout = eventLoop.scheduleTask(in: .seconds(2)) { answer.fail(Unanswered()) }
        ClientBootstrap(group: eventLoop)
            .connectTimeout(.seconds(2))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(StatsHandler(answer: answer))
                }
            }
            .connect(host: "127.0.0.1", port: port)
            .cascadeFailure(to: answer)
        let response = try await answer.futureResult.always { _ in timeout.cancel() }.get()
        guard let body = String(buffer: response).split(separator: "\r\n\r\n").last else { throw Unanswered() }
        return try JSONDecoder().decode(Stats.self, from: Data(body.utf8))
    }

    struct Unanswered: Error {}
}

/// Sends one request and takes everything until the server closes for the answer.
private final class StatsHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answer: EventLoopPromise<ByteBuffer>
    private var received = ByteBuffer()

    init(answer: EventLoopPromise<ByteBuffer>) {
        self.answer = answer
    }

    func channelActive(context: ChannelHandlerContext) {
        let request = ByteBuffer(string: "GET /stats HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        context.writeAndFlush(Self.wrapOutboundOut(request), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = Self.unwrapInboundIn(data)
        received.writeBuffer(&bytes)
    }

    func channelInactive(context: ChannelHandlerContext) {
        answer.succeed(received)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        answer.fail(error)
        context.close(promise: nil)
    }
}
