import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
import Sandbox
import Synchronization

/// An agent at the other end of the telephone, as simple as it can be: answers TwiML by path, and has one behaviour for
/// each media stream.
final class AgentDouble: Sendable {
    struct Received: Sendable {
        let path: String
        let form: [(String, String)]
        let headers: [(String, String)]
    }

    typealias Answer = @Sendable (Received) -> (status: Int, body: String)

    let port: Int
    private let channel: any Channel
    private let log: RequestLog

    final class RequestLog: Sendable {
        let requests = Mutex<[Received]>([])
    }

    static func start(
        answer: @escaping Answer,
        behaviour: @escaping @Sendable () -> any StreamBehaviour = { SilentBehaviour() }
    ) async throws -> AgentDouble {
        let log = RequestLog()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let upgrader = NIOTypedWebSocketServerUpgrader<Void>(
                        maxFrameSize: 1 << 18,
                        shouldUpgrade: { channel, head in
                            log.requests.withLock {
                                let headers = head.headers.map { ($0.name, $0.value) }
                                $0.append(Received(path: head.uri, form: [], headers: headers))
                            }
                            return channel.eventLoop.makeSucceededFuture(head.uri == "/media" ? HTTPHeaders() : nil)
                        },
                        upgradePipelineHandler: { channel, _ in
                            channel.eventLoop.makeCompletedFuture {
                                try channel.pipeline.syncOperations.addHandler(MediaHandler(behaviour()))
                            }
                        }
                    )
                    _ = try channel.pipeline.syncOperations.configureUpgradableHTTPServerPipeline(
                        configuration: .init(
                            upgradeConfiguration: NIOTypedHTTPServerUpgradeConfiguration(
                                upgraders: [upgrader],
                                notUpgradingCompletionHandler: { channel in
                                    channel.eventLoop.makeCompletedFuture {
                                        try channel.pipeline.syncOperations.addHandler(AnswerHandler(answer, log))
                                    }
                                }
                            )
                        )
                    )
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        return AgentDouble(port: channel.localAddress?.port ?? 0, channel: channel, log: log)
    }

    private init(port: Int, channel: any Channel, log: RequestLog) {
        self.port = port
        self.channel = channel
        self.log = log
    }

    var base: String { "http://127.0.0.1:\(port)" }
    var requests: [Received] { log.requests.withLock { $0 } }

    func stop() async throws {
        try await channel.close()
    }

    /// `<Connect action="/action"><Stream>` to this agent.
    func connect(callback: Bool = false) -> String {
        Self.connect(port: port, callback: callback)
    }

    static func connect(port: Int, callback: Bool = false) -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <Response><Connect action="/action"><Stream url="ws://127.0.0.1:\(port)/media"\
        \(callback ? " statusCallback=\"/stream\"" : "")><Parameter name="token" value="t&amp;1"/></Stream></Connect></Response>
        """
    }
}

/// What the agent does on a media stream. Lives on the event loop of its socket.
protocol StreamBehaviour: AnyObject {
    func received(_ event: String, _ message: [String: Any], _ line: AgentLine)
}

final class SilentBehaviour: StreamBehaviour {
    func received(_ event: String, _ message: [String: Any], _ line: AgentLine) {}
}

/// What the agent can do on a media stream.
struct AgentLine {
    let context: ChannelHandlerContext
    let streamSid: String

    func play(_ sound: [UInt8]) {
        send(["event": "media", "streamSid": streamSid, "media": ["payload": Data(sound).base64EncodedString()]])
    }

    func mark(_ name: String) {
        send(["event": "mark", "streamSid": streamSid, "mark": ["name": name]])
    }

    func clear() {
        send(["event": "clear", "streamSid": streamSid])
    }

    func close() {
        var code = ByteBuffer()
        code.write(webSocketErrorCode: .normalClosure)
        write(WebSocketFrame(fin: true, opcode: .connectionClose, data: code))
    }

    /// Breaks the connection without a closing handshake.
    func breakOff() {
        context.close(promise: nil)
    }

    func send(_ message: [String: Any]) {
        guard let data = try? JSONSerialization.data(withJSONObject: message) else { return }
        write(WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(bytes: data)))
    }

    private func write(_ frame: WebSocketFrame) {
        context.writeAndFlush(NIOAny(frame), promise: nil)
    }
}

private final class MediaHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private let behaviour: any StreamBehaviour
    private var streamSid = ""

    init(_ behaviour: any StreamBehaviour) {
        self.behaviour = behaviour
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        if frame.opcode == .connectionClose {
            behaviour.received("closed", [:], AgentLine(context: context, streamSid: streamSid))
            context.close(promise: nil)
            return
        }
        guard frame.opcode == .text,
            let message = try? JSONSerialization.jsonObject(with: Data(frame.unmaskedData.readableBytesView))
                as? [String: Any]
        else { return }
        if let sid = message["streamSid"] as? String { streamSid = sid }
        behaviour.received(
            message["event"] as? String ?? "",
            message,
            AgentLine(context: context, streamSid: streamSid)
        )
    }
}

private final class AnswerHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let answer: AgentDouble.Answer
    private let log: AgentDouble.RequestLog
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()

    init(_ answer: @escaping AgentDouble.Answer, _ log: AgentDouble.RequestLog) {
        self.answer = answer
        self.log = log
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body.clear()
        case .body(var part): body.writeBuffer(&part)
        case .end:
            guard let head else { return }
            let received = AgentDouble.Received(
                path: head.uri,
                form: CarrierForm.decode(String(buffer: body)),
                headers: head.headers.map { ($0.name, $0.value) }
            )
            log.requests.withLock { $0.append(received) }
            let (status, text) = answer(received)
            let headers: HTTPHeaders = ["Content-Type": "text/xml", "Content-Length": String(text.utf8.count)]
            let response = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: headers)
            context.write(wrapOutboundOut(.head(response)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}

/// Greets, listens, answers what it heard, and falls silent when it is interrupted.
final class TalkativeBehaviour: StreamBehaviour {
    private let greeting: String
    private let closesAfterAnswer: Bool
    private var decoder = ModemDecoder()
    private var heardText = ""
    private var quietFrames = 0
    private var soundFrames = 0
    private var isPlaying = false
    private var answers = 0
    private var lastChunk = 0
    private var lastSequence = 0

    init(greeting: String, closesAfterAnswer: Bool = true) {
        self.greeting = greeting
        self.closesAfterAnswer = closesAfterAnswer
    }

    func received(_ event: String, _ message: [String: Any], _ line: AgentLine) {
        switch event {
        case "start": say(greeting, mark: "greeting", line)
        case "media": hear(message, line)
        case "mark":
            isPlaying = false
            let name = (message["mark"] as? [String: Any])?["name"] as? String
            if name == "answer", closesAfterAnswer { line.close() }
        default: break
        }
    }

    private func say(_ text: String, mark: String, _ line: AgentLine) {
        isPlaying = true
        let sound = ModemEncoder().encode(text)
        for start in stride(from: 0, to: sound.count, by: 4_000) {
            line.play(Array(sound[start..<min(start + 4_000, sound.count)]))
        }
        line.mark(mark)
    }

    private func hear(_ message: [String: Any], _ line: AgentLine) {
        guard let media = message["media"] as? [String: Any],
            let payload = (media["payload"] as? String).flatMap({ Data(base64Encoded: $0) }),
            let chunk = (media["chunk"] as? String).flatMap({ Int($0) }), chunk == lastChunk + 1,
            let sequence = (message["sequenceNumber"] as? String).flatMap({ Int($0) }), sequence > lastSequence,
            media["timestamp"] as? String == String(lastChunk * 20)
        else {
            line.breakOff()
            return
        }
        lastChunk = chunk
        lastSequence = sequence
        for case .text(let text, _, _) in decoder.decode([UInt8](payload)) { heardText += text }
        if MuLaw.level(payload) > 100 {
            soundFrames += 1
            quietFrames = 0
        } else {
            soundFrames = 0
            quietFrames += 1
        }
        if isPlaying, soundFrames == 15 {
            isPlaying = false
            line.clear()
        }
        if !heardText.isEmpty, quietFrames == 25 {
            answers += 1
            say("Sie sagten: \(heardText)", mark: "answer", line)
            heardText = ""
        }
    }
}
