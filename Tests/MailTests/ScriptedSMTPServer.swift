import NIOCore
import NIOPosix
import TestSupport

/// A server on loopback that answers each line as a test says, and keeps what it was told.
struct ScriptedSMTPServer: Sendable {
    enum Answer: Sendable {
        case reply(String)
        /// Ends the connection without a word.
        case hangUp
        /// Says nothing, ever.
        case silence
    }

    struct Session: Sendable {
        var commands: [String] = []
        /// Each message as it came, dots still doubled, without the line that ends it.
        var messages: [String] = []
    }

    let port: Int
    let session: Shared<Session>

    /// Serves while `body` runs.
    ///
    /// - Parameter script: answers a command, `greeting` for the connection and `message` for the end of one; nil
    ///   answers as an ordinary server does.
    static func run(
        _ script: @escaping @Sendable (String) -> Answer? = { _ in nil },
        _ body: (ScriptedSMTPServer) async throws -> Void
    ) async throws {
        let session = Shared(Session())
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(script: script, session: session))
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        do {
            try await body(ScriptedSMTPServer(port: channel.localAddress?.port ?? 0, session: session))
        } catch {
            try await channel.close()
            throw error
        }
        try await channel.close()
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let script: @Sendable (String) -> Answer?
        private let session: Shared<Session>
        private var received = ByteBuffer()
        private var message: [String]?

        init(script: @escaping @Sendable (String) -> Answer?, session: Shared<Session>) {
            self.script = script
            self.session = session
        }

        func channelActive(context: ChannelHandlerContext) {
            answer("greeting", usually: "220 test ready", context)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received.writeImmutableBuffer(unwrapInboundIn(data))
            while let end = received.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
                let length = end - received.readerIndex + 1
                let line = (received.readString(length: length) ?? "").dropLast(1)
                take(line.last == "\r" ? String(line.dropLast()) : String(line), context)
            }
        }

        private func take(_ line: String, _ context: ChannelHandlerContext) {
            if let lines = message {
                guard line == "." else {
                    message = lines + [line]
                    return
                }
                message = nil
                session.update { $0.messages.append(lines.joined(separator: "\r\n")) }
                answer("message", usually: "250 taken", context)
                return
            }
            session.update { $0.commands.append(line) }
            let verb = line.prefix { $0 != " " }.uppercased()
            switch verb {
            case "EHLO": answer(line, usually: "250-test\r\n250-SIZE 1048576\r\n250 AUTH PLAIN", context)
            case "DATA":
                if answer(line, usually: "354 go on", context).hasPrefix("354") { message = [] }
            case "AUTH": answer(line, usually: "334 ", context)
            // The name and password of AUTH PLAIN, which come on a line of their own.
            case "AGFUBMEAZ2VOZWLT": answer("credentials", usually: "235 welcome", context)
            case "QUIT":
                answer(line, usually: "221 bye", context)
                context.close(promise: nil)
            default: answer(line, usually: "250 ok", context)
            }
        }

        @discardableResult
        private func answer(_ line: String, usually text: String, _ context: ChannelHandlerContext) -> String {
            switch script(line) ?? .reply(text) {
            case .reply(let text):
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text + "\r\n")), promise: nil)
                return text
            case .hangUp:
                context.close(promise: nil)
            case .silence:
                break
            }
            return ""
        }
    }
}
