import Calls
import Logging
import NIOCore
import Telemetry
import Twilio

/// One media stream, from the 101 to the end of its connection, wholly on the event loop.
///
/// Frames are taken apart where they were read, unmasked into a buffer that is kept, scanned there and handed to the
/// call's ears; a frame of sound allocates nothing. What is to be sent within one turn leaves in one write. Whatever the
/// far end does ends at most this stream: every loop is bounded and every error is this handler's own (requirement J12).
final class MediaSocketHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        /// Nothing but `connected` may come before `start`.
        case awaitingStart
        /// `MediaSessions.open` is deciding.
        case opening(HeldStream, Task<Void, Never>)
        case running(any CallEars)
        /// Our close frame is out; only the far end's is still of interest.
        case closing
        case over
    }

    private let sessions: any MediaSessions
    private let configuration: MediaSocketConfiguration
    private let figures: MediaFigures
    private var logger: Logger

    private var phase = Phase.awaitingStart
    private var context: ChannelHandlerContext?
    /// Why the stream ended, once it has.
    private var end: StreamEnd?
    private var isCounted = false

    /// The beginning of a frame whose rest has not come.
    private var incomplete = ByteBuffer()
    private var scratch = Scratch()
    private var fragments = Fragments()
    private var decoder = MediaStreamDecoder()
    private var watch = SequenceWatch()
    private var nonsense = 0
    private var uncountedMessages = 0

    private var line: SocketLine?
    private var encoder: MediaStreamEncoder?
    private var outbound = ByteBuffer()
    private var newestGeneration = Int.min
    private var heldAlarms: [LineCommand] = []
    private var isReading = false

    private var lastHeard = NIODeadline.uptimeNanoseconds(0)
    private var timer: Scheduled<Void>?

    init(
        sessions: any MediaSessions,
        configuration: MediaSocketConfiguration,
        figures: MediaFigures,
        logger: Logger
    ) {
        self.sessions = sessions
        self.configuration = configuration
        self.figures = figures
        self.logger = logger
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        figures.active.add(1)
        isCounted = true
        lastHeard = context.eventLoop.now
        setOptions(context)
        schedule(in: configuration.startTimeout, context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        finish(.lost)
        timer?.cancel()
        self.context = nil
        phase = .over
        scratch.release()
    }

    private func setOptions(_ context: ChannelHandlerContext) {
        guard let options = context.channel.syncOptions else { return }
        let sizes = AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 1_024, maximum: 16_384)
        let marks = ChannelOptions.Types.WriteBufferWaterMark(
            low: configuration.outboundLimit / 2,
            high: configuration.outboundLimit
        )
        do {
            try options.setOption(.recvAllocator, value: sizes)
            try options.setOption(.writeBufferWaterMark, value: marks)
        } catch {
            // A channel that refuses its options is closed already and says so by itself.
            logger.debug("media socket options not set", metadata: ["error.type": "\(type(of: error))"])
        }
    }

    // MARK: Bytes to frames

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .over = phase { return }
        lastHeard = context.eventLoop.now
        isReading = true
        var bytes = Self.unwrapInboundIn(data)
        if incomplete.readableBytes > 0 {
            incomplete.writeBuffer(&bytes)
            swap(&incomplete, &bytes)
            incomplete = ByteBuffer()
        }
        let consumed = bytes.withUnsafeReadableBytes { consume($0) }
        bytes.moveReaderIndex(forwardBy: consumed)
        // Copied, so that the buffer the socket reads into is free for the next read.
        if bytes.readableBytes > 0 { incomplete = ByteBuffer(bytes: bytes.readableBytesView) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        flushOutbound()
    }

    private func consume(_ bytes: UnsafeRawBufferPointer) -> Int {
        var position = 0
        do {
            while position < bytes.count {
                if case .over = phase { return bytes.count }
                let rest = UnsafeRawBufferPointer(rebasing: bytes[position...])
                guard let header = try WebSocketWire.header(rest), rest.count >= header.frameLength else { break }
                let masked = UnsafeRawBufferPointer(rebasing: rest[header.headerLength..<header.frameLength])
                let target = scratch.space(for: header.payloadLength)
                WebSocketWire.unmask(masked, header.mask, into: target)
                take(header, UnsafeRawBufferPointer(rebasing: target[..<header.payloadLength]))
                position += header.frameLength
            }
        } catch {
            switch error {
            case .malformed: refuse("malformed_frame", .protocolError)
            case .tooLarge: refuse("frame_too_large", .messageTooLarge)
            }
            return bytes.count
        }
        return position
    }

    private func take(_ header: WebSocketWire.Header, _ payload: UnsafeRawBufferPointer) {
        switch header.opcode {
        case .close: closedByPeer(payload)
        case .ping:
            outbound.writeControlFrame(.pong, payload: payload)
            flushUnlessReading()
        case .pong: break
        case .text, .binary, .continuation: takeData(header, payload)
        }
    }

    private func takeData(_ header: WebSocketWire.Header, _ payload: UnsafeRawBufferPointer) {
        if case .closing = phase { return }
        if header.isFinal, header.opcode != .continuation, !fragments.isOpen {
            takeMessage(isText: header.opcode == .text, payload)
            return
        }
        do throws(WebSocketWire.Violation) {
            guard let message = try fragments.add(header, payload) else { return }
            message.bytes.withUnsafeBytes { takeMessage(isText: message.isText, $0) }
        } catch {
            switch error {
            case .malformed: refuse("malformed_fragments", .protocolError)
            case .tooLarge: refuse("message_too_large", .messageTooLarge)
            }
        }
    }

    // MARK: Messages

    private func takeMessage(isText: Bool, _ bytes: UnsafeRawBufferPointer) {
        uncountedMessages += 1
        guard isText else { return tolerate(.binary, code: "binary_message") }
        do throws(MediaStreamError) {
            try takeEvent(decoder.decode(bytes))
        } catch {
            tolerate(error == .invalidBase64 ? .invalidBase64 : .malformed, code: error.rawValue)
        }
    }

    private func takeEvent(_ event: MediaStreamEvent) {
        switch event {
        case .media(let timestampMs, let sequence, _, _): takeSound(atMs: timestampMs, sequence: sequence)
        case .connected: break
        case .start(let start): takeStart(start)
        case .dtmf(let digit):
            watch.noteOther()
            deliver(.digit(digit))
        case .mark(let name):
            watch.noteOther()
            deliver(.mark(name))
        case .stop:
            finish(.stopped)
            close(.normal)
        case .unknown: figures.count(.unknownEvent)
        }
    }

    private func takeSound(atMs: Int, sequence: Int?) {
        switch watch.note(sequence: sequence, timestampMs: atMs) {
        case .inOrder: break
        case .gap: figures.count(.gap)
        case .disorder: figures.count(.repetition)
        case .repetition: return figures.count(.repetition)
        }
        switch phase {
        case .running(let ears):
            decoder.withPayload { ears.heard($0, atMs: atMs) }
        case .opening(var held, let task):
            // Taken out while it is changed, so that its storage is not copied.
            phase = .closing
            let dropped = decoder.withPayload { held.hold($0, atMs: atMs) }
            phase = .opening(held, task)
            if dropped > 0 { figures.count(.droppedSound, dropped) }
        case .awaitingStart: refuse("media_before_start", .policyViolation)
        case .closing, .over: break
        }
    }

    private func deliver(_ item: HeldStream.Item) {
        switch phase {
        case .running(let ears): Self.deliver(item, to: ears)
        case .opening(var held, let task):
            held.hold(item)
            phase = .opening(held, task)
        case .awaitingStart: refuse("event_before_start", .policyViolation)
        case .closing, .over: break
        }
    }

    private static func deliver(_ item: HeldStream.Item, to ears: any CallEars) {
        switch item {
        case .sound(let bytes, let atMs): bytes.withUnsafeBytes { ears.heard($0, atMs: atMs) }
        case .mark(let name): ears.played(mark: name)
        case .digit(let digit): ears.pressed(digit)
        }
    }

    /// Before `start` nothing is tolerated: whoever is there has not said which call it is.
    private func tolerate(_ irregularity: MediaFigures.Irregularity, code: String) {
        figures.count(irregularity)
        nonsense += 1
        if case .awaitingStart = phase {
            refuse(code, .policyViolation)
        } else if nonsense > configuration.nonsenseLimit {
            refuse("too_much_nonsense", .policyViolation)
        }
    }

    // MARK: Opening

    private func takeStart(_ start: StreamStart) {
        guard case .awaitingStart = phase, let context else { return refuse("second_start", .policyViolation) }
        logger[metadataKey: "call.sid"] = "\(start.callSid)"
        logger[metadataKey: "stream.sid"] = "\(start.streamSid)"
        encoder = MediaStreamEncoder(streamSid: start.streamSid)
        let opening = StreamOpening(
            streamSid: start.streamSid,
            accountSid: start.accountSid,
            callSid: start.callSid,
            parameters: start.parameters
        )
        let line = SocketLine(handler: self, eventLoop: context.eventLoop, limit: configuration.outboundLimit)
        self.line = line
        let eventLoop = context.eventLoop
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        // Owned by the phase: cancelled when the stream ends or the time for the decision is over.
        let task = Task { [sessions] in
            let decision = await sessions.open(opening, line: line)
            eventLoop.execute { bound.value.decided(decision) }
        }
        phase = .opening(HeldStream(soundLimit: configuration.heldSoundLimit), task)
        schedule(in: configuration.openTimeout, context)
    }

    private func decided(_ decision: StreamDecision) {
        switch (decision, phase) {
        case (.accepted(let makeEars), .opening(let held, _)):
            run(makeEars(), held)
        case (.accepted(let makeEars), _):
            // The stream ended while it was being opened: the call learns it as any other would.
            makeEars().ended(end ?? .lost)
        case (.refused(let code), .opening): refuse(code, .policyViolation)
        case (.refused, _): break
        }
    }

    private func run(_ ears: any CallEars, _ held: HeldStream) {
        phase = .running(ears)
        let alarms = heldAlarms
        heldAlarms = []
        for alarm in alarms { perform(alarm) }
        for item in held.items {
            // Ears may ask for the end at any frame.
            guard case .running(let ears) = phase else { break }
            Self.deliver(item, to: ears)
        }
        if let context {
            lastHeard = context.eventLoop.now
            schedule(in: configuration.silenceTimeout, context)
        }
        flushUnlessReading()
    }

    // MARK: Commands

    /// On the event loop. A `clear` among the commands silences the older sound that waits before it as well.
    func perform(_ commands: [LineCommand]) {
        for case .clear(let generation) in commands { newestGeneration = max(newestGeneration, generation) }
        for command in commands { perform(command) }
        flushUnlessReading()
    }

    private func perform(_ command: LineCommand) {
        guard end == nil, let encoder else { return }
        switch command {
        case .play(let audio, let generation):
            guard generation >= newestGeneration, !audio.isEmpty else { return }
            outbound.writeTextFrame(expecting: audio.count / 3 * 4 + 120) { encoder.media(audio, into: &$0) }
        case .mark(let name, let generation):
            guard generation >= newestGeneration else { return }
            outbound.writeTextFrame(expecting: name.utf8.count + 88) { encoder.mark(name, into: &$0) }
        case .clear:
            outbound.writeTextFrame(expecting: 70) { encoder.clear(into: &$0) }
        case .alarm(let id, let atMs):
            alarm(command) { $0.setAlarm(id: id, atMs: atMs) }
        case .cancelAlarm(let id):
            alarm(command) { $0.cancelAlarm(id: id) }
        case .close:
            finish(.closedByUs)
            close(.normal)
        }
    }

    private func alarm(_ command: LineCommand, _ set: (any CallEars) -> Void) {
        if case .running(let ears) = phase {
            set(ears)
        } else if heldAlarms.count < HeldStream.eventLimit {
            heldAlarms.append(command)
        }
    }

    private func flushUnlessReading() {
        if !isReading { flushOutbound() }
    }

    private func flushOutbound() {
        guard outbound.readableBytes > 0, let context else { return }
        context.writeAndFlush(Self.wrapOutboundOut(outbound), promise: nil)
        if outbound.capacity > 4_096 {
            outbound = ByteBuffer()
        } else {
            outbound.clear()
        }
    }

    // MARK: The end

    func outboundOverflowed() {
        abandon("outbound_overflow")
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if !context.channel.isWritable { abandon("outbound_overflow") }
        context.fireChannelWritabilityChanged()
    }

    /// The far end does not take what it is sent, so that a close frame would not arrive either.
    private func abandon(_ reason: String) {
        guard end == nil else { return }
        logger.warning("media stream abandoned", metadata: ["reason": "\(reason)"])
        finish(.lost)
        phase = .over
        context?.close(promise: nil)
    }

    private func refuse(_ code: String, _ closeCode: WebSocketCloseCode) {
        guard end == nil else { return }
        logger.warning("media stream refused", metadata: ["reason": "\(code)"])
        finish(.protocolError(code))
        close(closeCode, reason: code)
    }

    private func closedByPeer(_ payload: UnsafeRawBufferPointer) {
        if case .closing = phase {
        } else {
            finish(.closedByPeer)
            outbound.writeControlFrame(.close, payload: payload.prefix(2))
        }
        phase = .over
        isReading = false
        flushOutbound()
        context?.close(promise: nil)
    }

    /// Says goodbye and waits a little for the far end to do the same.
    private func close(_ code: WebSocketCloseCode, reason: String = "") {
        guard let context else { return }
        switch phase {
        case .closing, .over: return
        case .awaitingStart, .opening, .running: break
        }
        phase = .closing
        outbound.writeCloseFrame(code, reason: reason)
        flushUnlessReading()
        schedule(in: configuration.closeTimeout, context)
    }

    /// Tells the call and the figures, once.
    private func finish(_ reason: StreamEnd) {
        guard end == nil else { return }
        end = reason
        line?.end()
        line = nil
        let last = phase
        switch last {
        case .running(let ears): ears.ended(reason)
        case .opening(_, let task): task.cancel()
        case .awaitingStart, .closing, .over: break
        }
        figures.messages.increment(by: uncountedMessages)
        figures.count(reason)
        if isCounted { figures.active.add(-1) }
        logger.info("media stream ended", metadata: ["outcome": "\(reason.word)"])
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            finish(.closedByUs)
            close(.goingAway)
        } else if let event = event as? ChannelEvent, event == .inputClosed {
            // Without a close frame, but in an orderly way.
            finish(.closedByPeer)
            phase = .over
            context.close(promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(.lost)
        phase = .over
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(.lost)
        phase = .over
        context.close(promise: nil)
    }

    // MARK: Time

    private func schedule(in patience: TimeAmount, _ context: ChannelHandlerContext) {
        timer?.cancel()
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: patience) { bound.value.timerFired() }
    }

    private func timerFired() {
        timer = nil
        guard let context else { return }
        switch phase {
        case .awaitingStart: refuse("no_start", .policyViolation)
        case .opening: refuse("opening_took_too_long", .unexpectedError)
        case .running: listenForLife(context)
        case .closing, .over: context.close(promise: nil)
        }
    }

    /// Set once for each stretch of silence, not anew for each frame.
    private func listenForLife(_ context: ChannelHandlerContext) {
        figures.messages.increment(by: uncountedMessages)
        uncountedMessages = 0
        let silentUntil = lastHeard + configuration.silenceTimeout
        if context.eventLoop.now >= silentUntil {
            abandon("silence")
        } else {
            schedule(in: silentUntil - context.eventLoop.now, context)
        }
    }
}
