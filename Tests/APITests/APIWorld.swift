import Audit
import Calls
import Credentials
import Crypto
import Database
import Foundation
import HTTPTypes
import Kernel
import Localization
import Logging
import NIOCore
import Numbers
import Outbox
import RedisStore
import Secrets
import Telemetry
import Tenants
import TestSupport
import Testing
import Web

@testable import API

/// The interface over a database of its own: real keys, real books, a carrier whose numbers the test names, and a clock
/// that it moves.
struct APIWorld: Sendable {
    let test: TestDatabase
    let tenant: TenantID
    let flow: FlowID
    let owner: MemberFixture
    let routes: RouteBook
    let keys: APIKeys
    let clock: Shared<Date>
    let denied: Shared<[DeniedRequest]>
    /// How often the carrier was asked.
    let asked: Shared<Int>
    let statements: Shared<[String]>
    let outage: Shared<Bool>
    let time: TimeSource
    let limits: APILimits

    static let account = TestDatabase.accountSid

    private static let catalog = Result { try Catalog.load(resources: RepositoryFolder.resources) }
    private static let common = Result {
        try CommonPasswords.load(file: RepositoryFolder.resources.appending(path: "passwords/common.txt"))
    }

    static func text(_ key: String, _ language: Language = .de) throws -> String {
        try catalog.get().text(key, language)
    }

    static func run(
        limits: (RateLimit, RateLimit) = (APILimits.perKey, APILimits.perTenant),
        _ body: (APIWorld) async throws -> Void
    ) async throws {
        try await withTestDatabase(poolSize: 2) { test in
            let url = try #require(ProcessInfo.processInfo.environment["REDIS_URL"], "run bin/test")
            let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            let redis = Redis(url: try RedisURL(url), metrics: Metrics(), logger: silent)
            let hasher = PasswordHasher(memoryKiB: 64, slots: 1)
            let statements = Shared<[String]>([])
            let database = Database(
                test.urls.configuration(poolSize: 8),
                logger: Logger(label: "test", factory: { _ in StatementHandler(statements: statements) }),
                metrics: Metrics(),
                platformDoor: .audited,
                seals: test.keys.seals
            )
            let outcome: Result<Void, any Error>
            do {
                try await body(try await make(test, database, redis, hasher, limits, statements))
                outcome = .success(())
            } catch {
                outcome = .failure(error)
            }
            await hasher.close()
            await redis.close()
            try await database.shutdown()
            try outcome.get()
        }
    }

    private static func make(
        _ test: TestDatabase,
        _ database: Database,
        _ redis: Redis,
        _ hasher: PasswordHasher,
        _ limits: (RateLimit, RateLimit),
        _ statements: Shared<[String]>
    ) async throws -> APIWorld {
        let clock = Shared(Date())
        let time = TimeSource(now: { clock.value }, sleep: { _ in })
        let outbox = MailOutbox(database: database, envelope: Envelope(ring: try ring()))
        let links = TenantLinks(base: "https://voiceagent.example")
        let keys = APIKeys(database, outbox: outbox, links: links, pepper: Secret("a pepper"), time: time)
        let members = MemberBook(
            database,
            outbox: outbox,
            links: links,
            rules: PasswordRules(common: try common.get()),
            hasher: hasher,
            time: time
        )
        let asked = Shared(0)
        let outage = Shared(false)
        let account = try #require(AccountSid(Self.account))
        let sid = try #require(NumberSid("PN00000000000000000000000000000001"))
        let carrier = CarrierNumbers { number in
            asked.update { $0 += 1 }
            if outage.value { throw TimeLimitExceeded() }
            guard number.value.hasPrefix("+4373290") else { return nil }
            return CarrierNumber(e164: number, account: account, sid: sid)
        }
        let denied = Shared<[DeniedRequest]>([])
        let limits = APILimits(
            RateLimiter(redis: redis, time: time, metrics: Metrics()),
            nodes: 2,
            perKey: limits.0,
            perTenant: limits.1
        )
        let area = try APIArea(
            keys: keys,
            limits: limits,
            idempotency: Idempotency(database, time: time),
            books: APIArea.Books(
                tenants: TenantBook(database),
                members: members,
                calls: .init(database, time: time),
                numbers: NumberBook(database, carrier: carrier, account: account, time: time),
                numberReading: NumberReading(database, time: time),
                audit: .init(database)
            ),
            catalog: try catalog.get(),
            resources: RepositoryFolder.resources,
            time: time,
            onDenied: { request in denied.update { $0.append(request) } }
        )
        var routes = RouteBook()
        area.bind(into: &routes)
        let tenant = try await test.makeTenant(slug: "muster")
        return APIWorld(
            test: test,
            tenant: tenant,
            flow: try await test.makeLiveFlow(tenant).flow,
            owner: try await test.makeMember(tenant, "owner", email: "anna@muster.example", at: clock.value),
            routes: routes,
            keys: keys,
            clock: clock,
            denied: denied,
            asked: asked,
            statements: statements,
            outage: outage,
            time: time,
            limits: limits
        )
    }

    private static func ring() throws -> KeyRing {
        let file = FileManager.default.temporaryDirectory.appending(path: "keys-\(UUID())")
        let key = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0).base64EncodedString() }
        try Data("1:\(key)\n".utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
        let ring = try KeyRing(file: file.path)
        try FileManager.default.removeItem(at: file)
        return ring
    }

    static func texts() throws -> Catalog { try catalog.get() }

    func outbox(_ database: Database) throws -> MailOutbox {
        MailOutbox(database: database, envelope: Envelope(ring: try Self.ring()))
    }

    /// The same world behind other doors.
    func on(_ routes: RouteBook) -> APIWorld {
        APIWorld(
            test: test,
            tenant: tenant,
            flow: flow,
            owner: owner,
            routes: routes,
            keys: keys,
            clock: clock,
            denied: denied,
            asked: asked,
            statements: statements,
            outage: outage,
            time: time,
            limits: limits
        )
    }

    // MARK: Keys

    /// The text of a key of the tenant's.
    func key(_ scopes: [Permission] = AccessMatrix.keyScopes, expiresAt: Date? = nil) async throws -> String {
        let creation = try await keys.create(
            tenant,
            name: "Auswertung",
            scopes: Set(scopes),
            expiresAt: expiresAt,
            by: Acting(.member(owner.person), name: owner.name)
        )
        guard case .created(let text, _) = creation else { throw Unexpected() }
        return text.reveal()
    }

    struct Unexpected: Error {}

    // MARK: What is there

    func set(_ state: TenantState) async throws {
        try await test.app.withPlatform(actor: "test", reason: "fixture") { [tenant] transaction in
            try transaction.execute("UPDATE tenant SET state = \(state.rawValue) WHERE id = \(tenant)")
        }
    }

    /// A tenant of somebody else, with a number and a call.
    func stranger(_ number: String = "+43732900777") async throws -> (fixture: TenantFixture, call: CallID) {
        let owned: E164 = try #require(E164(number))
        let fixture = try await test.makeTenantWithFlow(owned)
        return (fixture, try await test.makeCall(fixture))
    }
}

/// Keeps the texts of statements.
private struct StatementHandler: LogHandler {
    let statements: Shared<[String]>
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .trace

    init(statements: Shared<[String]>) {
        self.statements = statements
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        if let text = event.metadata?["db.query.text"] { statements.update { $0.append("\(text)") } }
    }
}
