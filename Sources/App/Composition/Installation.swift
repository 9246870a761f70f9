import API
import AsyncHTTPClient
import Audit
import Calls
import Database
import Flows
package import Foundation
package import Kernel
package import Localization
package import Logging
import NIOCore
import NIOHTTP1
import Numbers
import RedisStore
import Secrets
import ServiceLifecycle
import Site
import Speech
import Stripe
import Telemetry
import Tenants
import Twilio
package import UnixSignals
package import Web

/// A serving process: everything built once from the settings, and run until it is asked to stop.
package struct Installation: Sendable {
    private let config: AppConfig
    private let catalog: Catalog
    private let resources: URL
    private let logger: Logger
    private let time: TimeSource
    private let onListening: @Sendable (Int) async -> Void

    /// - Parameters:
    ///   - resources: the folder of templates, files and lists.
    ///   - onListening: called with the port once requests are answered.
    package init(
        config: AppConfig,
        catalog: Catalog,
        resources: URL,
        logger: Logger,
        time: TimeSource = .system,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.config = config
        self.catalog = catalog
        self.resources = resources
        self.logger = logger
        self.time = time
        self.onListening = onListening
    }

    /// Answers calls until a graceful shutdown, which waits for the running ones.
    ///
    /// - Parameter signals: which signals ask for it.
    package func serve(until signals: [UnixSignal]) async throws {
        let metrics = Metrics()
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: Self.httpConfiguration)
        let database = Database(
            config.database.configuration,
            logger: logger,
            metrics: metrics,
            platformDoor: .audited,
            seals: config.secrets.seals(time: time)
        )
        let redis = Redis(url: config.redis, metrics: metrics, logger: logger)
        let outcome: Result<Void, any Error>
        do {
            try await database.verifyRoles()
            let group = try await services(metrics, http, database, redis)
            outcome = .success(
                try await ServiceGroup(
                    configuration: ServiceGroupConfiguration(
                        services: group.map { .init(service: $0) },
                        gracefulShutdownSignals: signals,
                        logger: logger
                    )
                ).run()
            )
        } catch {
            outcome = .failure(error)
        }
        await redis.close()
        try await database.shutdown()
        try await http.shutdown()
        try outcome.get()
    }

    /// In the order of starting; a shutdown goes backwards, so that calls end before what they need.
    private func services(
        _ metrics: Metrics,
        _ http: HTTPClient,
        _ database: Database,
        _ redis: Redis
    ) async throws -> [any Service] {
        let tenants = TenantBook(database)
        let carrier = TwilioClient(
            credentials: config.twilio.credentials,
            base: config.twilio.base,
            http: http,
            time: time
        )
        let numbers = NumberBook(
            database,
            carrier: .twilio(carrier, addresses: config.addresses),
            account: config.twilio.accountSid,
            time: time
        )
        let flows = FlowLibrary(database, targetRules: numbers.targetRules(tenants: tenants))
        let lease = NodeLease(database)
        let life = try await lease.begin(config.nodeName, address: nil, at: time.now())
        let reading = CallReading(database, time: time)
        let live = LiveServices(redis: redis, reading: reading, nodeName: config.nodeName, logger: logger, time: time)
        let desk = CallDesk(database, flows: flows, life: life, announcer: live.announcer)
        let queue = FactQueue(
            desk,
            live: LiveCalls(redis: redis),
            time: time,
            logger: logger,
            metrics: metrics
        )
        let memory = CallMemory()
        let token = MediaToken(key: config.keyRing.derived(for: "media-token"))
        let texts = try SpokenLanguages(catalog)
        let providers = try InstallationProviders(
            config: config,
            tenants: tenants,
            modelKeys: TenantModelKeys(database),
            http: http,
            metrics: metrics,
            logger: logger,
            time: time
        )
        let reception = StreamReception(
            desk: desk,
            queue: queue,
            memory: memory,
            token: token,
            texts: texts.texts,
            time: time,
            logger: logger,
            announcer: live.announcer,
            providers: { try await providers.services(for: $0) }
        )
        let limiter = RateLimiter(redis: redis, time: time, metrics: metrics)
        let sessions = CallSessions(logger: logger) { await reception.admit($0) }
        let director = CallDirector(
            desk: desk,
            queue: queue,
            memory: memory,
            gate: .limited(by: limiter),
            texts: texts.texts,
            logger: logger,
            metrics: metrics,
            destinations: { try await numbers.handOverRules($0, tenants: tenants) }
        )
        let drain = Drain(sessions: sessions, memory: memory, time: time, logger: logger)
        let stripe = StripeHealth(
            client: StripeClient(
                baseURL: config.stripeBaseURL,
                secretKey: config.stripe.secret,
                http: http,
                time: time
            ),
            time: time
        )
        let probes = HealthProbes.of(database: database, redis: redis, stripe: stripe)
        let health = HealthController(
            probes: probes,
            time: time,
            readiness: { drain.readiness }
        )
        let addresses = config.addresses
        let accounts = CarrierAccounts([config.twilio.accountSid: config.twilio.tokens])
        let telephony = TelephonyController(
            door: CarrierDoor(accounts: accounts, addresses: addresses, metrics: metrics),
            director: director,
            documents: CallDocuments(addresses: addresses, token: token),
            time: time
        )
        let pages = try WebApplication(
            config: config,
            catalog: catalog,
            resources: resources,
            services: WebApplication.Services(
                database: database,
                limiter: limiter,
                tenants: tenants,
                numbers: numbers,
                reading: reading,
                live: live,
                control: LiveControl(
                    database,
                    desk: desk,
                    recall: .redirecting(by: carrier, to: config.addresses.fallback),
                    time: time,
                    send: { [commands = live.commands] in await commands.send($0, to: $1) }
                ),
                probes: probes,
                metrics: metrics,
                logger: logger,
                time: time
            )
        )
        let web = try webServer(sessions, health, telephony, pages, metrics)
        let figures = try WebServer.observing(
            metrics,
            host: config.observation.host,
            port: config.observation.servePort,
            logger: logger
        )
        let watch = NodeWatch(
            lease: lease,
            desk: desk,
            recall: .redirecting(by: carrier, to: addresses.fallback),
            time: time,
            logger: logger
        )
        return [
            ServiceTask { try await providers.recogniser.run() },
            ServiceTask { try await providers.synthesiser.run() },
            ServiceTask { try await watch.run() },
            QueueService(queue: queue),
            figures,
        ] + live.services(for: sessions) + [
            SessionService(sessions: sessions),
            pages.background,
            web,
            drain,
        ]
    }

    private func webServer(
        _ sessions: CallSessions,
        _ health: HealthController,
        _ telephony: TelephonyController,
        _ pages: WebApplication,
        _ metrics: Metrics
    ) throws -> WebServer {
        var book = RouteBook()
        health.register(on: &book)
        telephony.bind(into: &book)
        pages.bind(into: &book)
        let socket = MediaSocket(sessions: sessions, metrics: metrics, logger: logger)
        return try WebServer(
            configuration: WebServerConfiguration(
                address: .tcp(host: config.host, port: config.port),
                eventLoops: ProcessInfo.processInfo.activeProcessorCount,
                trustedProxies: config.trustedProxies,
                isSecure: config.publicBaseURL.hasPrefix("https://")
            ),
            table: Self.table,
            book: book,
            sockets: [socket.route { [config] in config.judge($0) }],
            errorPage: { [site = pages.site] in site.errorPage($0, $1) },
            refusal: { [problems = APIFailures(catalog: catalog)] in problems.answer($0, $1) },
            metrics: metrics,
            logger: logger,
            onListening: { [onListening] address in await onListening(address.port ?? 0) }
        )
    }

    /// Every address of the product.
    package static let table: [Endpoint] = Endpoint.table + WebApplication.table

    static var httpConfiguration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = .seconds(3)
        // A refused connection is an answer; whoever asked decides about a second attempt.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 256
        return configuration
    }
}

/// Stores what waits before the process goes.
private struct QueueService: Service {
    let queue: FactQueue

    func run() async throws {
        await cancelWhenGracefulShutdown { await queue.run() }
        _ = await queue.drain(within: .seconds(10))
    }
}

/// Runs the calls; a shutdown takes no new ones and waits for the rest.
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

extension AppConfig {
    /// Whether the carrier signed the handshake of a media stream (requirement H5). Its signature covers the address
    /// that our document named.
    fileprivate func judge(_ request: UpgradeRequest) -> UpgradeVerdict {
        guard let signature = request.headers.first(name: TwilioSignature.headerName) else {
            return .refused(.forbidden)
        }
        let isSigned = TwilioSignature.isValidHandshake(
            header: signature,
            url: addresses.media,
            tokens: twilio.tokens
        )
        return isSigned ? .accepted : .refused(.forbidden)
    }
}
