import Logging
import NIOCore
import Synchronization

/// The channels somebody listens to, over one connection of its own that subscribes anew after each reconnect.
final class RedisSubscriptions: Sendable {
    private struct Listener {
        let id: Int
        let continuation: AsyncStream<String>.Continuation
    }

    private struct State {
        var listeners: [String: [Listener]] = [:]
        var nextID = 0
        var heartbeatsUnanswered = 0
        var heartbeatIsRunning = false
        var isClosed = false
    }

    private final class SharedState: Sendable {
        let state = Mutex(State())
    }

    private let shared = SharedState()
    private let link: RedisLink
    private let configuration: RedisConfiguration

    init(url: RedisURL, configuration: RedisConfiguration, eventLoop: any EventLoop, logger: Logger) {
        self.configuration = configuration
        let shared = shared
        link = RedisLink(
            url: url,
            configuration: configuration,
            eventLoop: eventLoop,
            logger: logger,
            onMessage: { Self.received($0, shared) },
            onChange: { _ in shared.state.withLock { $0.heartbeatsUnanswered = 0 } }
        )
    }

    func subscribe(_ channel: String) -> AsyncStream<String> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: String.self,
            bufferingPolicy: .bufferingNewest(configuration.messageLimit)
        )
        let id: Int? = shared.state.withLock { state in
            guard !state.isClosed else { return nil }
            state.nextID += 1
            state.listeners[channel, default: []].append(Listener(id: state.nextID, continuation: continuation))
            return state.nextID
        }
        guard let id else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in self?.unsubscribe(channel, id) }
        let shared = shared
        link.keepOpen {
            let channels = shared.state.withLock { $0.listeners.keys.sorted() }
            return channels.map { Self.command(["SUBSCRIBE", $0]) }
        }
        link.sendIfReady(Self.command(["SUBSCRIBE", channel]))
        startHeartbeat()
        return stream
    }

    private func unsubscribe(_ channel: String, _ id: Int) {
        let isLast = shared.state.withLock { state in
            state.listeners[channel]?.removeAll { $0.id == id }
            guard state.listeners[channel]?.isEmpty == true else { return false }
            state.listeners[channel] = nil
            return true
        }
        if isLast { link.sendIfReady(Self.command(["UNSUBSCRIBE", channel])) }
    }

    func close() async {
        let listeners = shared.state.withLock { state in
            state.isClosed = true
            defer { state.listeners = [:] }
            return state.listeners.values.flatMap { $0 }
        }
        for listener in listeners { listener.continuation.finish() }
        await link.close()
    }

    private static func command(_ arguments: [String]) -> ByteBuffer {
        var command = ByteBuffer()
        command.writeCommand(arguments)
        return command
    }

    private static func received(_ value: RESPValue, _ shared: SharedState) {
        guard let parts = value.elements, let kind = parts.first?.text else { return }
        if kind == "message", parts.count == 3, let channel = parts[1].text, let text = parts[2].text {
            let listeners = shared.state.withLock { $0.listeners[channel] ?? [] }
            for listener in listeners { listener.continuation.yield(text) }
        } else if kind == "pong" {
            shared.state.withLock { $0.heartbeatsUnanswered = 0 }
        }
    }

    /// Nothing tells a quiet channel from a dead connection but an answer, so one is asked for now and then.
    private func startHeartbeat() {
        let starts = shared.state.withLock { state in
            defer { state.heartbeatIsRunning = true }
            return !state.heartbeatIsRunning
        }
        guard starts else { return }
        link.eventLoop.scheduleRepeatedTask(
            initialDelay: configuration.heartbeat,
            delay: configuration.heartbeat
        ) { [weak self] task in
            guard let self else { return task.cancel() }
            beat(task)
        }
    }

    private func beat(_ task: RepeatedTask) {
        let (isClosed, isDead) = shared.state.withLock { state in
            defer { state.heartbeatsUnanswered += 1 }
            return (state.isClosed, state.heartbeatsUnanswered >= 2)
        }
        if isClosed {
            task.cancel()
        } else if isDead {
            link.reset()
        } else {
            link.sendIfReady(Self.command(["PING"]))
        }
    }
}
