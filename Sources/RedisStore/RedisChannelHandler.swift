import DequeModule
import NIOCore

/// One connection's protocol: commands out, replies back in the same order, each within its time.
final class RedisChannelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private struct Waiting {
        let promise: EventLoopPromise<RESPValue>
        let deadline: NIODeadline
    }

    private let inFlightLimit: Int
    private let onMessage: (RESPValue) -> Void
    private let onClose: () -> Void
    private var decoder = RESPDecoder()
    private var waiting = Deque<Waiting>()
    private var context: ChannelHandlerContext?
    private var flushIsDue = false
    private var timer: Scheduled<Void>?

    /// - Parameters:
    ///   - onMessage: gets what arrives without a command waiting for it: the messages of subscribed channels.
    ///   - onClose: called once, after every waiting command has failed.
    init(inFlightLimit: Int, onMessage: @escaping (RESPValue) -> Void, onClose: @escaping () -> Void) {
        self.inFlightLimit = inFlightLimit
        self.onMessage = onMessage
        self.onClose = onClose
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        fail(.unavailable)
        self.context = nil
        timer?.cancel()
        timer = nil
    }

    /// Writes an encoded command. Several within one turn of the event loop leave in one segment.
    func send(_ command: ByteBuffer, deadline: NIODeadline, promise: EventLoopPromise<RESPValue>) {
        guard let context else { return promise.fail(RedisError.unavailable) }
        guard waiting.count < inFlightLimit else { return promise.fail(RedisError.overloaded) }
        waiting.append(Waiting(promise: promise, deadline: deadline))
        context.write(Self.wrapOutboundOut(command), promise: nil)
        flushSoon(context)
        watch(context)
    }

    /// Writes a command whose reply comes as a message.
    func sendWithoutReply(_ command: ByteBuffer) {
        guard let context else { return }
        context.write(Self.wrapOutboundOut(command), promise: nil)
        flushSoon(context)
    }

    func close() {
        context?.close(promise: nil)
    }

    private func flushSoon(_ context: ChannelHandlerContext) {
        guard !flushIsDue else { return }
        flushIsDue = true
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.execute {
            let (handler, context) = bound.value
            handler.flushIsDue = false
            context.flush()
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = Self.unwrapInboundIn(data)
        decoder.feed(&bytes)
        do {
            while let value = try decoder.next() {
                if isMessage(value) {
                    onMessage(value)
                } else if let first = waiting.popFirst() {
                    first.promise.succeed(value)
                } else {
                    onMessage(value)
                }
            }
        } catch {
            context.close(promise: nil)
        }
    }

    private func isMessage(_ value: RESPValue) -> Bool {
        guard let kind = value.elements?.first?.text else { return false }
        return kind == "message" || kind == "subscribe" || kind == "unsubscribe" || kind == "pong"
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(.unavailable)
        context.fireChannelInactive()
        onClose()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func fail(_ error: RedisError) {
        while let first = waiting.popFirst() { first.promise.fail(error) }
    }

    private func watch(_ context: ChannelHandlerContext) {
        guard timer == nil, let first = waiting.first else { return }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(deadline: first.deadline) {
            let (handler, context) = bound.value
            handler.timer = nil
            handler.judge(context)
        }
    }

    private func judge(_ context: ChannelHandlerContext) {
        if let first = waiting.first, first.deadline <= context.eventLoop.now {
            fail(.timeout)
            context.close(promise: nil)
        } else {
            watch(context)
        }
    }
}
