import API
import Audit
import Calls
import Credentials
import Database
import Foundation
import Kernel
import Localization
import Logging
import Numbers
import Outbox
import People
import RedisStore
import Secrets
import ServiceLifecycle
import Site
import Telemetry
import Tenants
import Web

/// The pages, built once: the frame, what people sign in with, and every area's controllers.
struct WebApplication: Sendable {
    let site: Site
    let people: PeopleParts
    let denials: Denials
    let tenant: TenantServices
    let api: APIArea
    let services: Services
    /// The names of the operator's list of models.
    let modelEntries: [String]

    /// What the pages share with the rest of the process.
    struct Services: Sendable {
        let database: Database
        let limiter: RateLimiter
        let tenants: TenantBook
        let numbers: NumberBook
        let reading: CallReading
        let live: LiveServices
        let control: LiveControl
        let probes: HealthProbes
        let metrics: Metrics
        let logger: Logger
        let time: TimeSource
    }

    /// - Parameter resources: the folder with templates, files and lists.
    /// - Throws: what is wrong with the files; the process does not start then.
    init(config: AppConfig, catalog: Catalog, resources: URL, services: Services) throws {
        guard let address = SiteAddress(publicBaseURL: config.publicBaseURL) else {
            throw SettingProblems(problems: [SettingProblem(.publicBaseURL, "setting_url")])
        }
        let database = services.database
        let envelope = Envelope(ring: config.keyRing)
        people = PeopleParts(
            database: database,
            hasher: PasswordHasher(slots: max(2, ProcessInfo.processInfo.activeProcessorCount)),
            rules: PasswordRules(
                common: try CommonPasswords.load(file: resources.appending(path: "passwords/common.txt"))
            ),
            webAuthn: WebAuthn(rpID: address.host, origins: [address.origin]),
            envelope: envelope,
            outbox: MailOutbox(database: database, envelope: envelope),
            limiter: services.limiter,
            catalog: catalog,
            links: AccountLinks(base: address.origin),
            deviceKey: config.keyRing.derived(for: "known-device"),
            time: services.time
        )
        tenant = try TenantServices(
            people: people,
            tenants: services.tenants,
            numbers: services.numbers,
            links: TenantLinks(base: address.origin),
            config: config,
            resources: resources
        )
        self.services = services
        modelEntries = config.models.endpoints.keys.sorted()
        denials = Denials(database, time: services.time, logger: services.logger, metrics: services.metrics)
        api = try APIArea(
            keys: tenant.keys,
            limits: APILimits(services.limiter, nodes: config.nodes),
            idempotency: Idempotency(database, time: services.time),
            books: APIArea.Books(
                tenants: tenant.tenants,
                members: tenant.members,
                calls: services.reading,
                numbers: tenant.numbers,
                numberReading: tenant.numberReading,
                audit: tenant.archive
            ),
            catalog: catalog,
            resources: resources,
            time: services.time,
            onDenied: { [denials] in denials.note($0) }
        )
        let missing = services.metrics.counter(
            "voiceagent_template_missing_tags_total",
            help: "Tags of templates that had no value."
        )
        site = Site(
            address: address,
            templates: try Templates(folder: resources.appending(path: "templates"), catalog: catalog),
            assets: try Assets(folder: resources.appending(path: "public")),
            catalog: catalog,
            time: services.time,
            logger: services.logger,
            visitor: { [visitors = tenant.visitors, sessions = WebSessions(database, time: services.time)] token in
                guard let visitor = try await visitors.visitor(token: token) else { return nil }
                try await sessions.touch(visitor.session.id, seenAt: visitor.session.seenAt)
                return visitor
            },
            onDenied: { [denials, time = services.time] in denials.note(DeniedRequest($0, at: time.now())) },
            onMissingTags: { [logger = services.logger] template, tags in
                missing.increment(by: tags.count)
                logger.error(
                    "template has tags without a value",
                    metadata: ["template": "\(template)", "tags": "\(tags.joined(separator: " "))"]
                )
            }
        )
    }

    /// What runs beside the requests, and is finished when the process goes.
    var background: any Service { PageService(denials: denials, hasher: people.hasher) }
}

private struct PageService: Service {
    let denials: Denials
    let hasher: PasswordHasher

    func run() async throws {
        await cancelWhenGracefulShutdown { await denials.run() }
        await hasher.close()
        try await denials.flush()
    }
}

extension DeniedRequest {
    /// The route says what the last parameter of its path names.
    init(_ denial: Denial, at time: Date) {
        let path = denial.route.split(separator: " ").last.map(String.init) ?? ""
        let kinds: [(prefix: String, kind: ObjectKind)] = [
            ("/anrufe", .call), ("/rufnummern", .number), ("/plattform/rufnummern", .number),
            ("/team/einladungen", .invitation), ("/team", .member), ("/api-schluessel", .key),
            ("/einstellungen/support", .supportAccess), ("/plattform/mandanten", .tenant),
        ]
        let kind = denial.parameters.isEmpty ? .page : kinds.first { path.hasPrefix($0.prefix) }?.kind ?? .page
        self.init(
            at: time,
            person: denial.person,
            tenant: denial.tenant,
            route: denial.route,
            kind: kind,
            // Numbers stand in addresses without their plus sign.
            object: (kind == .number ? "+" : "") + (denial.parameters.last ?? "")
        )
    }
}
