import AsyncHTTPClient
import Database
import Foundation
import HTTPTypes
import Kernel
import NIOCore
import NIOHTTP1
import People
import Tenants
import TestSupport
import Testing
import Web

@testable import App

/// Walks every line of the route table with whoever should not get through, and with ids that are not theirs.
struct IsolationWalkTests {
    @Test(
        "A9, B4, B8: every route, foreign and nonexistent ids, wrong roles, no session, other sites: nothing gets out"
    )
    func walk() async throws {
        try await withStage(
            StageOptions {
                $0.keepsStatements = true; $0.limit = .seconds(300)
            }
        ) { stage in
            let steps = try await IsolationWalk.run(on: stage) { walk in
                var steps = 0
                for endpoint in Installation.table {
                    steps += try await walk.withoutSession(endpoint)
                    steps += try await walk.fromOtherSites(endpoint)
                    steps += try await walk.wrongRoles(endpoint)
                    steps += try await walk.otherIDs(endpoint)
                    steps += try await walk.withoutDemandedFactor(endpoint)
                }
                return steps
            }
            // A table that shrank or a walk that skips would pass in silence.
            #expect(steps > 4 * Installation.table.filter(\.access.isPage).count)
        }
    }
}

/// One installation with a tenant that looks and a tenant that must not be seen.
struct IsolationWalk: Sendable {
    /// Stands in everything the foreign tenant has.
    static let marker = "Fremdgeheimnis"

    let stage: Stage
    let http: HTTPClient
    let members: [MemberRole: MemberFixture]
    let staff: [String: MemberFixture]
    let own: TenantID
    let foreign: ForeignThings
    /// An owner without a second factor, in a tenant that demands one and whose name must not get out.
    let unproven: MemberFixture
    /// The uniform refusal: bytes and headers of one that is certain.
    let refusal: Answer

    struct Answer: Sendable, Equatable {
        let status: Int
        let headers: [String]
        let body: String
    }

    static func run(on stage: Stage, _ body: (IsolationWalk) async throws -> Int) async throws -> Int {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let steps = try await body(try await IsolationWalk(stage, http))
            try await http.shutdown()
            return steps
        } catch {
            try await http.shutdown()
            throw error
        }
    }

    private init(_ stage: Stage, _ http: HTTPClient) async throws {
        self.stage = stage
        self.http = http
        own = stage.company.tenant.id
        foreign = try await ForeignThings.make(stage)
        let strict = try await stage.founding.tenant("streng", Self.marker, TenantBounds()).id
        try await stage.database.demandSecondFactor(in: strict)
        unproven = try await stage.database.makeMember(strict, "owner")
        var members: [MemberRole: MemberFixture] = [:]
        for role in MemberRole.allCases { members[role] = try await stage.database.makeMember(own, role.rawValue) }
        self.members = members
        var staff: [String: MemberFixture] = [:]
        for role in ["operator", "support"] { staff[role] = try await stage.database.makeSignedIn(platform: role) }
        self.staff = staff
        refusal = try await Self.ask(
            http,
            stage,
            "GET",
            "/team/\(UUID().uuidString.lowercased())/rolle",
            token: members[.owner]?.token
        )
        #expect(refusal.status == 403)
    }

    // MARK: The walks; each answers how many requests it made

    func withoutSession(_ endpoint: Endpoint) async throws -> Int {
        guard Self.needsSession(endpoint) else { return 0 }
        for token in [nil, "0123456789012345678901234567890123456789012"] {
            let answer = try await ask(endpoint, path: path(endpoint, foreign: true), token: token)
            #expect(answer.status == 303, "\(endpoint.method) \(endpoint.path)")
            #expect(answer.headers.contains { $0.hasPrefix("location: /anmelden") }, "\(endpoint.path)")
            check(answer, endpoint)
        }
        return 2
    }

    /// What changes something does not do so for a request that another site made (B4).
    func fromOtherSites(_ endpoint: Endpoint) async throws -> Int {
        guard endpoint.access.isPage, endpoint.method == .post else { return 0 }
        let headers = [[("sec-fetch-site", "cross-site")], [("origin", "https://evil.example")], []]
        for header in headers {
            let answer = try await ask(
                endpoint,
                path: path(endpoint, foreign: false),
                token: token(for: endpoint),
                headers: header
            )
            #expect(answer.status == 403, "\(endpoint.path) \(header)")
        }
        return headers.count
    }

    /// A role without the permission gets the one refusal, with an id of its own tenant's or another's.
    func wrongRoles(_ endpoint: Endpoint) async throws -> Int {
        var steps = 0
        for token in tokensWithout(endpoint.access) {
            let answer = try await ask(endpoint, path: path(endpoint, foreign: true), token: token)
            expectRefusal(answer, endpoint)
            steps += 1
        }
        return steps
    }

    /// Foreign and nonexistent: the same bytes, the same headers, the same statements.
    func otherIDs(_ endpoint: Endpoint) async throws -> Int {
        guard endpoint.path.contains("/:"), Self.needsSession(endpoint) else { return 0 }
        let token = token(for: endpoint)
        stage.log.forgetStatements()
        let absent = try await ask(endpoint, path: path(endpoint, foreign: false), token: token)
        let asked = statements()
        expectRefusal(absent, endpoint)
        // For the platform nothing is foreign.
        if case .platform = endpoint.access { return 1 }
        stage.log.forgetStatements()
        let other = try await ask(endpoint, path: path(endpoint, foreign: true), token: token)
        #expect(statements() == asked, "\(endpoint.method) \(endpoint.path)")
        expectRefusal(other, endpoint)
        return 2
    }

    /// Where a second factor is demanded, a member without one is led to it from every page and act of the tenant (B5).
    func withoutDemandedFactor(_ endpoint: Endpoint) async throws -> Int {
        guard case .tenant = endpoint.access else { return 0 }
        let answer = try await ask(endpoint, path: path(endpoint, foreign: false), token: unproven.token)
        #expect(answer.status == 303, "\(endpoint.method) \(endpoint.path)")
        let leads = answer.headers.contains { $0.hasPrefix("location: /sicherheit/einrichten") }
        #expect(leads, "\(endpoint.method) \(endpoint.path)")
        check(answer, endpoint)
        return 1
    }

    // MARK: Who asks

    private static func needsSession(_ endpoint: Endpoint) -> Bool {
        switch endpoint.access {
        case .person, .enteringPerson, .tenant, .platform: true
        case .anyone, .carrier, .guest, .apiKey: false
        }
    }

    /// Of somebody who has the permission.
    private func token(for endpoint: Endpoint) -> String? {
        switch endpoint.access {
        case .platform(let permission):
            staff.first { role, _ in
                AccessMatrix.holders(of: permission).platformRoles.contains { $0.rawValue == role }
            }?.value.token
        default: members[.owner]?.token
        }
    }

    private func tokensWithout(_ access: Access) -> [String] {
        switch access {
        case .tenant(let permission):
            members.filter { !AccessMatrix.holders(of: permission).roles.contains($0.key) }.map(\.value.token)
        case .platform(let permission):
            staff.filter { role, _ in
                !AccessMatrix.holders(of: permission).platformRoles.contains { $0.rawValue == role }
            }.map(\.value.token) + [members[.owner]?.token].compactMap { $0 }
        default: []
        }
    }

    // MARK: What is asked

    private func path(_ endpoint: Endpoint, foreign isForeign: Bool) -> String {
        let segments = endpoint.path.split(separator: "/").map(String.init)
        let filled = segments.map { segment in
            guard segment.hasPrefix(":") else { return segment == "**" ? "x" : segment }
            return isForeign ? foreign.value(for: endpoint.path, segment) : foreign.absent(for: endpoint.path, segment)
        }
        return "/" + filled.joined(separator: "/")
    }

    private func ask(
        _ endpoint: Endpoint,
        path: String,
        token: String?,
        headers: [(String, String)] = [("sec-fetch-site", "same-origin")]
    ) async throws -> Answer {
        try await Self.ask(http, stage, endpoint.method.rawValue, path, token: token, headers: headers)
    }

    private static func ask(
        _ http: HTTPClient,
        _ stage: Stage,
        _ method: String,
        _ path: String,
        token: String?,
        headers: [(String, String)] = []
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: stage.baseURL + path)
        request.method = HTTPMethod(rawValue: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let token { request.headers.add(name: "cookie", value: "va_session=\(token)") }
        if method == "POST" {
            request.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
            request.body = .bytes(ByteBuffer(string: ""))
        }
        let response = try await http.execute(request, timeout: .seconds(20))
        let body = try await response.body.collect(upTo: 1 << 20)
        return Answer(
            status: Int(response.status.code),
            headers: response.headers.filter { $0.name.lowercased() != "date" }
                .map { "\($0.name.lowercased()): \($0.value)" }.sorted(),
            body: String(buffer: body)
        )
    }

    // MARK: What is expected

    private func expectRefusal(_ answer: Answer, _ endpoint: Endpoint) {
        #expect(answer.status == 403, "\(endpoint.method) \(endpoint.path)")
        #expect(answer.headers == refusal.headers, "\(endpoint.method) \(endpoint.path)")
        #expect(answer.body == refusal.body, "\(endpoint.method) \(endpoint.path)")
        check(answer, endpoint)
    }

    private func check(_ answer: Answer, _ endpoint: Endpoint) {
        #expect(!answer.body.contains(Self.marker), "\(endpoint.method) \(endpoint.path)")
    }

    /// Without what the process asks on its own account while a request is answered.
    private func statements() -> [String] {
        let ownAccount = ["node_lease", "orphaned_legs", "denied_request", "SELECT 1"]
        return stage.log.statements.filter { text in !ownAccount.contains { text.contains($0) } }
    }
}

/// One of each thing that has an address, in a tenant that nobody who looks belongs to.
struct ForeignThings: Sendable {
    let call: CallID
    let number: E164
    let person: MemberFixture
    let invitation: InvitationID
    let key: APIKeyID
    let access: SupportAccessID
    let tenant: TenantID

    static func make(_ stage: Stage) async throws -> ForeignThings {
        let company = try await stage.found(IsolationWalk.marker)
        let tenant = company.tenant.id
        let person = try await stage.database.makeMember(tenant, "owner", name: IsolationWalk.marker)
        let version = try await stage.database.makeLiveFlow(tenant, name: "\(IsolationWalk.marker) zwei")
        let call = CallID()
        let invitation = InvitationID()
        let key = APIKeyID()
        let access = SupportAccessID()
        let random = { Data((0..<32).map { _ in UInt8.random(in: 0...255) }) }
        let support = try await stage.database.makeSignedIn(platform: "support")
        let (invitationHash, keyHash) = (random(), random())
        try await stage.database.app.withTenant(tenant) { transaction in
            try transaction.execute(
                """
                INSERT INTO call (tenant_id, id, call_sid, account_sid, flow_version_id, caller_kind, called_e164,
                    admitted_at, refusal)
                VALUES (\(tenant), \(call), \("CA" + call.description.filter { $0 != "-" }),
                    'AC00000000000000000000000000000000', \(version.version), 'withheld', \(company.number),
                    clock_timestamp(), 'no_number')
                """
            )
            try transaction.execute(
                """
                INSERT INTO invitation (tenant_id, id, email, role, token_hash, language, invited_by, created_at,
                    expires_at)
                VALUES (\(tenant), \(invitation), 'fremdgeheimnis@example.at', 'viewer', \(invitationHash), 'de',
                    \(person.person), now(), now() + interval '1 day')
                """
            )
            try transaction.execute(
                """
                INSERT INTO api_key (tenant_id, id, name, prefix, hash, scopes, created_by, created_at)
                VALUES (\(tenant), \(key), \(IsolationWalk.marker), 'va_live_abcd', \(keyHash),
                    \(["calls.read"]), \(person.person), now())
                """
            )
        }
        try await stage.database.app.withPlatform(actor: "test", reason: "fixture") { transaction in
            try transaction.execute(
                """
                INSERT INTO support_access (tenant_id, id, person_id, reason, started_at, expires_at)
                VALUES (\(tenant), \(access), \(support.person), \(IsolationWalk.marker), now(),
                    now() + interval '30 minutes')
                """
            )
        }
        return ForeignThings(
            call: call,
            number: company.number,
            person: person,
            invitation: invitation,
            key: key,
            access: access,
            tenant: tenant
        )
    }

    /// The foreign thing that `parameter` names in a route.
    func value(for route: String, _ parameter: String) -> String {
        switch true {
        case parameter == ":e164" || route.contains("/rufnummern/:"): String(number.value.dropFirst())
        case route.hasPrefix("/anrufe/"): "\(call)"
        case route.hasPrefix("/team/einladungen/"): "\(invitation)"
        case route.hasPrefix("/team/"): "\(person.person)"
        case route.hasPrefix("/api-schluessel/"): "\(key)"
        case route.hasPrefix("/einstellungen/"): "\(access)"
        case route.hasPrefix("/sicherheit/sitzungen/"): "\(person.session.id)"
        case route.hasPrefix("/plattform/mandanten/"): "\(tenant)"
        case route.hasPrefix("/plattform/personen/"): "\(person.person)"
        default: UUID().uuidString.lowercased()
        }
    }

    /// Something of the same form that is nowhere.
    func absent(for route: String, _ parameter: String) -> String {
        let isNumber = parameter == ":e164" || route.contains("/rufnummern/:")
        return isNumber ? "43732000999" : UUID().uuidString.lowercased()
    }
}
