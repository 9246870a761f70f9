import NIOCore

/// Discards what still arrives after our side has said its last word, so that the far end can read it: closing a socket
/// that holds unread bytes makes the kernel send a reset, which destroys an answer on its way.
final class LingeringClose: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// What is read and thrown away at most, in bytes.
    static let limit = 1 << 20

    private let patience: TimeAmount
    private var discarded = 0
    private var timer: Scheduled<Void>?

    init(patience: TimeAmount) {
        self.patience = patience
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: patience) { bound.value.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        discarded += Self.unwrapInboundIn(data).readableBytes
        if discarded > Self.limit { context.close(promise: nil) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        if let event = event as? ChannelEvent, event == .inputClosed { context.close(promise: nil) }
    }
}
