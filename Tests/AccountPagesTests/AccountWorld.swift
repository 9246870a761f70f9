import AccountPages
import Credentials
import Crypto
import Database
import Foundation
import Kernel
import Localization
import Logging
import Outbox
import People
import RedisStore
import Secrets
import Site
import Telemetry
import Tenants
import TestSupport
import Testing
import Web

/// The whole room over a database of its own: real procedures, real templates, and a clock that the test moves.
struct AccountWorld: Sendable {
    static let password = "Kaffee am Bahnhof"
    static let origin = "https://voiceagent.example"

    let test: TestDatabase
    let parts: PeopleParts
    let routes: RouteBook
    let clock: Shared<Date>
    /// What templates asked for in vain.
    let missing: Shared<[String]>
    /// Makes addresses of this test alone, because limits outlive it.
    let salt = UUID().uuidString.lowercased()
    /// An address of the network that no other test comes from.
    let client = "10." + (0..<3).map { _ in String(Int.random(in: 1...254)) }.joined(separator: ".")

    var now: Date { clock.value }
    func pass(_ seconds: TimeInterval) { clock.update { $0 += seconds } }
    func address(_ name: String) -> String { "\(name).\(salt)@example.at" }
    func browser() -> Browser { Browser(self) }

    private static let catalog = Result { try Catalog.load(resources: RepositoryFolder.resources) }
    private static let assets = Result {
        try Assets(folder: RepositoryFolder.resources.appending(path: "public"))
    }
    private static let common = Result {
        try CommonPasswords.load(file: RepositoryFolder.resources.appending(path: "passwords/common.txt"))
    }

    static func run(_ body: (AccountWorld) async throws -> Void) async throws {
        try await withTestDatabase(poolSize: 4) { test in
            let url = try #require(ProcessInfo.processInfo.environment["REDIS_URL"], "run bin/test")
            let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            let redis = Redis(url: try RedisURL(url), metrics: Metrics(), logger: logger)
            let hasher = PasswordHasher(memoryKiB: 64, slots: 2)
            let outcome: Result<Void, any Error>
            do {
                let world = try make(test, redis, hasher, logger)
                try await body(world)
                #expect(world.missing.value == [])
                outcome = .success(())
            } catch {
                outcome = .failure(error)
            }
            await redis.close()
            await hasher.close()
            try outcome.get()
        }
    }

    private static func make(
        _ test: TestDatabase,
        _ redis: Redis,
        _ hasher: PasswordHasher,
        _ logger: Logger
    ) throws -> AccountWorld {
        let clock = Shared(Date(timeIntervalSince1970: 1_800_000_000))
        let missing = Shared<[String]>([])
        let time = TimeSource(now: { clock.value }, sleep: { _ in })
        let catalog = try catalog.get()
        let envelope = Envelope(ring: try ring())
        let rules = PasswordRules(common: try common.get())
        let parts = PeopleParts(
            database: test.app,
            hasher: hasher,
            rules: rules,
            webAuthn: WebAuthn(rpID: "voiceagent.example", origins: [origin]),
            envelope: envelope,
            outbox: MailOutbox(database: test.app, envelope: envelope),
            limiter: RateLimiter(redis: redis, time: time, metrics: Metrics()),
            catalog: catalog,
            links: AccountLinks(base: origin),
            deviceKey: Secret("a key of this test"),
            time: time
        )
        let visitors = VisitorBook(test.app, time: time)
        let site = Site(
            address: try #require(SiteAddress(publicBaseURL: origin)),
            templates: try Templates(folder: RepositoryFolder.resources.appending(path: "templates"), catalog: catalog),
            assets: try assets.get(),
            catalog: catalog,
            time: time,
            logger: logger,
            visitor: { try await visitors.visitor(token: $0) },
            onDenied: { _ in },
            onMissingTags: { template, tags in missing.update { $0 += tags.map { "\(template): \($0)" } } }
        )
        let members = MemberBook(
            test.app,
            outbox: parts.outbox,
            links: TenantLinks(base: origin),
            rules: rules,
            hasher: hasher,
            time: time
        )
        var book = SiteBook(site: site, routes: RouteBook())
        AccountArea(people: parts, members: members, visitors: visitors).bind(into: &book)
        return AccountWorld(
            test: test,
            parts: parts,
            routes: book.routes,
            clock: clock,
            missing: missing
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

    // MARK: People

    /// Somebody with the password of this world.
    func person(_ name: String, platform: String? = nil) async throws -> PersonID {
        let hash = try await parts.hasher.hash(Password(Self.password))
        return try await test.makePerson(
            email: address(name),
            name: "Anna Beispiel",
            platform: platform,
            passwordHash: hash.text,
            at: now.addingTimeInterval(-86_400)
        )
    }

    func join(_ person: PersonID, _ tenant: TenantID, as role: MemberRole) async throws {
        try await test.app.withTenant(tenant) { transaction in
            try transaction.execute(
                """
                INSERT INTO membership (tenant_id, person_id, role)
                VALUES (\(tenant), \(person), \(role.rawValue))
                """
            )
        }
    }

    func invitation(_ tenant: TenantID, to email: String, as role: MemberRole = .editor) async throws -> RandomToken {
        let token = RandomToken()
        let now = now
        try await test.app.withTenant(tenant) { transaction in
            try transaction.execute(
                """
                INSERT INTO invitation (tenant_id, email, role, token_hash, language, created_at, expires_at)
                VALUES (\(tenant), \(email), \(role.rawValue), \(token.hash), 'de', \(now),
                    \(now.addingTimeInterval(7 * 86_400)))
                """
            )
        }
        return token
    }

    func link(_ kind: String, of person: PersonID, payload: String? = nil) async throws -> RandomToken {
        let token = RandomToken()
        let now = now
        try await test.app.withoutTenant { transaction in
            try transaction.execute(
                """
                INSERT INTO person_token (hash, person_id, kind, payload, created_at, expires_at)
                VALUES (\(token.hash), \(person), \(kind), \(payload), \(now), \(now.addingTimeInterval(1_800)))
                """
            )
        }
        return token
    }

    func mails() async throws -> Int {
        try await test.app.withoutTenant { try $0.queryOne("SELECT count(*) AS n FROM mail_outbox")?.get("n") ?? 0 }
    }

    /// What an authenticator app with this secret shows now.
    func code(_ secret: String) throws -> String {
        let secret = try #require(TOTPSecret(secret.filter { !$0.isWhitespace }))
        return OneTimeCode(secret).text(step: OneTimeCode.step(at: now))
    }
}
