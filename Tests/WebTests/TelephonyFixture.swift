import Calls
import Crypto
import Database
import Flows
import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Localization
import NIOCore
import Telemetry
import TestSupport
import Testing
import Twilio

@testable import Web

/// The telephony endpoints over a tenant with a live flow and a number, asked as the carrier asks.
struct TelephonyFixture: Sendable {
    static let base = "https://voice.example"
    static let authToken = "12345"
    static let start = Date(timeIntervalSince1970: 1_800_000_000)

    let tenant: TenantID
    let number: E164
    let account: AccountSid
    let desk: CallDesk
    let token = MediaToken(key: Secret("media key"))
    let texts: SpeechTexts
    let metrics = Metrics()
    private let handlers: [Endpoint: RouteBook.Handler]

    static func make(_ database: TestDatabase) async throws -> TelephonyFixture {
        let account = try #require(AccountSid("AC00000000000000000000000000000001"))
        let number = try #require(E164("+43732900100"))
        let tenant = try await database.makeTenant()
        let document = JSONText(text: document.json.canonical)
        let flow = try await database.makeLiveFlow(tenant, document: document).flow
        _ = try await database.makeNumber(tenant, number, flow: flow)
        let flows = FlowLibrary(database.app) { _ in { _ in nil } }
        let life = try await NodeLease(database.app).begin("node-a", address: nil, at: start)
        return try TelephonyFixture(
            tenant: tenant,
            number: number,
            account: account,
            desk: CallDesk(database.app, flows: flows, life: life)
        )
    }

    private init(tenant: TenantID, number: E164, account: AccountSid, desk: CallDesk) throws {
        self.tenant = tenant
        self.number = number
        self.account = account
        self.desk = desk
        let texts = try SpeechTexts(Catalog.load(resources: Self.resources), .de)
        self.texts = texts
        let director = CallDirector(
            desk: desk,
            queue: FactQueue(desk, time: .still, logger: silent, metrics: metrics),
            memory: CallMemory(),
            gate: CallGate(admitsNumber: { _ in true }, admitsTenant: { _ in true }),
            texts: { _ in texts },
            logger: silent,
            metrics: metrics,
            destinations: { _ in nil }
        )
        let addresses = try #require(TelephonyAddresses(publicBaseURL: Self.base))
        let door = CarrierDoor(
            accounts: CarrierAccounts([account: [Secret("old token"), Secret(Self.authToken)]]),
            addresses: addresses,
            metrics: metrics
        )
        let time = TimeSource(now: { Self.start }, sleep: { _ in })
        var book = RouteBook()
        TelephonyController(
            door: door,
            director: director,
            documents: CallDocuments(addresses: addresses, token: token),
            time: time
        ).bind(into: &book)
        handlers = book.handlers
    }

    // MARK: Asking

    struct Answer {
        let status: Int
        let body: String
    }

    /// Asks as the carrier would, signed unless told otherwise.
    func ask(
        _ endpoint: Endpoint,
        _ form: [(String, String)],
        query: String = "",
        signature: String? = nil,
        contentType: String = "application/x-www-form-urlencoded; charset=UTF-8",
        headers: HTTPFields = [:]
    ) async throws -> Answer {
        let target = endpoint.path + query
        var headers = headers
        headers[.contentType] = contentType
        if let name = HTTPField.Name("X-Twilio-Signature") {
            headers[name] = signature ?? Self.signature(Self.base + target, form)
        }
        // What an attacker would like to have a say: it has none.
        if let name = HTTPField.Name("X-Forwarded-Host") { headers[name] = "evil.example" }
        let handler = try #require(handlers[endpoint])
        let body = form.map { "\(Self.encoded($0.0))=\(Self.encoded($0.1))" }.joined(separator: "&")
        let request = IncomingRequest(
            endpoint: endpoint,
            method: .post,
            target: target,
            headers: headers,
            body: ByteBuffer(string: body),
            parameters: Parameters(),
            client: nil,
            logger: silent
        )
        do {
            let response = try await handler(request)
            var text = ""
            let collector = Collector()
            try await response.body.write(collector)
            text = collector.text
            return Answer(status: response.status.code, body: text)
        } catch let failure as WebFailure {
            return Answer(status: failure.status.code, body: failure.code)
        }
    }

    func voiceForm(_ sid: String, to: String? = nil, status: String = "ringing") -> [(String, String)] {
        [
            ("CallSid", sid), ("AccountSid", account.value), ("From", "+436641234567"), ("To", to ?? number.value),
            ("CallStatus", status), ("ApiVersion", "2010-04-01"), ("Direction", "inbound"),
        ]
    }

    /// HMAC-SHA1 as the carrier documents it, written anew for the tests.
    static func signature(_ url: String, _ form: [(String, String)], token: String = authToken) -> String {
        let text = form.sorted { $0.0 < $1.0 }.reduce(url) { $0 + $1.0 + $1.1 }
        let key = SymmetricKey(data: Data(token.utf8))
        let code = HMAC<Insecure.SHA1>.authenticationCode(for: Data(text.utf8), using: key)
        return Data(code).base64EncodedString()
    }

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }

    private static var document: FlowDocument {
        FlowDocument(
            language: "de-AT",
            voice: FlowVoice(name: "de-DE-Chirp3-HD-Leda"),
            entry: "hallo",
            nodes: [
                "hallo": .greeting(GreetingNode(text: "Hier spricht die KI.", next: "gespraech")),
                "gespraech": .conversation(
                    ConversationNode(
                        systemPrompt: "x",
                        tools: [.handOver],
                        targets: ["werkstatt"],
                        onHandOver: "verbinden",
                        onEnd: "ende"
                    )
                ),
                "verbinden": .handOver(HandOverNode(announcement: "Ich verbinde.", onFailed: "ende")),
                "ende": .hangUp,
            ],
            targets: E164("+43732900200").map { ["werkstatt": HandOverTarget(name: "Werkstatt", number: $0)] } ?? [:]
        )
    }

    private static let resources = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Resources")
}

/// Collects what a response writes.
private final class Collector: ResponseBodyWriter {
    private(set) var text = ""

    func write(_ buffer: ByteBuffer) async throws { text += String(buffer: buffer) }
    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
