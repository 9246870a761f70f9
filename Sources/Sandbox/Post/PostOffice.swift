import NIOCore
import NIOPosix
import Synchronization

/// The server for mail, listening on a port of its own until `close`.
final class PostOffice: Sendable {
    let port: Int
    private let channel: any Channel
    private let connections: Connections

    private final class Connections: Sendable {
        private let open = Mutex<[ObjectIdentifier: any Channel]>([:])

        func add(_ channel: any Channel) {
            open.withLock { $0[ObjectIdentifier(channel)] = channel }
            channel.closeFuture.whenComplete { [weak self] _ in
                self?.open.withLock { $0[ObjectIdentifier(channel)] = nil }
            }
        }

        func closeAll() {
            for channel in open.withLock({ Array($0.values) }) { channel.close(promise: nil) }
        }
    }

    private init(port: Int, channel: any Channel, connections: Connections) {
        self.port = port
        self.channel = channel
        self.connections = connections
    }

    /// - Parameter port: 0 takes a free one.
    static func open(
        host: String,
        port: Int,
        credentials: SMTPDialog.Credentials?,
        box: Postbox,
        faults: Faults
    ) async throws -> PostOffice {
        let connections = Connections()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    connections.add(channel)
                    let dialog = SMTPDialog(credentials: credentials) { faults.meet(.post) }
                    try channel.pipeline.syncOperations.addHandler(IdleStateHandler(readTimeout: .minutes(5)))
                    try channel.pipeline.syncOperations.addHandler(SMTPConnection(dialog: dialog, box: box))
                }
            }
            .bind(host: host, port: port)
            .get()
        return PostOffice(port: channel.localAddress?.port ?? 0, channel: channel, connections: connections)
    }

    func close() async {
        do {
            try await channel.close()
        } catch {
            // Closed already, which is what is wanted.
        }
        connections.closeAll()
    }
}
