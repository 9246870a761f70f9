import ArgumentParser
import Database
import Foundation
import Localization
import Logging
import ServiceLifecycle
import UnixSignals

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Answer calls until SIGTERM, then wait for the running ones."
    )

    func run() async throws {
        let (config, terminal) = try Self.settings()
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = config.logLevel
            return handler
        }
        let logger = Logger(label: "voiceagent")
        let installation = Installation(
            config: config,
            catalog: terminal.catalog,
            resources: try ProgramFolders(environment: ProcessInfo.processInfo.environment).resources,
            logger: logger
        ) { port in
            logger.notice("listening", metadata: ["server.port": "\(port)"])
        }
        do {
            try await installation.serve(until: [.sigterm, .sigint])
        } catch let roles as UnsafeRoles {
            throw terminal.refuse("database_roles", ["reason": "\(roles)"])
        }
    }

    /// The settings, or the end of the command with everything that is wrong with them.
    static func settings() throws -> (AppConfig, Terminal) {
        let environment = ProcessInfo.processInfo.environment
        let terminal = try Terminal(environment: environment)
        do {
            let config = try AppConfig(environment: environment, hostName: ProcessInfo.processInfo.hostName)
            return (config, terminal)
        } catch let problems as SettingProblems {
            throw terminal.refuse(problems)
        }
    }
}
