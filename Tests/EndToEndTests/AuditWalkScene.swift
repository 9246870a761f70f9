import AsyncHTTPClient
import Credentials
import Database
import Foundation
import Kernel
import NIOCore
import NIOHTTP1
import Sandbox
import TestSupport

/// What came back.
struct ActReply: Sendable {
    let status: Int
    let headers: [(name: String, value: String)]
    let body: String
    /// False if the connection ended before the body did.
    let isWhole: Bool

    func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }

    /// The value of a cookie that the answer sets.
    func cookie(_ name: String) -> String? {
        headers.filter { $0.name.lowercased() == "set-cookie" }.map(\.value)
            .first { $0.hasPrefix("\(name)=") }
            .map { String($0.dropFirst(name.count + 1).prefix { $0 != ";" }) }
    }

    /// The text between two others.
    func between(_ start: String, _ end: String) -> String? {
        guard let from = body.range(of: start), let to = body.range(of: end, range: from.upperBound..<body.endIndex)
        else { return nil }
        return String(body[from.upperBound..<to.lowerBound])
    }
}

/// Somebody with `AuditScene.password`, and a session of theirs.
struct AccountUser: Sendable {
    let person: PersonID
    let email: String
    let token: String
}

/// A stage on which acts are prepared and performed over HTTP.
struct AuditScene: Sendable {
    /// What the preparation of an act did not get from the product.
    struct Unprepared: Error {
        let what: String
    }

    static let password = "Kaffee am Bahnhof"

    let stage: Stage
    let http: HTTPClient
    /// Of `password`, at little cost.
    let passwordHash: String

    var database: TestDatabase { stage.database }

    static func run(on stage: Stage, _ body: (AuditScene) async throws -> Void) async throws {
        let hasher = PasswordHasher(memoryKiB: 64, slots: 1)
        let hash = try await hasher.hash(Password(password)).text
        await hasher.close()
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            try await body(AuditScene(stage: stage, http: http, passwordHash: hash))
            try await http.shutdown()
        } catch {
            try await http.shutdown()
            throw error
        }
    }

    func send(_ act: ActRequest) async throws -> ActReply {
        var request = HTTPClientRequest(url: stage.baseURL + act.path)
        request.method = HTTPMethod(rawValue: act.method)
        // Each request from a network of its own: limits per network are counted for all tests of a run together.
        let network = (0..<3).map { _ in String(Int.random(in: 1...254)) }.joined(separator: ".")
        request.headers.add(name: "x-forwarded-for", value: "10.\(network)")
        request.headers.add(name: "sec-fetch-site", value: "same-origin")
        let cookies = act.cookies + (act.session.map { [("va_session", $0)] } ?? [])
        if !cookies.isEmpty {
            request.headers.add(
                name: "cookie",
                value: cookies.map { "\($0.name)=\($0.value)" }.joined(separator: "; ")
            )
        }
        for (name, value) in act.headers { request.headers.add(name: name, value: value) }
        switch act.body {
        case .none: break
        case .form(let fields):
            request.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
            let text = fields.map { "\(Self.encode($0))=\(Self.encode($1))" }.joined(separator: "&")
            request.body = .bytes(ByteBuffer(string: text))
        case .json(let text):
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: text))
        }
        let response = try await http.execute(request, timeout: .seconds(20))
        var body = ByteBuffer()
        var isWhole = true
        do {
            for try await piece in response.body { body.writeImmutableBuffer(piece) }
        } catch {
            isWhole = false
        }
        return ActReply(
            status: Int(response.status.code),
            headers: response.headers.map { ($0.name, $0.value) },
            body: String(buffer: body),
            isWhole: isWhole
        )
    }

    private static func encode(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}

// MARK: Companies and their people

extension AuditScene {
    /// A company of its own with an owner who is signed in and has just shown everything.
    func company() async throws -> (tenant: TenantID, owner: MemberFixture) {
        let tenant = try await database.makeTenant()
        return (tenant, try await database.makeMember(tenant, "owner"))
    }

    /// The same with a number that the carrier confirms and that leads to a flow.
    func companyWithNumber() async throws -> (line: TenantFixture, number: E164, owner: MemberFixture) {
        let number = newNumber()
        let line = try await database.makeTenantWithFlow(number)
        return (line, number, try await database.makeMember(line.tenant, "owner"))
    }

    /// A number in the carrier's account that nobody has claimed.
    func newNumber() -> E164 {
        let number = Founding.freshNumber()
        stage.world.exchange.register(
            .init(phoneNumber: number.value, accountSid: stage.world.settings.accountSid)
        )
        return number
    }

    func newAddress() -> String { "p-\(PersonID())@example.at" }

    /// Somebody of the platform, signed in.
    func staff(_ role: String) async throws -> MemberFixture {
        try await database.makeSignedIn(platform: role)
    }

    /// Somebody with `password`, signed in.
    func person(platform: String? = nil, level: String = "full") async throws -> AccountUser {
        let email = newAddress()
        let person = try await database.makePerson(
            email: email,
            platform: platform,
            passwordHash: passwordHash,
            at: Date().addingTimeInterval(-86_400)
        )
        let session = try await database.makeSession(person: person, level: level)
        return AccountUser(person: person, email: email, token: session.token)
    }

    /// An open invitation as an editor, made without its mail.
    func invitation(_ tenant: TenantID, to email: String) async throws -> (id: InvitationID, token: RandomToken) {
        let (id, token) = (InvitationID(), RandomToken())
        let hash = token.hash
        try await database.app.withTenant(tenant) { transaction in
            try transaction.execute(
                """
                INSERT INTO invitation (tenant_id, id, email, role, token_hash, language, created_at, expires_at)
                VALUES (\(tenant), \(id), \(email), 'editor', \(hash), 'de', now(), now() + interval '1 day')
                """
            )
        }
        return (id, token)
    }

    /// The link of a mail.
    func link(_ kind: String, of person: PersonID, payload: String? = nil) async throws -> RandomToken {
        let token = RandomToken()
        let hash = token.hash
        try await database.app.withoutTenant { transaction in
            try transaction.execute(
                """
                INSERT INTO person_token (hash, person_id, kind, payload, created_at, expires_at)
                VALUES (\(hash), \(person), \(kind), \(payload), now(), now() + interval '30 minutes')
                """
            )
        }
        return token
    }

    /// A key of the API with these scopes, and its id.
    func key(_ owner: MemberFixture, _ scopes: String...) async throws -> (id: String, text: String) {
        let fields = [("name", "Kasse"), ("ablauf", "30")] + scopes.map { ("recht", $0) }
        let reply = try await send(
            .form("/api-schluessel/neu", fields, as: owner.token, to: "").answering(200)
        )
        guard let found = reply.body.firstMatch(of: /va_live_[A-Za-z0-9_-]{20,}/) else {
            throw Unprepared(what: "a key: \(reply.status)")
        }
        let list = try await send(.download("/api-schluessel", as: owner.token))
        guard let id = list.body.firstMatch(of: /\/api-schluessel\/([0-9a-f-]{36})\/widerrufen/) else {
            throw Unprepared(what: "a key's id")
        }
        return (String(id.1), String(found.output))
    }
}
