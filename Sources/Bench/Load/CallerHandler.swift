import NIOCore

/// One caller's connection: the handshake, the frames of the script, and the playout of what comes back.
final class CallerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        case shakingHands
        case talking
        /// `stop` is out.
        case leaving
        case over
    }

    private let port: Int
    private let sounds: CallerSounds
    private let book: TallyBook
    private let opened: EventLoopPromise<Void>
    private let closed: EventLoopPromise<Void>
    private var phase = Phase.shakingHands
    private var context: ChannelHandlerContext?
    private var messages: CarrierMessages
    private var script: CallerScript
    private var playout = PlayoutClock()
    private var inbound = ByteBuffer()
    private var outbound = ByteBuffer()

    /// - Parameters:
    ///   - opened: kept once the server has agreed to the WebSocket, broken if it has not.
    ///   - closed: kept when the connection is over.
    init(
        call: Int,
        plan: LoadPlan,
        sounds: CallerSounds,
        book: TallyBook,
        opened: EventLoopPromise<Void>,
        closed: EventLoopPromise<Void>
    ) {
        port = plan.port
        self.sounds = sounds
        self.book = book
        self.opened = opened
        self.closed = closed
        messages = CarrierMessages(call: call)
        // Callers begin anywhere in the 2.2 s that a turn takes.
        script = CallerScript(restingFrames: call * 37 % 110, expectsAnswers: plan.expectsAnswers)
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        outbound.writeString(
            "GET /media HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        flush()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    // MARK: Out

    /// Sends the next frame of the script, and the marks that have been played by now.
    func sendFrame(at now: Int64) {
        guard case .talking = phase else { return }
        for name in playout.due(at: now) { messages.mark(name, into: &outbound) }
        let sound = script.nextFrame(at: now, &book.tally)
        messages.media(sounds.payload(of: sound), into: &outbound)
        book.tally.framesSent += 1
        flush()
    }

    func stop() {
        guard case .talking = phase else { return }
        phase = .leaving
        messages.stop(into: &outbound)
        flush()
    }

    func abandon() {
        context?.close(promise: nil)
    }

    private func flush() {
        guard outbound.readableBytes > 0, let context else { return }
        context.writeAndFlush(Self.wrapOutboundOut(outbound), promise: nil)
        outbound.clear()
    }

    // MARK: In

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = Self.unwrapInboundIn(data)
        inbound.writeBuffer(&bytes)
        if case .shakingHands = phase { finishHandshake(context) }
        if case .shakingHands = phase { return }
        let now = Int64(NIODeadline.now().uptimeNanoseconds)
        while let frame = ServerFrame(from: &inbound) { take(frame, at: now) }
        inbound.discardReadBytes()
        flush()
    }

    private func finishHandshake(_ context: ChannelHandlerContext) {
        let end = inbound.withUnsafeReadableBytes { bytes in
            bytes.indices.dropLast(3).first { bytes[$0..<$0 + 4].elementsEqual("\r\n\r\n".utf8) }
        }
        guard let end, let head = inbound.readString(length: end + 4) else { return }
        guard head.hasPrefix("HTTP/1.1 101 ") else {
            phase = .over
            opened.fail(HandshakeRefused(answer: String(head.prefix { $0 != "\r\n" })))
            context.close(promise: nil)
            return
        }
        phase = .talking
        messages.open(into: &outbound)
        flush()
        opened.succeed()
    }

    private func take(_ frame: ServerFrame, at now: Int64) {
        switch frame.opcode {
        case ServerFrame.text: takeMessage(frame.payload, at: now)
        case ServerFrame.close:
            if case .talking = phase { book.tally.lostCalls += 1 }
            phase = .over
            // The close of RFC 6455, 5.5.1, masked with zero, without a reason.
            outbound.writeBytes([0x88, 0x80, 0, 0, 0, 0])
        default: break
        }
    }

    private func takeMessage(_ payload: ByteBuffer, at now: Int64) {
        guard let message = payload.withUnsafeReadableBytes({ ServerMessage($0) }) else { return }
        switch message {
        case .media(let bytes):
            playout.play(bytes: bytes, at: now)
            if case .talking = phase { script.heardSound(at: now, &book.tally) }
        case .mark(let name):
            playout.mark(name, at: now)
        case .clear:
            if case .talking = phase { script.heardClear(at: now, &book.tally) }
            for name in playout.clear(at: now) { messages.mark(name, into: &outbound) }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        switch phase {
        case .shakingHands: opened.fail(HandshakeRefused(answer: "connection closed"))
        case .talking: book.tally.lostCalls += 1
        case .leaving, .over: break
        }
        phase = .over
        closed.succeed()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

/// What all callers of one load write into; used on their event loop alone.
final class TallyBook {
    var tally = Tally()
}

/// The server did not agree to the WebSocket.
struct HandshakeRefused: Error, CustomStringConvertible {
    let answer: String

    var description: String { "handshake refused: \(answer)" }
}
