import Crypto
import Database
import Foundation
import Kernel
import Localization
import Logging
import RedisStore
import Telemetry
import TestSupport
import Testing

@testable import Credentials
@testable import Outbox
@testable import People
@testable import Secrets

/// The room over a database of its own, with cheap passwords and a clock that the test moves.
struct PeopleWorld: Sendable {
    static let password = "Kaffee am Bahnhof"
    static let start = Date(timeIntervalSince1970: 1_800_000_000)

    let test: TestDatabase
    let parts: PeopleParts
    private let clock: Shared<Date>
    private let salt = UUID().uuidString.lowercased()

    var now: Date { clock.value }
    var signIn: SignIn { SignIn(parts) }
    var factors: SecondFactors { SecondFactors(parts) }
    var passwords: PasswordReset { PasswordReset(parts) }
    var sessions: WebSessions { WebSessions(parts.database, time: parts.time) }
    var staff: PlatformStaff {
        PlatformStaff(
            parts.database,
            outbox: parts.outbox,
            links: parts.links,
            time: parts.time
        )
    }

    private init(_ test: TestDatabase, _ parts: PeopleParts, _ clock: Shared<Date>) {
        self.test = test
        self.parts = parts
        self.clock = clock
    }

    /// A mail address of this test alone, because limits outlive it.
    func address(_ name: String) -> String { "\(name).\(salt)@example.at" }

    func pass(_ seconds: TimeInterval) { clock.update { $0 += seconds } }

    private static let texts = Result {
        try Catalog.load(resources: RepositoryFolder.root.appending(path: "Resources"))
    }
    private static let common = Result {
        try CommonPasswords.load(file: RepositoryFolder.root.appending(path: "Resources/passwords/common.txt"))
    }

    /// - Parameter withRedis: without it each limit is a quarter, decided in memory by the test's clock.
    static func run(withRedis: Bool = true, _ body: (PeopleWorld) async throws -> Void) async throws {
        try await withTestDatabase(poolSize: 4) { test in
            let given = withRedis ? ProcessInfo.processInfo.environment["REDIS_URL"] : nil
            if withRedis, given == nil { throw Unexpected("REDIS_URL is missing; run bin/test") }
            let redis = Redis(
                url: try RedisURL(given ?? "unix:///nowhere/redis.sock"),
                metrics: Metrics(),
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            )
            let hasher = PasswordHasher(memoryKiB: 64, slots: 2)
            let clock = Shared(start)
            let time = TimeSource(now: { clock.value }, sleep: { _ in })
            let key = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0).base64EncodedString() }
            let envelope = Envelope(ring: try KeyRing(text: "1:\(key)"))
            let parts = PeopleParts(
                database: test.app,
                hasher: hasher,
                rules: PasswordRules(common: try common.get()),
                webAuthn: WebAuthn(rpID: "example.org", origins: ["https://app.example.org"]),
                envelope: envelope,
                outbox: MailOutbox(database: test.app, envelope: envelope),
                limiter: RateLimiter(redis: redis, time: time, metrics: Metrics()),
                catalog: try texts.get(),
                links: AccountLinks(base: "https://app.example.org"),
                deviceKey: Secret("a key of this test"),
                time: time
            )
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await body(PeopleWorld(test, parts, clock)))
            } catch {
                outcome = .failure(error)
            }
            await redis.close()
            await hasher.close()
            try outcome.get()
        }
    }

    // MARK: People

    /// Somebody with the password of this world.
    func person(email: String? = nil, platform: String? = nil, password: String = password) async throws -> PersonID {
        let hash = try await parts.hasher.hash(Password(password))
        return try await test.makePerson(
            email: email,
            platform: platform,
            passwordHash: hash.text,
            at: Self.start.addingTimeInterval(-86_400)
        )
    }

    func email(of person: PersonID) async throws -> String {
        try #require(try await PeopleBook(parts.database, time: parts.time).person(person)).email
    }

    /// An authenticator app that has been confirmed; its next code is good.
    func totp(for person: PersonID) async throws -> OneTimeCode {
        let secret = TOTPSecret()
        let sealed = try parts.envelope.seal(Secret(secret.reveal()), for: CodeCheck.place(of: person))
        let now = now
        try await test.app.withoutTenant { transaction in
            try transaction.execute(
                """
                INSERT INTO totp_factor (person_id, state, key_version, nonce, ciphertext, confirmed_at)
                VALUES (\(person), 'active', \(sealed.keyVersion), \(sealed.nonce), \(sealed.ciphertext), \(now))
                """
            )
        }
        return OneTimeCode(secret)
    }

    func code(_ codes: OneTimeCode) -> String { codes.text(step: OneTimeCode.step(at: now)) }

    /// Signs in with the password alone.
    func begin(
        _ email: String,
        _ password: String = password,
        devices: KnownDevices = KnownDevices(cookie: nil),
        from origin: RequestOrigin = .somewhere
    ) async throws -> SignInOutcome {
        try await signIn.begin(email: email, password: Password(password), devices: devices, from: origin)
    }

    // MARK: What was stored

    func sessionState(_ id: WebSessionID) async throws -> (hash: Data, level: String, endReason: String?) {
        try await test.app.withoutTenant { transaction in
            let row = try transaction.queryOne(
                "SELECT token_hash, level, end_reason FROM web_session WHERE id = \(id)"
            )
            return (
                try row?.get("token_hash") ?? Data(), try row?.get("level") ?? "",
                try row?.getOptional("end_reason") ?? nil
            )
        }
    }

    func mails() async throws -> [String] {
        try await strings("SELECT kind AS value FROM mail_outbox ORDER BY created_at, id")
    }

    func events() async throws -> [String] {
        try await strings("SELECT kind AS value FROM sign_in_event ORDER BY id")
    }

    func count(_ sql: SQL) async throws -> Int {
        try await test.app.withoutTenant { try $0.queryOne(sql)?.get("n") ?? 0 }
    }

    private func strings(_ sql: SQL) async throws -> [String] {
        try await test.app.withoutTenant { try $0.query(sql).map { try $0.get("value", as: String.self) } }
    }

    /// The newest mail of a kind, opened as the worker opens it.
    func mail(_ kind: MailKind) async throws -> OutgoingMail? {
        let stored = try await test.app.withoutTenant { transaction in
            try transaction.queryOne(
                """
                SELECT id, key_version, nonce, ciphertext FROM mail_outbox
                WHERE kind = \(kind.rawValue) ORDER BY created_at DESC LIMIT 1
                """
            ).map { row in
                SealedMail(
                    id: try row.get("id"),
                    sealed: SealedValue(
                        keyVersion: try row.get("key_version"),
                        nonce: try row.get("nonce"),
                        ciphertext: try row.get("ciphertext")
                    )
                )
            }
        }
        return try stored?.opened(as: kind, envelope: parts.envelope)
    }

    /// The token at the end of a mail's link.
    func token(in mail: OutgoingMail?) throws -> RandomToken {
        let link = try #require(mail?.arguments["link"])
        return try #require(RandomToken(String(link.suffix(43))))
    }

    /// How many statements `body` runs.
    func statements(_ body: () async throws -> Void) async throws -> Double {
        let before = statementCount
        try await body()
        return statementCount - before
    }

    private var statementCount: Double {
        test.metricsText.split(separator: "\n")
            .filter { $0.hasPrefix("voiceagent_database_statements_total") && $0.contains("application") }
            .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }
            .reduce(0, +)
    }
}

extension RequestOrigin {
    static let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

    /// An address that no other test comes from.
    static var somewhere: RequestOrigin {
        let parts = (0..<3).map { _ in Int.random(in: 1...254) }.map(String.init).joined(separator: ".")
        return at("10.\(parts)")
    }

    static func at(_ address: String) -> RequestOrigin {
        RequestOrigin(address: ClientAddress(address), userAgent: firefox, requestID: "r-1")
    }
}

extension SignInOutcome {
    var name: String {
        switch self {
        case .signedIn: "signed_in"
        case .secondFactorNeeded: "second_factor_needed"
        case .enrolmentNeeded: "enrolment_needed"
        case .refused: "refused"
        case .throttled: "throttled"
        case .busy: "busy"
        }
    }

    var session: NewSession? {
        switch self {
        case .signedIn(let session), .secondFactorNeeded(let session), .enrolmentNeeded(let session): session
        case .refused, .throttled, .busy: nil
        }
    }
}

extension FactorOutcome {
    var name: String {
        switch self {
        case .signedIn: "signed_in"
        case .refused: "refused"
        case .throttled: "throttled"
        case .sessionOver: "session_over"
        }
    }

    var session: NewSession? {
        if case .signedIn(let session) = self { session } else { nil }
    }
}

extension PasswordOutcome {
    var name: String {
        switch self {
        case .set: "set"
        case .changed: "changed"
        case .weak(let refusal): "weak:\(refusal.rawValue)"
        case .refused(let refusal): "refused:\(refusal.rawValue)"
        }
    }
}

extension Result where Failure == AccountRefusal {
    var refusal: AccountRefusal? {
        if case .failure(let refusal) = self { refusal } else { nil }
    }
}
