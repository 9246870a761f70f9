import Database
import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Localization
import Logging
import NIOCore
import Numbers
import People
import PlatformPages
import Site
import Synchronization
import Tenants
import TestSupport
import Testing
import Web

/// The operator's pages of all numbers over a database, and a carrier that does what the test says.
struct NumbersWorld: Sendable {
    enum Carrier: Sendable {
        case holdsEverything
        case holdsNothing
        case routesElsewhere
        case isSilent
    }

    let test: TestDatabase
    let mine: TenantFixture
    let person: PersonID
    let carrier: Shared<Carrier>
    let numbers: NumberBook
    let routes: RouteBook
    private let visitor: Shared<Visitor>

    static let now = Date(timeIntervalSince1970: 1_795_352_700)
    static let token = String(repeating: "A", count: 43)

    /// A tenant that has `number`, seen by Paul Vorlage, an operator.
    static func run(_ number: String? = nil, _ body: (NumbersWorld) async throws -> Void) async throws {
        try await withTestDatabase(poolSize: 4) { test in
            let missing = Shared<[String]>([])
            try await body(try await make(test, number, missing))
            #expect(missing.value == [])
        }
    }

    private static func make(
        _ test: TestDatabase,
        _ number: String?,
        _ missing: Shared<[String]>
    ) async throws -> NumbersWorld {
        let mine = try await test.makeTenantWithFlow(number.flatMap(E164.init))
        let person = try await test.makePerson(name: "Paul Vorlage", platform: "operator")
        let visitor = Shared(visitor(person, .operator))
        let carrier = Shared(Carrier.holdsEverything)
        let account = try #require(AccountSid(TestDatabase.accountSid))
        let time = TimeSource(now: { now }, sleep: { _ in })
        let catalog = try Catalog.load(resources: RepositoryFolder.resources)
        let site = Site(
            address: try #require(SiteAddress(publicBaseURL: "https://voiceagent.example")),
            templates: try Templates(folder: RepositoryFolder.resources.appending(path: "templates"), catalog: catalog),
            assets: try Assets(folder: RepositoryFolder.resources.appending(path: "public")),
            catalog: catalog,
            time: time,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            visitor: { _ in visitor.value },
            onDenied: { _ in },
            onMissingTags: { template, tags in missing.update { $0 += tags.map { "\(template): \($0)" } } }
        )
        let numbers = NumberBook(
            test.app,
            carrier: CarrierNumbers { number in
                guard let sid = NumberSid("PN" + number.value.dropFirst()) else { return nil }
                let mode = carrier.value
                switch mode {
                case .isSilent: throw TimeLimitExceeded()
                case .holdsNothing: return nil
                case .holdsEverything, .routesElsewhere:
                    return CarrierNumber(
                        e164: number,
                        account: account,
                        sid: sid,
                        isRoutedElsewhere: mode == .routesElsewhere
                    )
                }
            },
            account: account,
            time: time
        )
        let reading = NumberReading(test.app, time: time)
        var book = SiteBook(site: site, routes: RouteBook())
        PlatformNumberController(reading).bind(into: &book)
        NumberMoveController(numbers, reading).bind(into: &book)
        return NumbersWorld(
            test: test,
            mine: mine,
            person: person,
            carrier: carrier,
            numbers: numbers,
            routes: book.routes,
            visitor: visitor
        )
    }

    private static func visitor(_ person: PersonID, _ role: PlatformRole?) -> Visitor {
        Visitor(
            session: VisitorSession(
                id: WebSessionID(),
                level: .full,
                createdAt: now,
                seenAt: now,
                strongAt: now,
                endsAt: now.addingTimeInterval(3_600)
            ),
            person: Person(
                id: person,
                email: "paul@platform.example",
                name: "Paul Vorlage",
                language: .de,
                theme: .system
            ),
            platformRole: role,
            standing: nil
        )
    }

    // MARK: Asking

    func become(_ role: PlatformRole?) {
        let next = Self.visitor(person, role)
        visitor.update { $0 = next }
    }

    func get(_ target: String) async throws -> NumbersAnswer { try await ask(.get, target, "") }

    func post(_ target: String, _ fields: [(String, String)] = []) async throws -> NumbersAnswer {
        try await ask(.post, target, FormValues.query(fields))
    }

    private func ask(_ method: HTTPRequest.Method, _ target: String, _ body: String) async throws -> NumbersAnswer {
        let given = target.prefix { $0 != "?" }.split(separator: "/")
        let found = Endpoint.platformNumberPagesTable.filter { endpoint in
            let wanted = endpoint.path.split(separator: "/")
            return endpoint.method == method && wanted.count == given.count
                && zip(wanted, given).allSatisfy { $0 == $1 || $0.hasPrefix(":") }
        }
        let endpoint = try #require(found.first { !$0.path.contains(":") } ?? found.first, "no page \(target)")
        var parameters = Parameters()
        for (wanted, value) in zip(endpoint.path.split(separator: "/"), given) where wanted.hasPrefix(":") {
            parameters[wanted.dropFirst()] = value
        }
        var headers = HTTPFields()
        headers[.cookie] = "__Host-va_session=\(Self.token)"
        if method == .post, let name = HTTPField.Name("sec-fetch-site") { headers[name] = "same-origin" }
        let handler = try #require(routes.handler(of: endpoint))
        let response = try await handler(
            IncomingRequest(
                endpoint: endpoint,
                method: method,
                target: target,
                headers: headers,
                body: ByteBuffer(string: body),
                parameters: parameters,
                client: ClientAddress("192.0.2.17"),
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            )
        )
        let collector = NumbersCollector()
        try await response.body.write(collector)
        return NumbersAnswer(response: response, text: collector.text.withLock { $0 })
    }
}

struct NumbersAnswer {
    let response: Response
    let text: String

    var status: Int { response.status.code }
    var location: String? { response.headers[.location] }
    func contains(_ words: String) -> Bool { text.contains(words) }

    /// The message that the next page shows.
    var saying: String? {
        let cookie = response.headers[values: .setCookie].first { $0.hasPrefix("__Host-va_flash=") }
        guard let value = cookie?.split(separator: "=", maxSplits: 1).last?.split(separator: ";").first,
            let data = Data(base64Encoded: String(value))
        else { return nil }
        return String(decoding: data, as: UTF8.self).removingPercentEncoding
    }
}

private final class NumbersCollector: ResponseBodyWriter, Sendable {
    let text = Mutex("")

    func write(_ buffer: ByteBuffer) async throws { text.withLock { $0 += String(buffer: buffer) } }
    consuming func finish(_ trailers: HTTPFields?) async throws {}
}
