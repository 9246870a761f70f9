import Audit
import Credentials
import Crypto
import Database
import Foundation
import Kernel
import Localization
import Numbers
import Outbox
import PageTestSupport
import People
import Secrets
import Site
import TenantPages
import Tenants
import TestSupport
import Testing
import Web

/// The tenant's pages over a database of their own: real books, real templates, and a clock that the test moves.
struct TenantWorld: Sendable {
    static let origin = TestSite.origin
    static let modelEntries = ["azure", "mistral"]

    let test: TestDatabase
    let tenant: TenantID
    let owner: MemberFixture
    let routes: RouteBook
    let clock: Shared<Date>
    let keys: APIKeys
    let support: SupportDesk

    var now: Date { clock.value }
    func pass(_ seconds: TimeInterval) { clock.update { $0 += seconds } }

    private static let common = Result {
        try CommonPasswords.load(file: RepositoryFolder.resources.appending(path: "passwords/common.txt"))
    }

    /// A tenant "muster" with Anna Beispiel as its only owner.
    static func run(_ body: (TenantWorld) async throws -> Void) async throws {
        try await withTestDatabase(poolSize: 4) { test in
            let missing = Shared<[String]>([])
            let hasher = PasswordHasher(memoryKiB: 64, slots: 1)
            let outcome: Result<Void, any Error>
            do {
                try await body(try await make(test, hasher, missing))
                outcome = .success(())
            } catch {
                outcome = .failure(error)
            }
            await hasher.close()
            try outcome.get()
            #expect(missing.value == [])
        }
    }

    private static func make(
        _ test: TestDatabase,
        _ hasher: PasswordHasher,
        _ missing: Shared<[String]>
    ) async throws -> TenantWorld {
        let clock = Shared(Date())
        let time = TimeSource(now: { clock.value }, sleep: { _ in })
        let envelope = Envelope(ring: try ring())
        let outbox = MailOutbox(database: test.app, envelope: envelope)
        let links = TenantLinks(base: origin)
        let visitors = VisitorBook(test.app, time: time)
        let site = try TestSite.make(time: time, missing: missing) { try await visitors.visitor(token: $0) }
        let members = MemberBook(
            test.app,
            outbox: outbox,
            links: links,
            rules: PasswordRules(common: try common.get()),
            hasher: hasher,
            time: time
        )
        let keys = APIKeys(test.app, outbox: outbox, links: links, pepper: Secret("a pepper"), time: time)
        let support = SupportDesk(test.app, outbox: outbox, links: links, time: time)
        let lifecycle = TenantLifecycle(
            test.app,
            outbox: outbox,
            links: links,
            releaseNumbers: { _, _ in },
            time: time
        )
        let account = try #require(AccountSid(TestDatabase.accountSid))
        let numbers = NumberBook(test.app, carrier: CarrierNumbers { _ in nil }, account: account, time: time)
        let modelKeys = TenantModelKeys(test.app)
        let modelKeySince: @Sendable (TenantID) async throws -> Date? = { tenant in
            try await test.app.withTenant(tenant) { transaction in
                try transaction.queryOne("SELECT created_at FROM tenant_model_key WHERE tenant_id = \(tenant)")
                    .map { try $0.get("created_at") }
            }
        }
        var book = SiteBook(site: site, routes: RouteBook())
        TeamController(members).bind(into: &book)
        MemberController(members).bind(into: &book)
        InvitationController(members).bind(into: &book)
        KeyController(keys).bind(into: &book)
        SettingsController(
            tenants: TenantBook(test.app),
            numbers: numbers,
            support: support,
            lifecycle: lifecycle,
            modelEntries: modelEntries,
            modelKeySince: modelKeySince
        ).bind(into: &book)
        SecondFactorController(tenants: TenantBook(test.app), members: members).bind(into: &book)
        ModelKeyController(modelKeys, since: modelKeySince).bind(into: &book)
        ClosingController(lifecycle).bind(into: &book)
        DataExportController(lifecycle).bind(into: &book)
        AuditController(
            archive: AuditArchive(test.app),
            export: AuditExport(test.app, time: time),
            anchors: nil,
            verifier: "print('verified')\n",
            members: members,
            keys: keys,
            support: support
        ).bind(into: &book)
        let tenant = try await test.makeTenant(slug: "muster")
        let owner = try await test.makeMember(tenant, "owner", email: "anna@muster.example", at: clock.value)
        return TenantWorld(
            test: test,
            tenant: tenant,
            owner: owner,
            routes: book.routes,
            clock: clock,
            keys: keys,
            support: support
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

    func member(_ role: MemberRole, _ name: String, email: String? = nil) async throws -> MemberFixture {
        try await test.makeMember(tenant, role.rawValue, email: email, name: name, at: now)
    }

    func browser(_ member: MemberFixture) throws -> Browser {
        Browser(routes, Endpoint.tenantPagesTable, token: member.token)
    }

    /// The owner's.
    func browser() throws -> Browser { try browser(owner) }

    func speaksEnglish(_ member: MemberFixture) async throws {
        try await test.app.withoutTenant { transaction in
            try transaction.execute("UPDATE person SET language = 'en' WHERE id = \(member.person)")
        }
    }

    func actions() async throws -> [String] { try await test.auditActions(tenant) }

    /// Somebody of the platform's support who looks in for half an hour.
    func lookIn(reason: String) async throws -> (staff: MemberFixture, access: SupportAccess) {
        let staff = try await test.makeSignedIn(name: "Paul Vorlage", platform: "support", at: now)
        let begun = try await support.begin(
            tenant,
            person: staff.person,
            session: staff.session.id,
            reason: reason,
            from: RequestOrigin(address: nil, userAgent: "", requestID: nil)
        )
        guard case .begun(let access) = begun else { throw Unexpected() }
        return (staff, access)
    }

    struct Unexpected: Error {}
}
