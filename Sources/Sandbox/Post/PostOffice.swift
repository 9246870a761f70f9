import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// The server for mail, listening on two ports of its own until `close`: one that begins in clear and offers STARTTLS,
/// one that is encrypted from the first byte on.
final class PostOffice: Sendable {
    let port: Int
    /// Encrypted from the first byte on.
    let tlsPort: Int
    /// What this post office proves itself with.
    let certificate: String
    private let channels: [any Channel]
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

    private init(clear: any Channel, encrypted: any Channel, certificate: String, connections: Connections) {
        port = clear.localAddress?.port ?? 0
        tlsPort = encrypted.localAddress?.port ?? 0
        channels = [clear, encrypted]
        self.certificate = certificate
        self.connections = connections
    }

    /// - Parameters:
    ///   - port: 0 takes a free one.
    ///   - tlsPort: likewise.
    static func open(
        host: String,
        port: Int,
        tlsPort: Int,
        credentials: SMTPDialog.Credentials?,
        box: Postbox,
        faults: Faults
    ) async throws -> PostOffice {
        let connections = Connections()
        let certificate = try PostCertificate()
        func listen(_ port: Int, _ encryption: SMTPDialog.Encryption) async throws -> any Channel {
            try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        connections.add(channel)
                        let dialog = SMTPDialog(credentials: credentials, encryption: encryption) { faults.meet(.post) }
                        let pipeline = channel.pipeline.syncOperations
                        if encryption == .active {
                            try pipeline.addHandler(NIOSSLServerHandler(context: certificate.context))
                        }
                        try pipeline.addHandler(IdleStateHandler(readTimeout: .minutes(5)))
                        try pipeline.addHandler(SMTPConnection(dialog: dialog, box: box, tls: certificate.context))
                    }
                }
                .bind(host: host, port: port)
                .get()
        }
        let clear = try await listen(port, .offered)
        do {
            return PostOffice(
                clear: clear,
                encrypted: try await listen(tlsPort, .active),
                certificate: certificate.pem,
                connections: connections
            )
        } catch {
            try await clear.close()
            throw error
        }
    }

    func close() async {
        for channel in channels {
            do {
                try await channel.close()
            } catch {
                // Closed already, which is what is wanted.
            }
        }
        connections.closeAll()
    }
}
