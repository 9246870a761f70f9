import NIOCore
import NIOSSL

/// One connection to the post office: cuts what arrives into lines and performs what the dialog answers.
final class SMTPConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var dialog: SMTPDialog
    private let box: Postbox
    private let tls: NIOSSLContext
    private var line: [UInt8] = []
    /// The line has become longer than it may be; what follows of it is not kept.
    private var isTooLong = false
    private var isOver = false

    /// - Parameter tls: for a client that asks to go on encrypted.
    init(dialog: SMTPDialog, box: Postbox, tls: NIOSSLContext) {
        self.dialog = dialog
        self.box = box
        self.tls = tls
    }

    func channelActive(context: ChannelHandlerContext) {
        perform([dialog.greeting], context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let wasEncrypted = dialog.encryption == .active
        for byte in unwrapInboundIn(data).readableBytesView where !isOver {
            if dialog.encryption == .active, !wasEncrypted {
                // Said in clear after STARTTLS: whoever put it there must not be heard as the client.
                isOver = true
                context.close(promise: nil)
            } else if byte == UInt8(ascii: "\n") {
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
                let number = box.keep(
                    sender: envelope.from,
                    recipients: envelope.recipients,
                    bytes: bytes,
                    isEncrypted: dialog.encryption == .active
                )
                write("250 2.0.0 angenommen als \(number)", context)
            case .startTLS: encrypt(context)
            case .hangUp:
                isOver = true
                context.close(promise: nil)
            }
        }
    }

    /// The reply that agrees is on its way already, in clear.
    private func encrypt(_ context: ChannelHandlerContext) {
        do {
            try context.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls), position: .first)
            dialog.encrypted()
        } catch {
            isOver = true
            context.close(promise: nil)
        }
    }

    private func write(_ text: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text + "\r\n")), promise: nil)
    }
}
