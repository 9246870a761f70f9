import Foundation
import Kernel
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
import TestSupport

@testable import App
@testable import Sandbox

extension CarrierHand.Answer {
    /// The token in the stream's parameter.
    var mediaToken: String? {
        body.firstMatch(of: /<Parameter name="token" value="([^"]+)"/).map { String($0.1) }
    }
}

/// Opens media streams as whoever has got hold of something would.
struct MediaHand: Sendable {
    enum Outcome: Sendable, Equatable {
        /// The handshake was refused with this status.
        case notOpened(Int)
        /// The far end closed without a sound.
        case shut
        /// The agent spoke.
        case answered
        /// Neither within a few seconds.
        case nothing
    }

    let stage: Stage

    init(_ stage: Stage) {
        self.stage = stage
    }

    /// Connects, sends `start` with the token, and tells what came first. The socket is closed then.
    ///
    /// - Parameter signature: nil for the right one; empty for none.
    func talk(_ callSid: String, _ token: String?, signature: String? = nil) async throws -> Outcome {
        let url = "ws://127.0.0.1:\(stage.config.port)/media"
        let right = CarrierSignature.sign(url: url, token: stage.account.authToken.reveal())
        let signature = signature ?? right
        let address = WebSocketClient.Address(
            host: "127.0.0.1",
            port: stage.config.port,
            target: "/media",
            authority: "127.0.0.1:\(stage.config.port)"
        )
        var writer = MediaStreamWriter(
            streamSid: CarrierSid.make("MZ"),
            callSid: callSid,
            accountSid: stage.account.sid
        )
        let opening = [
            MediaStreamWriter.connected, try writer.start(parameters: token.map { ["token": $0] } ?? [:]),
            writer.media([UInt8](repeating: 0xff, count: 160), timestampMs: 0),
        ]
        let group = MultiThreadedEventLoopGroup.singleton
        let outcome = group.any().makePromise(of: Outcome.self)
        do {
            try await WebSocketClient.connect(
                to: address,
                headers: signature.isEmpty ? [] : [("X-Twilio-Signature", signature)],
                on: group,
                makeHandler: { FirstAnswer(opening: opening, outcome: outcome) }
            )
        } catch {
            outcome.fail(error)
            if case .refused(let status) = error { return .notOpened(status) }
            throw error
        }
        return try await outcome.futureResult.get()
    }
}

/// Sends what it is given and waits for the first sound or the end.
private final class FirstAnswer: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private let opening: [String]
    private let outcome: EventLoopPromise<MediaHand.Outcome>
    private var timer: Scheduled<Void>?

    init(opening: [String], outcome: EventLoopPromise<MediaHand.Outcome>) {
        self.opening = opening
        self.outcome = outcome
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is WebSocketClient.Opened else { return context.fireUserInboundEventTriggered(event) }
        for text in opening {
            let frame = WebSocketFrame(
                fin: true,
                opcode: .text,
                maskKey: .random(),
                data: ByteBuffer(string: text)
            )
            context.write(wrapOutboundOut(frame), promise: nil)
        }
        context.flush()
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: .seconds(8)) {
            let (handler, context) = bound.value
            handler.finish(.nothing, context)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        switch frame.opcode {
        case .text where String(buffer: frame.unmaskedData).contains(#""media""#): finish(.answered, context)
        case .connectionClose: finish(.shut, context)
        default: break
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(.shut, context)
    }

    private func finish(_ result: MediaHand.Outcome, _ context: ChannelHandlerContext) {
        timer?.cancel()
        outcome.succeed(result)
        context.close(promise: nil)
    }
}
