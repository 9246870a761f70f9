import ArgumentParser
import Database
import Logging
import UnixSignals

struct WorkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "work",
        abstract: "Do what no request waits for: send mails, close what lost processes left open."
    )

    func run() async throws {
        let (config, terminal) = try ServeCommand.settings()
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = config.logLevel
            return handler
        }
        let logger = Logger(label: "voiceagent")
        let worker = Worker(config: config, catalog: terminal.catalog, logger: logger) { port in
            logger.notice("working", metadata: ["server.port": "\(port)"])
        }
        do {
            try await worker.work(until: [.sigterm, .sigint])
        } catch let roles as UnsafeRoles {
            throw terminal.refuse("database_roles", ["reason": "\(roles)"])
        }
    }
}
