import Kernel
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// Stands between the HTTP codec and whoever answers requests, for the life of a connection or until the connection
/// becomes a WebSocket.
///
/// It lets requests through and counts those without an answer, so that a WebSocket can begin on *any* request of a
/// connection, after the answers to the earlier ones. It decides about upgrades; refuses what cannot be served; closes
/// connections that rest, dawdle or are asked to end; and says `Connection: close` whenever it will.
///
/// A request with an `Upgrade` that is not accepted is always the last of its connection, because the parser stops
/// behind such a request whatever we make of it.
final class ConnectionGate: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    struct Refusal {
        let status: HTTPResponseStatus
        var headers: HTTPHeaders = [:]
    }

    private enum Phase {
        case open
        /// Nothing behind the gate has seen this request.
        case deciding(UpgradeRequest, SocketRoute, accept: String, task: Task<Void, Never>)
        /// Accepted, and waiting for the answers to earlier requests.
        case upgrading(UpgradeRequest, SocketRoute, accept: String)
        /// Refused, and waiting for the answers to earlier requests.
        case refusing(Refusal)
        case ended
    }

    private enum Waiting {
        case firstRequest
        case nextRequest
        case endOfRequest
        case verdict
    }

    private let sockets: [SocketRoute]
    private let configuration: WebServerConfiguration
    private let logger: Logger

    private var phase = Phase.open
    /// Requests that were let through and have no complete answer yet.
    private var unanswered = 0
    /// A request's head has been let through and its end has not been seen.
    private var isReadingRequest = false
    /// No request after the current one is served.
    private var isLast = false
    private var readIsHeldBack = false
    private var inputIsClosed = false
    private var waiting: (for: Waiting, until: NIODeadline)?
    private var timer: Scheduled<Void>?
    private var timerDeadline = NIODeadline.distantFuture

    init(sockets: [SocketRoute], configuration: WebServerConfiguration, logger: Logger) {
        self.sockets = sockets
        self.configuration = configuration
        self.logger = logger
    }

    func handlerAdded(context: ChannelHandlerContext) {
        wait(for: .firstRequest, context: context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        stopWaiting()
        timer?.cancel()
        timer = nil
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .open = phase else { return }
        switch Self.unwrapInboundIn(data) {
        case .head(let head):
            if !isLast { begin(head, context: context) }
        case .body:
            if isReadingRequest { context.fireChannelRead(data) }
        case .end:
            guard isReadingRequest else { return }
            isReadingRequest = false
            stopWaiting()
            context.fireChannelRead(data)
        }
    }

    private func begin(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        guard head.version.minor == 0 || head.headers["host"].count == 1 else {
            refuse(Refusal(status: .badRequest), context: context)
            return
        }
        let wantsUpgrade = head.headers.contains(name: "upgrade") || head.method == .CONNECT
        if wantsUpgrade, Handshake.asksForWebSocket(head), let socket = socket(for: head) {
            judge(head, socket, context: context)
        } else {
            var head = head
            if wantsUpgrade {
                head.headers.remove(name: "upgrade")
                head.headers.remove(name: "http2-settings")
            }
            isLast = wantsUpgrade || !head.isKeepAlive
            letThrough(head, context: context)
        }
    }

    private func letThrough(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        var head = head
        if isLast { head.headers.replaceOrAdd(name: "connection", value: "close") }
        if unanswered == 0, head.headers.first(name: "expect")?.lowercased() == "100-continue" {
            context.writeAndFlush(
                Self.wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))),
                promise: nil
            )
        }
        unanswered += 1
        isReadingRequest = true
        wait(for: .endOfRequest, context: context)
        context.fireChannelRead(Self.wrapInboundOut(.head(head)))
    }

    // MARK: Upgrades

    private func socket(for head: HTTPRequestHead) -> SocketRoute? {
        let path = head.uri.prefix { $0 != "?" }
        return sockets.first { $0.endpoint.path == path }
    }

    private func judge(_ head: HTTPRequestHead, _ socket: SocketRoute, context: ChannelHandlerContext) {
        switch Handshake.judge(head) {
        case .unsupportedVersion:
            refuse(
                Refusal(status: .upgradeRequired, headers: ["upgrade": "websocket", "sec-websocket-version": "13"]),
                context: context
            )
        case .malformed:
            refuse(Refusal(status: .badRequest), context: context)
        case .wellFormed(let accept):
            let request = UpgradeRequest(target: head.uri, headers: head.headers, client: client(head, context))
            decide(request, socket, accept: accept, context: context)
        }
    }

    private func client(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) -> ClientAddress? {
        guard let peer = context.remoteAddress?.ipAddress.flatMap(ClientAddress.init) else { return nil }
        return ClientAddress.client(
            peer: peer,
            forwardedFor: head.headers["x-forwarded-for"],
            trustedProxies: configuration.trustedProxies
        )
    }

    private func decide(
        _ request: UpgradeRequest,
        _ socket: SocketRoute,
        accept: String,
        context: ChannelHandlerContext
    ) {
        let eventLoop = context.eventLoop
        let bound = NIOLoopBound((self, context), eventLoop: eventLoop)
        // Owned by the phase: cancelled when the connection ends or the time for the decision is over.
        let task = Task {
            let verdict: Result<UpgradeVerdict, any Error>
            do {
                verdict = .success(try await socket.authorize(request))
            } catch {
                verdict = .failure(error)
            }
            eventLoop.execute {
                let (gate, context) = bound.value
                gate.decided(verdict, context: context)
            }
        }
        phase = .deciding(request, socket, accept: accept, task: task)
        wait(for: .verdict, context: context)
    }

    private func decided(_ verdict: Result<UpgradeVerdict, any Error>, context: ChannelHandlerContext) {
        guard case .deciding(let request, let socket, let accept, _) = phase else { return }
        stopWaiting()
        switch verdict {
        case .success(.accepted):
            phase = .upgrading(request, socket, accept: accept)
            settle(context: context)
        case .success(.refused(let status)):
            refuse(Refusal(status: status), context: context)
        case .failure(let error):
            logger.error("the decision about a websocket failed", metadata: ["error.type": "\(type(of: error))"])
            refuse(Refusal(status: .serviceUnavailable), context: context)
        }
    }

    /// Sends the 101, takes the HTTP handlers out and leaves the connection to the socket's handler. What arrived behind
    /// the request stays in the decoder until it goes, and then comes to that handler.
    private func upgrade(
        _ request: UpgradeRequest,
        _ socket: SocketRoute,
        accept: String,
        context: ChannelHandlerContext
    ) {
        phase = .ended
        context.writeAndFlush(Self.wrapOutboundOut(.head(Handshake.answer(accept: accept))), promise: nil)
        let channel = context.channel
        let pipeline = channel.pipeline.syncOperations
        do {
            try pipeline.addHandler(socket.makeHandler(request), position: .after(self))
            let codec = try pipeline.context(handlerType: HTTP1ToHTTPServerCodec.self)
            let encoder = try pipeline.context(handlerType: HTTPResponseEncoder.self)
            let decoder = try pipeline.context(handlerType: ByteToMessageHandler<HTTPRequestDecoder>.self)
            pipeline.removeHandler(context: codec, promise: nil)
            pipeline.removeHandler(context: encoder, promise: nil)
            pipeline.removeHandler(context: context, promise: nil)
            let gone = channel.eventLoop.makePromise(of: Void.self)
            pipeline.removeHandler(context: decoder, promise: gone)
            let readIsHeldBack = readIsHeldBack
            gone.futureResult.whenComplete { _ in
                // What the decoder still held has come to the socket's handler by now, outside of any read.
                channel.pipeline.fireChannelReadComplete()
                if readIsHeldBack { channel.read() }
            }
        } catch {
            logger.error("a websocket could not take over", metadata: ["error.type": "\(type(of: error))"])
            channel.close(promise: nil)
        }
    }

    // MARK: Answers

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .ended = phase {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch Self.unwrapOutboundIn(data) {
        case .head(var head):
            let isFinal = head.status.code >= 200
            // An answer before the end of its request: what is still to come will not be read.
            if isFinal, unanswered == 1, isReadingRequest { isLast = true }
            if isFinal, unanswered == 1, isLast { head.headers.replaceOrAdd(name: "connection", value: "close") }
            context.write(Self.wrapOutboundOut(.head(head)), promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            context.write(data, promise: promise)
            unanswered = max(0, unanswered - 1)
            settle(context: context)
        }
    }

    /// Goes on once nothing is unanswered.
    private func settle(context: ChannelHandlerContext) {
        guard unanswered == 0 else { return }
        switch phase {
        case .open where isLast: end(context: context)
        case .open: wait(for: .nextRequest, context: context)
        case .upgrading(let request, let socket, let accept):
            upgrade(request, socket, accept: accept, context: context)
        case .refusing(let refusal): answer(refusal, context: context)
        case .deciding, .ended: break
        }
    }

    private func refuse(_ refusal: Refusal, context: ChannelHandlerContext) {
        isLast = true
        stopWaiting()
        phase = .refusing(refusal)
        settle(context: context)
    }

    private func answer(_ refusal: Refusal, context: ChannelHandlerContext) {
        let text = ByteBuffer(string: "\(refusal.status.code) \(refusal.status.reasonPhrase)\n")
        var headers = refusal.headers
        headers.replaceOrAdd(name: "connection", value: "close")
        headers.replaceOrAdd(name: "content-type", value: "text/plain; charset=utf-8")
        headers.replaceOrAdd(name: "content-length", value: String(text.readableBytes))
        SafeHeaders.add(to: &headers, isSecure: configuration.isSecure)
        let head = HTTPResponseHead(version: .http1_1, status: refusal.status, headers: headers)
        context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
        context.write(Self.wrapOutboundOut(.body(.byteBuffer(text))), promise: nil)
        context.write(Self.wrapOutboundOut(.end(nil)), promise: nil)
        end(context: context)
    }

    /// Closes our side and leaves the far end two seconds to read what we said.
    private func end(context: ChannelHandlerContext) {
        phase = .ended
        stopWaiting()
        context.flush()
        guard !inputIsClosed else {
            // Nothing unread can make the kernel send a reset.
            context.close(promise: nil)
            return
        }
        context.close(mode: .output, promise: nil)
        guard context.channel.isActive else { return }
        do {
            try context.pipeline.syncOperations.addHandler(LingeringClose(patience: .seconds(2)), position: .first)
        } catch {
            context.close(promise: nil)
            return
        }
        if readIsHeldBack {
            readIsHeldBack = false
            context.read()
        }
    }

    // MARK: The connection

    func read(context: ChannelHandlerContext) {
        switch phase {
        case .open, .ended: context.read()
        // The socket of a request that is being decided about is left alone: its bytes wait in the kernel.
        case .deciding, .upgrading, .refusing: readIsHeldBack = true
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            quiesce(context: context)
        } else if let event = event as? ChannelEvent, event == .inputClosed {
            inputClosed(context: context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func quiesce(context: ChannelHandlerContext) {
        switch phase {
        case .open:
            isLast = true
            if unanswered == 0 { context.close(promise: nil) }
        case .deciding(_, _, _, let task):
            task.cancel()
            refuse(Refusal(status: .serviceUnavailable), context: context)
        case .upgrading: refuse(Refusal(status: .serviceUnavailable), context: context)
        case .refusing, .ended: break
        }
    }

    /// The far end will say no more; what it asked is still answered.
    private func inputClosed(context: ChannelHandlerContext) {
        isLast = true
        inputIsClosed = true
        switch phase {
        case .open where unanswered > 0 && !isReadingRequest: break
        case .refusing: break
        case .open, .deciding, .upgrading, .ended: context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if case .deciding(_, _, _, let task) = phase { task.cancel() }
        phase = .ended
        stopWaiting()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else {
            context.fireErrorCaught(error)
            context.close(promise: nil)
            return
        }
        guard case .open = phase else { return }
        if isReadingRequest {
            // Whoever reads the body answers.
            isLast = true
            context.fireErrorCaught(error)
        } else if !isLast {
            let status: HTTPResponseStatus = error == .headerOverflow ? .requestHeaderFieldsTooLarge : .badRequest
            refuse(Refusal(status: status), context: context)
        }
    }

    // MARK: Time

    private func wait(for waiting: Waiting, context: ChannelHandlerContext) {
        let patience =
            switch waiting {
            case .firstRequest: configuration.firstRequestTimeout
            case .nextRequest: configuration.idleTimeout
            case .endOfRequest: configuration.requestTimeout
            case .verdict: configuration.upgradeTimeout
            }
        let deadline = context.eventLoop.now + patience
        self.waiting = (waiting, deadline)
        schedule(at: deadline, context: context)
    }

    private func stopWaiting() {
        waiting = nil
    }

    /// One timer serves all deadlines: it is not cancelled and set anew for each request, but looks again when it fires.
    private func schedule(at deadline: NIODeadline, context: ChannelHandlerContext) {
        if timer != nil, timerDeadline <= deadline { return }
        timer?.cancel()
        timerDeadline = deadline
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(deadline: deadline) {
            let (gate, context) = bound.value
            gate.timerFired(context: context)
        }
    }

    private func timerFired(context: ChannelHandlerContext) {
        timer = nil
        guard let waiting else { return }
        guard context.eventLoop.now >= waiting.until else {
            schedule(at: waiting.until, context: context)
            return
        }
        self.waiting = nil
        switch waiting.for {
        case .firstRequest, .nextRequest:
            context.close(promise: nil)
        case .endOfRequest:
            if unanswered == 1 {
                answer(Refusal(status: .requestTimeout), context: context)
            } else {
                context.close(promise: nil)
            }
        case .verdict:
            if case .deciding(_, _, _, let task) = phase { task.cancel() }
            logger.error("the decision about a websocket took too long")
            refuse(Refusal(status: .serviceUnavailable), context: context)
        }
    }
}
