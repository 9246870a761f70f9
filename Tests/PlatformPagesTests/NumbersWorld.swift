import Database
import Foundation
import Kernel
import Localization
import Numbers
import PageTestSupport
import People
import PlatformPages
import Site
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
        /// The number's calls go to somebody else's address.
        case callsSomebodyElse
        case isSilent
    }

    let test: TestDatabase
    let mine: TenantFixture
    let person: PersonID
    let carrier: Shared<Carrier>
    /// The numbers whose calls the carrier was told to bring to us.
    let directed: Shared<[E164]>
    let refusesOrders: Shared<Bool>
    let numbers: NumberBook
    let routes: RouteBook
    private let visitor: Shared<Visitor>

    static let now = Date(timeIntervalSince1970: 1_795_352_700)

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
        let time = TimeSource(now: { now }, sleep: { try await TimeSource.still.sleep($0) })
        let site = try TestSite.make(time: time, missing: missing) { _ in visitor.value }
        let directed = Shared<[E164]>([])
        let refusesOrders = Shared(false)
        let numbers = NumberBook(
            test.app,
            carrier: CarrierNumbers(
                find: { number in
                    guard let sid = NumberSid("PN" + number.value.dropFirst()) else { return nil }
                    let mode = carrier.value
                    switch mode {
                    case .isSilent: throw TimeLimitExceeded()
                    case .holdsNothing: return nil
                    case .holdsEverything, .routesElsewhere, .callsSomebodyElse:
                        return CarrierNumber(
                            e164: number,
                            account: account,
                            sid: sid,
                            route: route(mode)
                        )
                    }
                },
                direct: { number in
                    directed.update { $0.append(number.e164) }
                    if refusesOrders.value { throw TimeLimitExceeded() }
                    carrier.update { $0 = .holdsEverything }
                }
            ),
            account: account,
            time: time
        )
        let reading = NumberReading(test.app, time: time)
        var book = SiteBook(site: site, routes: RouteBook())
        PlatformNumberController(numbers, reading).bind(into: &book)
        NumberMoveController(numbers, reading).bind(into: &book)
        NumberDirectController(numbers, reading).bind(into: &book)
        return NumbersWorld(
            test: test,
            mine: mine,
            person: person,
            carrier: carrier,
            directed: directed,
            refusesOrders: refusesOrders,
            numbers: numbers,
            routes: book.routes,
            visitor: visitor
        )
    }

    private static func route(_ mode: Carrier) -> CarrierRoute {
        switch mode {
        case .routesElsewhere: .elsewhere(.trunk(sid: "TK1"))
        case .callsSomebodyElse: .elsewhere(.host("<fremd>.example"))
        case .holdsEverything, .holdsNothing, .isSilent: .ours
        }
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

    func get(_ target: String) async throws -> ShownPage { try await browser.get(target) }

    func post(_ target: String, _ fields: [(String, String)] = []) async throws -> ShownPage {
        try await browser.post(target, fields)
    }

    private var browser: Browser { Browser(routes, Endpoint.platformNumberPagesTable) }
}
