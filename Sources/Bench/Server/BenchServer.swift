import Calls
import Flows
import Foundation
import HTTPTypes
import Kernel
import Logging
import NIOCore
import ServiceLifecycle
import Telemetry
import UnixSignals
import Web

/// The product's media socket, sessions, machine and detector, with an admission that lets everybody in and providers
/// that answer at once.
struct BenchServer {
    private static let stats = Endpoint(.get, "/stats", access: .anyone, kind: "bench", "how many calls are open")

    let port: Int
    let eventLoops: Int
    let flow: FlowDocument

    /// Serves until SIGTERM or SIGINT.
    func run() async throws {
        var logger = Logger(label: "bench") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        let metrics = Metrics()
        let journal = CountingJournal()
        let sessions = sessions(journal: journal, metrics: metrics, logger: logger)
        var book = RouteBook()
        book.on(Self.stats) { _ in
            .json(#"{"sessions":\#(sessions.count),"facts":\#(journal.count)}"# + "\n")
        }
        let server = try WebServer(
            configuration: WebServerConfiguration(address: .tcp(host: "127.0.0.1", port: port), eventLoops: eventLoops),
            table: [.media, Self.stats],
            book: book,
            sockets: [
                MediaSocket(sessions: sessions, metrics: metrics, logger: logger).route { _ in .accepted }
            ],
            metrics: metrics,
            logger: logger,
            onListening: { address in Listening.announce(port: address.port ?? port) }
        )
        // Shut down in the opposite order: the sockets end the calls, and then the sessions have nothing left.
        try await ServiceGroup(
            services: [SessionService(sessions: sessions), server],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        ).run()
    }

    private func sessions(journal: CountingJournal, metrics: Metrics, logger: Logger) -> CallSessions {
        let services = CallServices(
            recogniser: InstantRecogniser(),
            synthesiser: InstantSynthesizer(clip: SpeechTone.make(milliseconds: 2_000)),
            model: InstantModel(),
            recognitionModel: "instant",
            time: TimeSource(now: { Date() }, sleep: { try await Task.sleep(for: $0) }),
            metrics: CallMetrics(metrics),
            logger: logger,
            speechProvider: "instant",
            modelProvider: "instant"
        )
        let texts = BenchTexts.german
        return CallSessions(logger: logger) { [flow] opening in
            let plan = CallPlan(callSid: opening.callSid, document: flow, texts: texts, situation: "")
            return .admitted(StreamAdmission(plan: plan, services: services, journal: journal))
        }
    }
}

/// Runs the sessions until the server has closed their sockets.
private struct SessionService: Service {
    let sessions: CallSessions

    func run() async throws {
        await withGracefulShutdownHandler {
            await sessions.run()
        } onGracefulShutdown: {
            sessions.stop()
        }
    }
}
