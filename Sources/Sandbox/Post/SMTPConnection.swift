import NIOCore

/// One connection to the post office: cuts what arrives into lines and performs what the dialog answers.
final class SMTPConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var dialog: SMTPDialog
    private let box: Postbox
    private var line: [UInt8] = []
    /// The line has become longer than it may be; what follows of it is not kept.
    private var isTooLong = false
    private var isOver = false

    init(dialog: SMTPDialog, box: Postbox) {
        self.dialog = dialog
        self.box = box
    }

    func channelActive(context: ChannelHandlerContext) {
        perform([dialog.greeting], context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        for byte in unwrapInboundIn(data).readableBytesView where !isOver {
            if byte == UInt8(ascii: "\n") {
                endLine(context)
            } else if line.count <= dialog.maximumLine + 1 {
                // One more than allowed for the CR, and another one to notice that it is too much.
                line.append(byte)
            } else {
                isTooLong = true
            }
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent {
            perform([.reply("421 4.4.2 zu lange still"), .hangUp], context)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func endLine(_ context: ChannelHandlerContext) {
        let hasCR = line.last == UInt8(ascii: "\r")
        if hasCR { line.removeLast() }
        let isWhole = hasCR && !isTooLong && line.count <= dialog.maximumLine && !line.contains(UInt8(ascii: "\r"))
        let answers = dialog.take(line, isWhole: isWhole)
        line.removeAll(keepingCapacity: true)
        isTooLong = false
        perform(answers, context)
    }

    private func perform(_ answers: [SMTPDialog.Answer], _ context: ChannelHandlerContext) {
        for answer in answers where !isOver {
            switch answer {
            case .reply(let text): write(text, context)
            case .keep(let envelope, let bytes):
                let number = box.keep(sender: envelope.from, recipients: envelope.recipients, bytes: bytes)
                write("250 2.0.0 angenommen als \(number)", context)
            case .hangUp:
                isOver = true
                context.close(promise: nil)
            }
        }
    }

    private func write(_ text: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text + "\r\n")), promise: nil)
    }
}
