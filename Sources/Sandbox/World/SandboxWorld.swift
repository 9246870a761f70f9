import Foundation
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import Hummingbird
import Kernel
import Logging
import NIOCore

/// The outside world, listening: one HTTP port with the vendors' REST interfaces, one gRPC port with Google's speech
/// services and two SMTP ports for mail, in clear with STARTTLS and encrypted from the beginning. Belongs to whoever starts it, until `shutdown`.
package final class SandboxWorld: Sendable {
    package enum Failure: Error, Equatable {
        /// A port is taken, or the server ended before it listened.
        case cannotListen(String)
    }

    package let settings: WorldSettings
    package let httpPort: Int
    package let grpcPort: Int
    package let exchange: Exchange
    package let faults: Faults
    package let serviceAccount: ServiceAccount
    /// The mails that arrived.
    package let postbox: Postbox

    private let http: Task<Void, any Error>
    private let grpcServer: GRPCServer<HTTP2ServerTransport.Posix>
    private let grpcTask: Task<Void, any Error>
    private let post: PostOffice

    /// `http://127.0.0.1:PORT`
    package var httpBase: String { "http://\(settings.host):\(httpPort)" }
    package var grpcBase: String { "http://\(settings.host):\(grpcPort)" }
    package var smtpPort: Int { post.port }
    package var smtpBase: String { "smtp://\(settings.host):\(smtpPort)" }
    package var smtpsBase: String { "smtps://\(settings.host):\(post.tlsPort)" }
    /// The certificate (PEM) that the post office proves itself with.
    package var smtpCertificate: String { post.certificate }

    private init(
        settings: WorldSettings,
        ports: (http: Int, grpc: Int),
        exchange: Exchange,
        faults: Faults,
        serviceAccount: ServiceAccount,
        postbox: Postbox,
        post: PostOffice,
        http: Task<Void, any Error>,
        grpcServer: GRPCServer<HTTP2ServerTransport.Posix>,
        grpcTask: Task<Void, any Error>
    ) {
        self.settings = settings
        httpPort = ports.http
        grpcPort = ports.grpc
        self.exchange = exchange
        self.faults = faults
        self.serviceAccount = serviceAccount
        self.postbox = postbox
        self.post = post
        self.http = http
        self.grpcServer = grpcServer
        self.grpcTask = grpcTask
    }

    /// Starts a world and returns when all ports listen.
    package static func start(_ settings: WorldSettings) async throws -> SandboxWorld {
        let state = WorldState(directory: settings.stateDirectory)
        let exchange = Exchange(numbers: try state.numbers())
        for number in settings.numbers where !exchange.numbers.contains(where: { $0.phoneNumber == number }) {
            exchange.register(Exchange.Number(phoneNumber: number, accountSid: settings.accountSid))
        }
        let faults = Faults()
        let serviceAccount =
            try (settings.credentials ?? state.serviceAccount()).map { try ServiceAccount(json: $0) }
            ?? ServiceAccount(tokenURI: "")

        let router = Router()
        CarrierREST(
            account: settings.account,
            exchange: exchange,
            faults: faults,
            onNumbers: { try state.keep(numbers: $0) }
        ).addRoutes(to: router)
        ModelEndpoint(key: settings.modelKey.reveal(), faults: faults).addRoutes(to: router)
        StripeEndpoint(faults: faults).addRoutes(to: router)
        let postbox = Postbox()
        InboxEndpoint(box: postbox).addRoutes(to: router)
        TokenEndpoint(account: serviceAccount, faults: faults).addRoutes(to: router)
        ControlEndpoint(
            exchange: exchange,
            faults: faults,
            account: serviceAccount,
            settings: settings,
            onNumbers: { try state.keep(numbers: $0) }
        ).addRoutes(to: router)
        let post = try await PostOffice.open(
            host: settings.host,
            port: settings.smtpPort,
            tlsPort: settings.smtpsPort,
            credentials: settings.postCredentials,
            box: postbox,
            faults: faults
        )
        let http: Task<Void, any Error>
        let httpPort: Int
        do {
            (http, httpPort) = try await listen(router, settings)
        } catch {
            await post.close()
            throw error
        }
        do {
            serviceAccount.move(to: "http://\(settings.host):\(httpPort)/token")
            try state.keep(serviceAccount: serviceAccount)
            let grpcServer = GRPCServer(
                transport: HTTP2ServerTransport.Posix(
                    address: .ipv4(host: settings.host, port: settings.grpcPort),
                    transportSecurity: .plaintext
                ),
                services: [
                    SpeechService(account: serviceAccount, faults: faults, location: settings.googleLocation),
                    TextToSpeechService(account: serviceAccount, faults: faults, voice: settings.voice),
                ]
            )
            let grpcTask = Task { try await grpcServer.serve() }
            guard let grpcPort = try await grpcServer.listeningAddress?.ipv4?.port else {
                throw Failure.cannotListen("gRPC")
            }
            return SandboxWorld(
                settings: settings,
                ports: (httpPort, grpcPort),
                exchange: exchange,
                faults: faults,
                serviceAccount: serviceAccount,
                postbox: postbox,
                post: post,
                http: http,
                grpcServer: grpcServer,
                grpcTask: grpcTask
            )
        } catch {
            await post.close()
            http.cancel()
            throw error
        }
    }

    private static func listen(
        _ router: Router<BasicRequestContext>,
        _ settings: WorldSettings
    ) async throws -> (Task<Void, any Error>, Int) {
        let (ports, listening) = AsyncThrowingStream.makeStream(of: Int.self)
        var logger = Logger(label: "sandbox")
        logger.logLevel = .critical
        let application = Application(
            router: router,
            configuration: .init(address: .hostname(settings.host, port: settings.httpPort), serverName: nil),
            onServerRunning: { channel in
                if let port = channel.localAddress?.port { listening.yield(port) }
                listening.finish()
            },
            logger: logger
        )
        let task = Task {
            do {
                try await application.run()
                listening.finish()
            } catch {
                listening.finish(throwing: error)
                throw error
            }
        }
        for try await port in ports { return (task, port) }
        throw Failure.cannotListen("HTTP")
    }

    /// Ends all servers and returns when they have ended.
    package func shutdown() async {
        await post.close()
        grpcServer.beginGracefulShutdown()
        http.cancel()
        _ = await http.result
        grpcTask.cancel()
        _ = await grpcTask.result
    }

    /// Returns when a server ends, which it does only after `shutdown` or on an error.
    package func wait() async {
        _ = await http.result
        _ = await grpcTask.result
    }
}
