import Database
import Foundation
import Kernel
import Localization
import Numbers
import PageTestSupport
import People
import Site
import TenantPages
import Tenants
import TestSupport
import Testing
import Web

/// The pages of a tenant's numbers over a database, and a carrier that does what the test says.
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
    let numbers: NumberBook
    let routes: RouteBook
    private let visitor: Shared<Visitor>

    static let now = Date(timeIntervalSince1970: 1_795_352_700)

    /// A tenant with a live flow "Empfang", seen by Anna Beispiel, its owner.
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
        let person = try await test.makePerson(name: "Anna Beispiel")
        let visitor = Shared(try visitor(mine.tenant, person, .member(.owner), .de))
        let carrier = Shared(Carrier.holdsEverything)
        let account = try #require(AccountSid(TestDatabase.accountSid))
        let time = TimeSource(now: { now }, sleep: { try await TimeSource.still.sleep($0) })
        let site = try TestSite.make(time: time, missing: missing) { _ in visitor.value }
        let numbers = NumberBook(
            test.app,
            carrier: CarrierNumbers { number in
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
            account: account,
            time: time
        )
        let reading = NumberReading(test.app, time: time)
        var book = SiteBook(site: site, routes: RouteBook())
        NumberListController(reading).bind(into: &book)
        NumberAddController(numbers, reading).bind(into: &book)
        NumberController(numbers, reading).bind(into: &book)
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

    private static func route(_ mode: Carrier) -> CarrierRoute {
        switch mode {
        case .routesElsewhere: .elsewhere(.trunk(sid: "TK1"))
        case .callsSomebodyElse: .elsewhere(.host("<fremd>.example"))
        case .holdsEverything, .holdsNothing, .isSilent: .ours
        }
    }

    private static func visitor(
        _ tenant: TenantID,
        _ person: PersonID,
        _ position: Position,
        _ language: Language
    ) throws -> Visitor {
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
                email: "anna@musterlinde.example",
                name: "Anna Beispiel",
                language: language,
                theme: .system
            ),
            platformRole: nil,
            standing: Standing(
                tenant: TenantFacts(
                    id: tenant,
                    slug: try #require(TenantSlug("musterlinde")),
                    name: "Zahnarztpraxis Musterlinde",
                    state: .active,
                    language: .de,
                    region: "AT",
                    timeZone: "Europe/Vienna"
                ),
                position: position
            )
        )
    }

    // MARK: Asking

    func become(_ role: MemberRole, _ language: Language = .de) throws {
        let next = try Self.visitor(mine.tenant, person, .member(role), language)
        visitor.update { $0 = next }
    }

    func get(_ target: String) async throws -> ShownPage { try await browser.get(target) }

    func post(_ target: String, _ fields: [(String, String)] = []) async throws -> ShownPage {
        try await browser.post(target, fields)
    }

    private var browser: Browser { Browser(routes, Endpoint.numberPagesTable) }

    // MARK: Facts

    func actions() async throws -> [String] { try await test.auditActions(mine.tenant) }

    func owned() async throws -> [String] { try await numbers.numbers(mine.tenant).map(\.e164.value) }
}
