package import Kernel
package import Logging
package import NIOCore
import NIOPosix
import Synchronization
package import Telemetry

/// The client: one pipelined connection for commands and one for subscriptions, both made on demand and again whenever
/// they are lost. Everything in Redis is a copy or a hint; losing it costs no money, no data and no running call.
package final class Redis: Sendable {
    private let commands: RedisLink
    private let subscriptions: RedisSubscriptions
    private let available: Availability
    private let refused: [RedisErrorKind: Counter]

    /// - Parameter eventLoopGroup: one of its loops serves the commands and one the subscriptions.
    package init(
        url: RedisURL,
        configuration: RedisConfiguration = RedisConfiguration(),
        eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        metrics: Metrics,
        logger: Logger
    ) {
        let available = Availability()
        self.available = available
        commands = RedisLink(
            url: url,
            configuration: configuration,
            eventLoop: eventLoopGroup.next(),
            logger: logger,
            onChange: { available.set($0) }
        )
        subscriptions = RedisSubscriptions(
            url: url,
            configuration: configuration,
            eventLoop: eventLoopGroup.next(),
            logger: logger
        )
        refused = Dictionary(
            uniqueKeysWithValues: RedisErrorKind.allCases.map { kind in
                let counter = metrics.counter(
                    "voiceagent_redis_failures_total",
                    help: "Commands without a result.",
                    labels: [("kind", kind.rawValue)]
                )
                return (kind, counter)
            }
        )
        metrics.observe("voiceagent_redis_available", help: "1 while there is a connection for commands.") {
            available.isSet ? 1 : 0
        }
    }

    /// Whether there is a connection for commands right now; a hint, since it may break at any time.
    package var isAvailable: Bool { available.isSet }

    /// Any command. An error reply is thrown as `refused`.
    @discardableResult
    package func send(_ arguments: [String]) async throws(RedisError) -> RESPValue {
        let value: RESPValue
        do {
            value = try await commands.send(arguments).get()
        } catch {
            let error = error as? RedisError ?? .unavailable
            refused[RedisErrorKind(error)]?.increment()
            throw error
        }
        if case .error(let text) = value {
            refused[.refused]?.increment()
            throw RedisError.reply(text)
        }
        return value
    }

    package func ping() async throws(RedisError) {
        guard try await send(["PING"]) == .status("PONG") else { throw .unexpectedReply }
    }

    package func get(_ key: CanonicalKey) async throws(RedisError) -> String? {
        guard case .bulk(let text) = try await send(["GET", key.value]) else { throw .unexpectedReply }
        return text
    }

    /// - Parameter lifetime: at least a millisecond; there is nothing in Redis that stays for ever.
    package func set(_ key: CanonicalKey, _ value: String, lifetime: Duration) async throws(RedisError) {
        try await send(["SET", key.value, value, "PX", String(max(1, lifetime.milliseconds))])
    }

    /// Whether there was something to delete.
    @discardableResult
    package func delete(_ key: CanonicalKey) async throws(RedisError) -> Bool {
        guard let count = try await send(["DEL", key.value]).number else { throw .unexpectedReply }
        return count > 0
    }

    /// Whether the key is there and has its new lifetime.
    @discardableResult
    package func expire(_ key: CanonicalKey, in lifetime: Duration) async throws(RedisError) -> Bool {
        let reply = try await send(["PEXPIRE", key.value, String(max(1, lifetime.milliseconds))])
        guard let count = reply.number else { throw .unexpectedReply }
        return count > 0
    }

    /// How many connections got the message.
    @discardableResult
    package func publish(_ channel: CanonicalKey, _ message: String) async throws(RedisError) -> Int {
        guard let count = try await send(["PUBLISH", channel.value, message]).number else { throw .unexpectedReply }
        return count
    }

    /// The messages of a channel from now on, also after a reconnect; what is published while there is no connection is
    /// lost. Ends when the caller stops listening or the client is closed.
    package func subscribe(_ channel: CanonicalKey) -> AsyncStream<String> {
        subscriptions.subscribe(channel.value)
    }

    /// Runs a script, which is uploaded when Redis does not know it yet.
    package func evaluate(
        _ script: RedisScript,
        keys: [CanonicalKey],
        arguments: [String]
    ) async throws(RedisError) -> RESPValue {
        let tail = [String(keys.count)] + keys.map(\.value) + arguments
        if let digest = script.digest.withLock({ $0 }) {
            do throws(RedisError) {
                return try await send(["EVALSHA", digest] + tail)
            } catch {
                guard error == .refused("NOSCRIPT") else { throw error }
            }
        }
        guard let digest = try await send(["SCRIPT", "LOAD", script.source]).text else { throw .unexpectedReply }
        script.digest.withLock { $0 = digest }
        return try await send(["EVALSHA", digest] + tail)
    }

    /// Closes both connections for good; what waits fails with `unavailable`.
    package func close() async {
        await commands.close()
        await subscriptions.close()
    }
}

/// A Lua script and the digest under which Redis keeps it.
package final class RedisScript: Sendable {
    let source: String
    let digest = Mutex<String?>(nil)

    package init(_ source: String) {
        self.source = source
    }
}

/// Whether there is a connection, readable from any thread.
private final class Availability: Sendable {
    private let flag = Atomic<Bool>(false)

    var isSet: Bool { flag.load(ordering: .relaxed) }

    func set(_ value: Bool) { flag.store(value, ordering: .relaxed) }
}

/// The label of a failed command.
private enum RedisErrorKind: String, CaseIterable {
    case unavailable
    case timeout
    case overloaded
    case refused
    case unexpected

    init(_ error: RedisError) {
        self =
            switch error {
            case .unavailable: .unavailable
            case .timeout: .timeout
            case .overloaded: .overloaded
            case .refused: .refused
            case .unexpectedReply: .unexpected
            }
    }
}
