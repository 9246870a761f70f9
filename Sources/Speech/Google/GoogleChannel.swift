import GRPCCore
import GRPCNIOTransportHTTP2Posix
import Synchronization

/// The connections to one of Google's services, shared by all calls. Each reconnects by itself for as long as `run`
/// runs.
final class GoogleChannel: Sendable {
    typealias Client = GRPCClient<HTTP2ClientTransport.Posix>

    /// Google's servers take 100 streams on a connection; what is above waits without an error.
    private static let comfortableStreams = 90

    private let clients: [Client]
    private let streams: Mutex<[Int]>
    private let isShutDown = Mutex(false)

    init(endpoint: GoogleEndpoint, connections: Int) throws {
        var config = HTTP2ClientTransport.Posix.Config.defaults
        config.backoff = .init(initial: .milliseconds(100), max: .seconds(5), multiplier: 1.6, jitter: 0.2)
        config.connection.keepalive = .init(time: .seconds(30), timeout: .seconds(10), allowWithoutCalls: false)
        clients = try (0..<max(connections, 1)).map { _ in
            Client(
                transport: try HTTP2ClientTransport.Posix(
                    target: endpoint.target,
                    transportSecurity: endpoint.isPlaintext ? .plaintext : .tls,
                    config: config
                )
            )
        }
        streams = Mutex(Array(repeating: 0, count: clients.count))
    }

    /// Keeps the connections until the task is cancelled, which breaks off open streams, or until `shutdown` is called
    /// and the last stream has ended.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in clients {
                group.addTask { try await client.runConnections() }
            }
            do {
                try await group.waitForAll()
            } catch {
                // A connection that is cancelled, or that was to begin only after the shutdown, says so as an error.
                if !Task.isCancelled, !isShutDown.withLock({ $0 }) { throw error }
            }
        }
    }

    /// Takes no further streams and lets those that are open end.
    func shutdown() {
        isShutDown.withLock { $0 = true }
        for client in clients { client.beginGracefulShutdown() }
    }

    /// Runs one stream on the first connection that has room, else on the least busy one.
    func withClient<Result: Sendable>(_ body: (Client) async throws -> Result) async throws -> Result {
        let index = streams.withLock { streams in
            let index =
                streams.firstIndex { $0 < Self.comfortableStreams }
                ?? streams.indices.min { streams[$0] < streams[$1] } ?? 0
            streams[index] += 1
            return index
        }
        defer { streams.withLock { $0[index] -= 1 } }
        return try await body(clients[index])
    }
}

extension GoogleEndpoint {
    fileprivate var target: any ResolvableTarget {
        if isIPv4 { return .ipv4(address: host, port: port) }
        if isIPv6 { return .ipv6(address: host, port: port) }
        return .dns(host: host, port: port)
    }
}
