import Audit
import Credentials
import Crypto
import Database
import Foundation
import Kernel
import Localization
import Outbox
import PageTestSupport
import People
import PlatformPages
import Secrets
import Site
import Tenants
import TestSupport
import Testing
import Web

/// The platform's pages over a database of their own: real books, real templates, and a clock that the test moves.
struct PlatformWorld: Sendable {
    static let origin = TestSite.origin

    let test: TestDatabase
    /// Of the platform's two roles.
    let olga: MemberFixture
    let paul: MemberFixture
    let routes: RouteBook
    let clock: Shared<Date>
    let probes: Shared<[String: HealthState]>
    let support: SupportDesk
    let visitors: VisitorBook

    var now: Date { clock.value }
    func pass(_ seconds: TimeInterval) { clock.update { $0 += seconds } }

    static let catalog = TestSite.catalog
    private static let common = Result {
        try CommonPasswords.load(file: RepositoryFolder.resources.appending(path: "passwords/common.txt"))
    }

    static func run(_ body: (PlatformWorld) async throws -> Void) async throws {
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
    ) async throws -> PlatformWorld {
        let clock = Shared(Date())
        let states = Shared<[String: HealthState]>([:])
        let time = TimeSource(now: { clock.value }, sleep: { _ in })
        let outbox = MailOutbox(database: test.app, envelope: Envelope(ring: try ring()))
        let links = TenantLinks(base: origin)
        let visitors = VisitorBook(test.app, time: time)
        let site = try TestSite.make(time: time, missing: missing) { try await visitors.visitor(token: $0) }
        let support = SupportDesk(test.app, outbox: outbox, links: links, time: time)
        func probe(_ name: String) -> @Sendable () async throws -> Void {
            { if let state = states.value[name] { throw HealthProblem(state) } }
        }
        let books = PlatformArea.Books(
            tenants: TenantBook(test.app),
            reading: TenantReading(test.app, time: time),
            members: MemberBook(
                test.app,
                outbox: outbox,
                links: links,
                rules: PasswordRules(common: try common.get()),
                hasher: hasher,
                time: time
            ),
            lifecycle: TenantLifecycle(
                test.app,
                outbox: outbox,
                links: links,
                releaseNumbers: { _, _ in },
                time: time
            ),
            support: support,
            sessions: WebSessions(test.app, time: time),
            people: PersonReading(test.app),
            personDesk: PersonDesk(
                test.app,
                factors: FactorReset(
                    outbox: outbox,
                    links: AccountLinks(base: origin),
                    catalog: try catalog.get(),
                    time: time
                )
            ),
            installation: InstallationReading(test.app, outbox: outbox, time: time),
            archive: AuditArchive(test.app),
            export: AuditExport(test.app, time: time)
        )
        var book = SiteBook(site: site, routes: RouteBook())
        PlatformArea(
            books,
            probes: HealthProbes(database: probe("database"), redis: probe("redis"), stripe: probe("stripe")),
            version: "1.2.3",
            anchors: nil,
            verifier: "print('verified')\n"
        ).bind(into: &book)
        return PlatformWorld(
            test: test,
            olga: try await test.makeSignedIn(name: "Olga Betrieb", platform: "operator", at: clock.value),
            paul: try await test.makeSignedIn(name: "Paul Vorlage", platform: "support", at: clock.value),
            routes: book.routes,
            clock: clock,
            probes: states,
            support: support,
            visitors: visitors
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

    // MARK: Who looks

    /// The operator's browser.
    func browser() throws -> Browser { try browser(olga) }

    func browser(_ member: MemberFixture) throws -> Browser { browser(token: member.token) }

    func browser(token: String) -> Browser { Browser(routes, Endpoint.platformPagesTable, token: token) }

    func speaksEnglish(_ member: MemberFixture) async throws {
        try await test.app.withoutTenant { transaction in
            try transaction.execute("UPDATE person SET language = 'en' WHERE id = \(member.person)")
        }
    }

    /// The platform's acts, the openings of its door left out.
    func actions() async throws -> [String] { try await test.platformActions() }

    func name(_ tenant: TenantID, _ name: String) async throws {
        try await test.app.withPlatform(actor: "test", reason: "fixture") { transaction in
            try transaction.execute("UPDATE tenant SET name = \(name) WHERE id = \(tenant)")
        }
    }
}
