import ArgumentParser
import Logging
import ServiceLifecycle
import UnixSignals

struct SinkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sink",
        abstract: "A WebSocket server on plain SwiftNIO that reads frames and throws them away: the baseline."
    )

    @OptionGroup var server: ServerOptions

    func run() async throws {
        try server.prepareProcess()
        try await ServiceGroup(
            services: [SinkServer(port: server.port, eventLoops: server.eventLoops)],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: Logger(label: "bench") { StreamLogHandler.standardError(label: $0) }
        ).run()
    }
}
