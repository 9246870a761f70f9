import Kernel
import Logging
import NIOCore
import NIOPosix

/// A connection that is made again whenever it is lost.
///
/// `@unchecked Sendable`: everything mutable is touched on `eventLoop` only, which each method begins by making sure.
final class RedisLink: @unchecked Sendable {
    private enum State {
        case idle
        case connecting
        case ready(RedisChannelHandler)
        /// Lost, and waiting before the next attempt.
        case resting
        case closed
    }

    private struct Queued {
        let command: ByteBuffer
        let deadline: NIODeadline
        let promise: EventLoopPromise<RESPValue>
    }

    let eventLoop: any EventLoop
    private let url: RedisURL
    private let configuration: RedisConfiguration
    private let logger: Logger
    private let onMessage: @Sendable (RESPValue) -> Void
    private let onChange: @Sendable (Bool) -> Void

    private var state = State.idle
    private var queue: [Queued] = []
    private var failures = 0
    private var retry: Scheduled<Void>?
    /// Commands that are sent first on each new connection, without waiting for replies.
    private var greeting: () -> [ByteBuffer] = { [] }

    init(
        url: RedisURL,
        configuration: RedisConfiguration,
        eventLoop: any EventLoop,
        logger: Logger,
        onMessage: @escaping @Sendable (RESPValue) -> Void = { _ in },
        onChange: @escaping @Sendable (Bool) -> Void
    ) {
        self.url = url
        self.configuration = configuration
        self.eventLoop = eventLoop
        self.logger = logger
        self.onMessage = onMessage
        self.onChange = onChange
    }

    /// A command and its reply. While there has been no connection yet it waits for the first; after one was lost it
    /// fails at once, because whoever asks has a way to go on without.
    func send(_ arguments: [String]) -> EventLoopFuture<RESPValue> {
        var command = ByteBuffer()
        command.writeCommand(arguments)
        let promise = eventLoop.makePromise(of: RESPValue.self)
        let deadline = eventLoop.now + configuration.commandTimeout
        eventLoop.execute { [command] in
            self.submit(Queued(command: command, deadline: deadline, promise: promise))
        }
        return promise.futureResult
    }

    private func submit(_ queued: Queued) {
        eventLoop.preconditionInEventLoop()
        switch state {
        case .ready(let handler):
            handler.send(queued.command, deadline: queued.deadline, promise: queued.promise)
        case .idle, .connecting:
            guard queue.count < configuration.inFlightLimit else { return queued.promise.fail(RedisError.overloaded) }
            queue.append(queued)
            if case .idle = state { connect() }
        case .resting, .closed:
            queued.promise.fail(RedisError.unavailable)
        }
    }

    /// Keeps the connection open from now on and sends `commands()` first whenever it is made.
    func keepOpen(greeting: @escaping @Sendable () -> [ByteBuffer]) {
        eventLoop.execute {
            self.greeting = greeting
            if case .idle = self.state { self.connect() }
        }
    }

    /// Writes a command if there is a connection; its reply comes as a message.
    func sendIfReady(_ command: ByteBuffer) {
        eventLoop.execute {
            if case .ready(let handler) = self.state { handler.sendWithoutReply(command) }
        }
    }

    /// Drops the connection, so that it is made anew.
    func reset() {
        eventLoop.execute {
            if case .ready(let handler) = self.state { handler.close() }
        }
    }

    func close() async {
        let done = eventLoop.makePromise(of: Void.self)
        eventLoop.execute {
            let last = self.state
            self.state = .closed
            self.retry?.cancel()
            self.failQueue(.unavailable)
            if case .ready(let handler) = last { handler.close() }
            done.succeed()
        }
        // The promise is succeeded above in every case.
        _ = await done.futureResult.result()
    }

    // MARK: Connecting

    private func connect() {
        eventLoop.preconditionInEventLoop()
        state = .connecting
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(configuration.connectTimeout)
            .channelOption(.socketOption(.so_keepalive), value: 1)
        let attempt =
            switch url.location {
            case .tcp(let host, let port): bootstrap.connect(host: host, port: port)
            case .unixSocket(let path): bootstrap.connect(unixDomainSocketPath: path)
            }
        attempt.whenComplete { result in
            switch result {
            case .success(let channel): self.connected(channel)
            case .failure(let error): self.lost(reason: "\(type(of: error))")
            }
        }
    }

    private func connected(_ channel: any Channel) {
        guard case .connecting = state else {
            channel.close(promise: nil)
            return
        }
        let handler = RedisChannelHandler(
            inFlightLimit: configuration.inFlightLimit,
            onMessage: { [onMessage] in onMessage($0) },
            onClose: { [self] in closed() }
        )
        do {
            try channel.pipeline.syncOperations.addHandler(handler)
        } catch {
            lost(reason: "closed_at_once")
            return
        }
        signIn(handler)
    }

    private func signIn(_ handler: RedisChannelHandler) {
        var commands: [[String]] = []
        if let password = url.password {
            commands.append(["AUTH"] + (url.user.map { [$0] } ?? []) + [password.reveal()])
        }
        if url.database != 0 { commands.append(["SELECT", String(url.database)]) }
        commands.append(["PING"])
        let deadline = eventLoop.now + configuration.commandTimeout
        let replies = commands.map { arguments in
            var command = ByteBuffer()
            command.writeCommand(arguments)
            let promise = eventLoop.makePromise(of: RESPValue.self)
            handler.send(command, deadline: deadline, promise: promise)
            return promise.futureResult
        }
        let bound = NIOLoopBound(handler, eventLoop: eventLoop)
        EventLoopFuture.whenAllSucceed(replies, on: eventLoop).whenComplete { result in
            let handler = bound.value
            // A connection that broke meanwhile has reported itself.
            guard case .connecting = self.state, case .success(let replies) = result else { return }
            for case .error(let text) in replies {
                self.logger.error(
                    "redis refused the connection",
                    metadata: ["redis.error": "\(text.prefix { $0 != " " })"]
                )
                handler.close()
                return
            }
            self.ready(handler)
        }
    }

    private func ready(_ handler: RedisChannelHandler) {
        if failures > 0 { logger.notice("redis is back", metadata: ["redis.attempts": "\(failures)"]) }
        failures = 0
        state = .ready(handler)
        for command in greeting() { handler.sendWithoutReply(command) }
        onChange(true)
        let waiting = queue
        queue = []
        for queued in waiting { handler.send(queued.command, deadline: queued.deadline, promise: queued.promise) }
    }

    private func closed() {
        switch state {
        case .connecting, .ready: lost(reason: "closed")
        case .idle, .resting, .closed: break
        }
    }

    private func lost(reason: String) {
        eventLoop.preconditionInEventLoop()
        if case .closed = state { return }
        if failures == 0 { logger.warning("redis is away", metadata: ["redis.reason": "\(reason)"]) }
        state = .resting
        failQueue(.unavailable)
        onChange(false)
        let pause = Self.pause(after: failures, configuration)
        failures += 1
        retry = eventLoop.scheduleTask(in: pause) {
            if case .resting = self.state { self.connect() }
        }
    }

    /// Doubling, capped, and jittered between half and all of it.
    static func pause(after failures: Int, _ configuration: RedisConfiguration) -> TimeAmount {
        let doubled = configuration.firstPause.nanoseconds << Int64(min(failures, 16))
        let longest = min(max(doubled, configuration.firstPause.nanoseconds), configuration.longestPause.nanoseconds)
        return .nanoseconds(Int64.random(in: (longest / 2)...longest))
    }

    private func failQueue(_ error: RedisError) {
        let waiting = queue
        queue = []
        for queued in waiting { queued.promise.fail(error) }
    }
}

extension EventLoopFuture where Value: Sendable {
    fileprivate func result() async -> Result<Value, any Error> {
        do {
            return .success(try await get())
        } catch {
            return .failure(error)
        }
    }
}
