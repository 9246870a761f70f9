import Audit
import Credentials
import Crypto
import Database
import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Localization
import Logging
import NIOCore
import Outbox
import People
import PlatformPages
import Secrets
import Site
import Synchronization
import Tenants
import TestSupport
import Testing
import Web

/// The platform's pages over a database of their own: real books, real templates, and a clock that the test moves.
struct PlatformWorld: Sendable {
    static let origin = "https://voiceagent.example"

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

    static let catalog = Result { try Catalog.load(resources: RepositoryFolder.resources) }
    private static let assets = Result { try Assets(folder: RepositoryFolder.resources.appending(path: "public")) }
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
        let catalog = try catalog.get()
        let outbox = MailOutbox(database: test.app, envelope: Envelope(ring: try ring()))
        let links = TenantLinks(base: origin)
        let visitors = VisitorBook(test.app, time: time)
        let site = Site(
            address: try #require(SiteAddress(publicBaseURL: origin)),
            templates: try Templates(folder: RepositoryFolder.resources.appending(path: "templates"), catalog: catalog),
            assets: try assets.get(),
            catalog: catalog,
            time: time,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            visitor: { try await visitors.visitor(token: $0) },
            onDenied: { _ in },
            onMissingTags: { template, tags in missing.update { $0 += tags.map { "\(template): \($0)" } } }
        )
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

    func browser(_ member: MemberFixture) throws -> Browser { Browser(self, token: member.token) }

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

/// Asks for pages as the browser of somebody who is signed in.
struct Browser {
    private let world: PlatformWorld
    private let token: String

    init(_ world: PlatformWorld, token: String) {
        self.world = world
        self.token = token
    }

    func get(_ target: String) async throws -> Page { try await ask(.get, target, "") }

    func post(_ target: String, _ fields: [(String, String)] = []) async throws -> Page {
        try await ask(.post, target, FormValues.query(fields))
    }

    private func ask(_ method: HTTPRequest.Method, _ target: String, _ body: String) async throws -> Page {
        let path = String(target.prefix { $0 != "?" && $0 != "#" })
        let (endpoint, parameters) = try #require(Self.endpoint(method, path), "no page \(target)")
        var fields = HTTPFields()
        fields[.cookie] = "__Host-va_session=\(token)"
        if method == .post, let name = HTTPField.Name("sec-fetch-site") { fields[name] = "same-origin" }
        let handler = try #require(world.routes.handler(of: endpoint))
        let response = try await handler(
            IncomingRequest(
                endpoint: endpoint,
                method: method,
                target: String(target.prefix { $0 != "#" }),
                headers: fields,
                body: ByteBuffer(string: body),
                parameters: parameters,
                client: ClientAddress("192.0.2.17"),
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            )
        )
        let collector = Collector()
        try await response.body.write(collector)
        return Page(response: response, bytes: collector.bytes.withLock { $0 })
    }

    /// The endpoint of an address; one without parameters goes first, as in the router.
    private static func endpoint(_ method: HTTPRequest.Method, _ path: String) -> (Endpoint, Parameters)? {
        let given = path.split(separator: "/")
        let found = Endpoint.platformPagesTable.filter { endpoint in
            let wanted = endpoint.path.split(separator: "/")
            return endpoint.method == method && wanted.count == given.count
                && zip(wanted, given).allSatisfy { $0 == $1 || $0.hasPrefix(":") }
        }
        guard let endpoint = found.first(where: { !$0.path.contains(":") }) ?? found.first else { return nil }
        var parameters = Parameters()
        for (wanted, value) in zip(endpoint.path.split(separator: "/"), given) where wanted.hasPrefix(":") {
            parameters[wanted.dropFirst()] = value
        }
        return (endpoint, parameters)
    }
}

/// What came back.
struct Page {
    let response: Response
    let bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var status: Int { response.status.code }
    var location: String? { response.headers[.location] }

    func contains(_ words: String) -> Bool { text.contains(words) }

    /// The message that the next page shows.
    var saying: String? {
        cookie("va_flash").flatMap { Data(base64Encoded: $0) }
            .flatMap { String(decoding: $0, as: UTF8.self).removingPercentEncoding }
    }

    func cookie(_ name: String) -> String? {
        response.headers[values: .setCookie].first { $0.hasPrefix("__Host-\(name)=") }
            .flatMap { $0.split(separator: "=", maxSplits: 1).last?.split(separator: ";").first.map(String.init) }
    }
}

private final class Collector: ResponseBodyWriter, Sendable {
    let bytes = Mutex<[UInt8]>([])

    func write(_ buffer: ByteBuffer) async throws { bytes.withLock { $0 += Array(buffer.readableBytesView) } }
    consuming func finish(_ trailers: HTTPFields?) async throws {}
}
