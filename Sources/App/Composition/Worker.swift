import AsyncHTTPClient
import Audit
import Calls
import Database
import Flows
package import Kernel
package import Localization
package import Logging
import Secrets
import ServiceLifecycle
import Telemetry
import Tenants
import Twilio
package import UnixSignals
import Web

/// A working process: what no request waits for, built once from the settings and run until it is asked to stop.
package struct Worker: Sendable {
    private let config: AppConfig
    private let catalog: Catalog
    private let logger: Logger
    private let time: TimeSource
    private let onListening: @Sendable (Int) async -> Void

    /// - Parameter onListening: called with the port of `/metrics`, `/livez` and `/readyz` once they are answered.
    package init(
        config: AppConfig,
        catalog: Catalog,
        logger: Logger,
        time: TimeSource = .system,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.config = config
        self.catalog = catalog
        self.logger = logger
        self.time = time
        self.onListening = onListening
    }

    /// Works until a graceful shutdown, which finishes what is on its way.
    ///
    /// - Parameter signals: which signals ask for it.
    package func work(until signals: [UnixSignal]) async throws {
        let metrics = Metrics()
        let database = Database(
            config.database.configuration,
            logger: logger,
            metrics: metrics,
            platformDoor: .audited,
            seals: config.secrets.seals(time: time)
        )
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: Installation.httpConfiguration)
        let outcome: Result<Void, any Error>
        do {
            try await database.verifyRoles()
            let rewrapped = try config.secrets.tenantKeys(time: time).rewrap()
            if rewrapped > 0 { logger.notice("tenants' keys wrapped anew", metadata: ["count": "\(rewrapped)"]) }
            let services = try await services(metrics, http, database)
            outcome = .success(
                try await ServiceGroup(services: services, gracefulShutdownSignals: signals, logger: logger).run()
            )
        } catch {
            outcome = .failure(error)
        }
        try await database.shutdown()
        try await http.shutdown()
        try outcome.get()
    }

    /// In the order of starting; a shutdown goes backwards, so that the figures are there until the end.
    private func services(
        _ metrics: Metrics,
        _ http: HTTPClient,
        _ database: Database
    ) async throws -> [any Service] {
        let farewell = Farewell()
        let mail = MailService(
            database: database,
            config: config,
            catalog: catalog,
            time: time,
            logger: logger,
            metrics: metrics
        )
        let watch = try await watch(http, database)
        let denials = DenialResolver(database, time: time)
        let figures = try WebServer.observing(
            metrics,
            host: config.observation.host,
            port: config.observation.workPort,
            health: HealthController(
                probes: .of(database: database),
                time: time,
                readiness: { farewell.readiness }
            ),
            logger: logger,
            onListening: onListening
        )
        return [
            figures,
            ServiceTask { try await watch.run() },
            mail,
            job(.signIns, metrics).signIns(database, time: time),
            job(.oldAnswers, metrics).oldAnswers(of: TenantBook(database), database, time: time),
            job(.denials, metrics).every(.seconds(30)) {
                var sum = 0
                while case let count = try await denials.resolve(), count > 0 { sum += count }
                return sum
            },
        ]
            + (try ServiceTask.auditAnchors(database, config, time: time, logger: logger, metrics: metrics))
            + [farewell]
    }

    private func job(_ kind: Job.Kind, _ metrics: Metrics) -> Job {
        Job(kind, time: time, logger: logger, metrics: metrics)
    }

    private func watch(_ http: HTTPClient, _ database: Database) async throws -> NodeWatch {
        // A worker opens no call, so its flows are never judged.
        let flows = FlowLibrary(database, targetRules: { _ in { _ in nil } })
        let lease = NodeLease(database)
        let life = try await lease.begin("work:\(config.nodeName)", address: nil, at: time.now())
        let carrier = TwilioClient(
            credentials: config.twilio.credentials,
            base: config.twilio.base,
            http: http,
            time: time
        )
        return NodeWatch(
            lease: lease,
            desk: CallDesk(database, flows: flows, life: life),
            recall: .redirecting(by: carrier, to: config.addresses.fallback),
            time: time,
            logger: logger
        )
    }
}
