import ArgumentParser
import AsyncHTTPClient
import Audit
import Calls
import Database
import Flows
import Kernel
import Logging
import ServiceLifecycle
import Telemetry
import Tenants
import Twilio
import UnixSignals
import Web

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
        let metrics = Metrics()
        let database = Database(config.database.configuration, logger: logger, metrics: metrics, platformDoor: .audited)
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: Installation.httpConfiguration)
        let outcome: Result<Void, any Error>
        do {
            try await database.verifyRoles()
            // A worker opens no call, so its flows are never judged.
            let flows = FlowLibrary(database, targetRules: { _ in { _ in nil } })
            let lease = NodeLease(database)
            let life = try await lease.begin("work:\(config.nodeName)", address: nil, at: TimeSource.system.now())
            let desk = CallDesk(database, flows: flows, life: life)
            let carrier = TwilioClient(
                credentials: config.twilio.credentials,
                base: config.twilio.base,
                http: http,
                time: .system
            )
            let watch = NodeWatch(
                lease: lease,
                desk: desk,
                recall: .redirecting(by: carrier, to: config.addresses.fallback),
                time: .system,
                logger: logger
            )
            let mail = MailService(
                database: database,
                config: config,
                catalog: terminal.catalog,
                time: .system,
                logger: logger,
                metrics: metrics
            )
            let group = ServiceGroup(
                services: [
                    ServiceTask { try await watch.run() }, mail,
                    ServiceTask.people(database, time: .system, logger: logger),
                    ServiceTask.oldAnswers(of: TenantBook(database), database, time: .system, logger: logger),
                    ServiceTask { [denials = DenialResolver(database, time: .system, logger: logger)] in
                        await denials.run()
                    },
                ]
                    + (try ServiceTask.auditAnchors(database, config, logger)),
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
            logger.notice("working")
            outcome = .success(try await group.run())
        } catch let roles as UnsafeRoles {
            outcome = .failure(terminal.refuse("database_roles", ["reason": "\(roles)"]))
        } catch {
            outcome = .failure(error)
        }
        try await database.shutdown()
        try await http.shutdown()
        try outcome.get()
    }
}
