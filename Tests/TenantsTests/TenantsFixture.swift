import Audit
import Credentials
import Database
import Foundation
import Kernel
import Outbox
import People
import Secrets
import Tenants
import TestSupport

/// The façades of the room on one test's own database.
struct TenantsFixture: Sendable {
    let database: TestDatabase
    let outbox: MailOutbox
    let links = TenantLinks(base: "https://voice.example")
    let pepper: Secret
    let hasher = PasswordHasher(memoryKiB: 8, slots: 2)
    private let common: CommonPasswords

    init(_ database: TestDatabase) throws {
        self.database = database
        let ring = try Self.ring()
        outbox = MailOutbox(database: database.app, envelope: Envelope(ring: ring))
        pepper = ring.derived(for: "api-key-pepper")
        common = try CommonPasswords.load(
            file: RepositoryFolder.resources.appending(path: "passwords").appending(path: "common.txt")
        )
    }

    func visitors(at date: Date = Date()) -> VisitorBook { VisitorBook(database.app, time: .fixed(date)) }

    func members(at date: Date = Date()) -> MemberBook {
        MemberBook(
            database.app,
            outbox: outbox,
            links: links,
            rules: PasswordRules(common: common),
            hasher: hasher,
            time: .fixed(date)
        )
    }

    func keys(at date: Date = Date()) -> APIKeys {
        APIKeys(database.app, outbox: outbox, links: links, pepper: pepper, time: .fixed(date))
    }

    func support(at date: Date = Date()) -> SupportDesk {
        SupportDesk(database.app, outbox: outbox, links: links, time: .fixed(date))
    }

    func lifecycle(
        at date: Date = Date(),
        releaseNumbers: @escaping TenantLifecycle.ReleaseNumbers = { _, _ in }
    ) -> TenantLifecycle {
        TenantLifecycle(
            database.app,
            outbox: outbox,
            links: links,
            releaseNumbers: releaseNumbers,
            time: .fixed(date)
        )
    }

    func visitor(_ member: MemberFixture, at date: Date = Date()) async throws -> Visitor? {
        guard let token = RandomToken(member.token) else { return nil }
        return try await visitors(at: date).visitor(token: token.hash)
    }

    /// The kinds of mail that wait, oldest first.
    func mails() async throws -> [String] {
        try await database.app.withoutTenant { transaction in
            try transaction.query("SELECT kind FROM mail_outbox ORDER BY created_at, kind").map { try $0.get("kind") }
        }
    }

    /// An open invitation whose token is known, as its recipient has it.
    func makeInvitation(
        _ tenant: TenantID,
        email: String,
        role: MemberRole = .editor,
        at date: Date = Date()
    ) async throws -> RandomToken {
        let token = RandomToken()
        try await database.app.withTenant(tenant) { transaction in
            try transaction.execute(
                """
                INSERT INTO invitation (tenant_id, email, role, token_hash, language, created_at, expires_at)
                VALUES (\(tenant), \(email), \(role.rawValue), \(token.hash), 'de', \(date),
                    \(date.addingTimeInterval(7 * 86_400)))
                """
            )
        }
        return token
    }

    private static func ring() throws -> KeyRing {
        let file = FileManager.default.temporaryDirectory.appending(path: "keys-\(UUID())")
        let key = Data((0..<32).map { UInt8(truncatingIfNeeded: $0 * $0 * 7 + 3) }).base64EncodedString()
        try Data("1:\(key)\n".utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
        let ring = try KeyRing(file: file.path)
        try FileManager.default.removeItem(at: file)
        return ring
    }
}

extension TimeSource {
    /// Always this moment; whoever waits is woken at once.
    static func fixed(_ date: Date) -> TimeSource { TimeSource(now: { date }, sleep: { _ in }) }
}

extension Acting {
    static let operatorAnna = Acting(.platform("cli:anna"), name: "VoiceAgent")

    init(_ member: MemberFixture) {
        self.init(.member(member.person), name: member.name, origin: .test)
    }
}

extension RequestOrigin {
    static let test = RequestOrigin(address: ClientAddress("192.0.2.7"), userAgent: "test", requestID: "r-1")
}
