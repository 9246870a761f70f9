import Foundation
import NIOCore
import NIOWebSocket

/// The telephone's end of a media stream, wholly on the socket's event loop: a clock of 20 ms frames that plays what the
/// agent has sent, lets the caller hear it, and sends what the caller says.
final class StreamPhone: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    struct Setup: Sendable {
        let streamSid: String
        let callSid: String
        let accountSid: String
        let parameters: [String: String]
        let pace: Double
        let turnGapMs: Int
        let limitMs: Int
        let dropAfterMs: Int?
        let orders: CallOrders
    }

    enum End: Sendable, Equatable {
        case callerHungUp
        /// The agent closed the socket in an orderly way.
        case closed
        /// The socket broke.
        case broken
        case dropped
        case ordered(CallOrder)
        case limit
        /// The agent sent what the carrier does not take.
        case protocolError
    }

    struct Result: Sendable {
        let state: LineState
        let stream: DialReport.Stream
        let end: End
    }

    /// Real time between two ticks of the clock.
    private let period: TimeAmount
    /// Frames that a tick sends at most. What a stalled or overloaded machine cannot send in time is not caught up: the
    /// audio clock stands still instead, so that the far end keeps pace with it.
    private let framesPerTick: Int

    private let setup: Setup
    private let done: EventLoopPromise<Result>
    private var state: LineState
    private var stream: DialReport.Stream
    private var writer: MediaStreamWriter
    private var playout = PlayoutBuffer()
    private var listener: LineListener
    private var lastTurn = ""
    private let startMs: Int
    private var frames = 0
    private var clockStart = NIODeadline.now()
    private var clock: Scheduled<Void>?
    private var isOver = false

    init(setup: Setup, state: LineState, done: EventLoopPromise<Result>) {
        self.setup = setup
        self.state = state
        self.done = done
        startMs = state.callMs
        let frame = 20_000_000 / setup.pace
        period = .nanoseconds(max(1_000_000, Int64(frame)))
        framesPerTick = max(2, Int((2_000_000 / frame).rounded(.up)))
        listener = LineListener(originMs: state.callMs)
        writer = MediaStreamWriter(
            streamSid: setup.streamSid,
            callSid: setup.callSid,
            accountSid: setup.accountSid
        )
        stream = DialReport.Stream(
            sid: setup.streamSid,
            startMs: state.callMs,
            audioMs: 0,
            firstSoundMs: nil,
            clears: 0,
            marks: 0,
            agentMessages: 0,
            droppedFrames: 0,
            end: ""
        )
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is WebSocketClient.Opened else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        begin(context)
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard !isOver else { return }
        do {
            send(MediaStreamWriter.connected, context)
            send(try writer.start(parameters: setup.parameters), context)
            context.flush()
        } catch {
            finish(.protocolError, context)
            return
        }
        clockStart = .now()
        scheduleTick(after: period, context)
    }

    /// The event loop serves sockets only when no task is due. So the next tick waits three times as long as this one
    /// was late: with more calls than the machine can carry, the audio clocks slow down and the sockets are still served.
    private func scheduleTick(after delay: TimeAmount, _ context: ChannelHandlerContext) {
        let due = NIODeadline.now() + delay
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        clock = context.eventLoop.scheduleTask(deadline: due) { [period] in
            let (phone, context) = bound.value
            let lateness = NIODeadline.now() - due
            phone.tick(context)
            if !phone.isOver { phone.scheduleTick(after: period + lateness * 3, context) }
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        finish(.broken, context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(.broken, context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(.broken, context)
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        guard !isOver else { return }
        switch frame.opcode {
        case .text:
            hear(Data(frame.unmaskedData.readableBytesView), context)
        case .ping:
            write(WebSocketFrame(fin: true, opcode: .pong, maskKey: .random(), data: frame.unmaskedData), context)
            context.flush()
        case .connectionClose:
            var data = frame.unmaskedData
            let code = data.readSlice(length: min(2, data.readableBytes)) ?? ByteBuffer()
            finish(.closed, context)
            close(code, context)
        case .binary:
            refuse("binary message", context)
        default:
            break
        }
    }

    private func hear(_ text: Data, _ context: ChannelHandlerContext) {
        stream.agentMessages += 1
        do throws(FarMessage.Refusal) {
            switch try FarMessage.read(text, streamSid: setup.streamSid) {
            case .media(let sound):
                if !playout.append(sound) { state.problem("Der Agent hat mehr als zehn Minuten Ton vorausgeschickt") }
            case .mark(let name):
                playout.append(mark: name)
            case .clear:
                clear(context)
            }
        } catch {
            refuse(error.reason, context)
        }
    }

    private func clear(_ context: ChannelHandlerContext) {
        stream.clears += 1
        let wasPlaying = !playout.isEmpty
        for mark in playout.clear() { sendMark(mark, context) }
        context.flush()
        if wasPlaying {
            endTurn(interrupted: true)
            state.noteClear()
        }
    }

    private func refuse(_ reason: String, _ context: ChannelHandlerContext) {
        state.problem("Der Medienstrom wurde beendet (31951): \(reason)")
        stop(.protocolError, context)
    }

    private func tick(_ context: ChannelHandlerContext) {
        guard !isOver else { return }
        let elapsed = Double((NIODeadline.now() - clockStart).nanoseconds) * setup.pace / 20_000_000
        var due = Int(elapsed) - frames
        if due > framesPerTick {
            let standstill = Double(due - framesPerTick) * 20_000_000 / setup.pace
            clockStart = clockStart + .nanoseconds(Int64(standstill))
            due = framesPerTick
        }
        while due > 0, !isOver {
            passFrame(context)
            due -= 1
        }
        if !isOver { context.flush() }
    }

    private func passFrame(_ context: ChannelHandlerContext) {
        let timestampMs = frames * LineState.frameMs
        frames += 1
        let (sound, _, marks) = playout.play()
        let isAudible = listener.hear(sound)
        for mark in marks { sendMark(mark, context) }
        if isAudible, stream.firstSoundMs == nil { stream.firstSoundMs = timestampMs }
        let nowMs = startMs + timestampMs
        if listener.hasSegment, nowMs - listener.lastSoundMs >= setup.turnGapMs - LineState.frameMs {
            endTurn(interrupted: false)
        }
        let heard = listener.hasSegment ? listener.text : lastTurn
        let step = state.advance(isAudible: isAudible, lastTurn: heard)
        if context.channel.isWritable {
            let silence = [UInt8](repeating: MuLaw.silence, count: PlayoutBuffer.frameSize)
            send(writer.media(step.frame ?? silence, timestampMs: timestampMs), context)
            for key in step.keys { send(writer.dtmf(key), context) }
        } else {
            stream.droppedFrames += 1
        }
        if step.hangsUp {
            stop(.callerHungUp, context)
        } else if let order = setup.orders.take() {
            stop(.ordered(order), context)
        } else if let drop = setup.dropAfterMs, state.callMs >= drop {
            finish(.dropped, context)
            context.close(promise: nil)
        } else if state.callMs >= setup.limitMs {
            stop(.limit, context)
        }
    }

    private func endTurn(interrupted: Bool) {
        guard let segment = listener.endSegment() else { return }
        lastTurn = segment.text
        state.write(.agent, segment.text, from: segment.startMs, to: segment.endMs, interrupted: interrupted)
    }

    private func sendMark(_ name: String, _ context: ChannelHandlerContext) {
        stream.marks += 1
        do {
            send(try writer.mark(name), context)
        } catch {
            refuse("mark cannot be returned", context)
        }
    }

    /// The carrier ends the stream: `stop`, then the closing handshake.
    private func stop(_ end: End, _ context: ChannelHandlerContext) {
        guard !isOver else { return }
        send(writer.stop(), context)
        finish(end, context)
        var code = ByteBuffer()
        code.write(webSocketErrorCode: .normalClosure)
        close(code, context)
    }

    private func finish(_ end: End, _ context: ChannelHandlerContext) {
        guard !isOver else { return }
        isOver = true
        clock?.cancel()
        clock = nil
        endTurn(interrupted: !playout.isEmpty)
        stream.audioMs = frames * LineState.frameMs
        stream.end =
            switch end {
            case .callerHungUp, .ordered, .limit, .protocolError: "stopped"
            case .closed: "closed"
            case .broken: "broken"
            case .dropped: "dropped"
            }
        done.succeed(Result(state: state, stream: stream, end: end))
    }

    private func send(_ text: String, _ context: ChannelHandlerContext) {
        write(
            WebSocketFrame(fin: true, opcode: .text, maskKey: .random(), data: ByteBuffer(string: text)),
            context
        )
    }

    private func write(_ frame: WebSocketFrame, _ context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(frame), promise: nil)
    }

    /// The closing handshake, and the end of the connection once it is written.
    private func close(_ code: ByteBuffer, _ context: ChannelHandlerContext) {
        let flushed = context.eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        flushed.futureResult.whenComplete { _ in bound.value.close(promise: nil) }
        let frame = WebSocketFrame(fin: true, opcode: .connectionClose, maskKey: .random(), data: code)
        context.writeAndFlush(wrapOutboundOut(frame), promise: flushed)
    }
}
