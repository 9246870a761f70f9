import Calls
import Credentials
import Database
import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Localization
import Logging
import NIOCore
import People
import Synchronization
import Tenants
import TestSupport
import Testing
import Web

@testable import Site

/// The pages about calls with the real templates and texts, asked by the visitor that a test chooses.
final class PagesFixture: Sendable {
    /// Sunday, 22 November 2026, 14:05 in Vienna.
    static let now = Date(timeIntervalSince1970: 1_795_352_700)
    static let token = RandomToken().reveal()

    /// Read once for all tests.
    private static let parts = Result {
        let catalog = try Catalog.load(resources: RepositoryFolder.resources)
        return (
            catalog: catalog,
            templates: try Templates(folder: RepositoryFolder.resources.appending(path: "templates"), catalog: catalog),
            assets: try Assets(folder: RepositoryFolder.resources.appending(path: "public"))
        )
    }

    static let time = TimeSource(now: { now }, sleep: { _ in throw CancellationError() })

    let missing = Mutex<[String]>([])
    let denials = Mutex<[Denial]>([])

    func site(_ visitor: Visitor?) throws -> Site {
        let parts = try Self.parts.get()
        return Site(
            address: try #require(SiteAddress(publicBaseURL: "https://voiceagent.example")),
            templates: parts.templates,
            assets: parts.assets,
            catalog: parts.catalog,
            time: Self.time,
            logger: Self.logger,
            visitor: { _ in visitor },
            onDenied: { denial in self.denials.withLock { $0.append(denial) } },
            onMissingTags: { template, tags in self.missing.withLock { $0 += tags.map { "\(template): \($0)" } } }
        )
    }

    /// Asks `endpoint` of a book in which `bind` has bound it.
    func ask(
        _ endpoint: Endpoint,
        as visitor: Visitor?,
        target: String? = nil,
        parameters: [String: String] = [:],
        cookies: String = "",
        body: String = "",
        _ bind: (inout SiteBook) -> Void
    ) async throws -> Response {
        var book = SiteBook(site: try site(visitor), routes: RouteBook())
        bind(&book)
        var values = Parameters()
        for (name, value) in parameters { values[Substring(name)] = Substring(value) }
        let handler = try #require(book.routes.handler(of: endpoint))
        return try await handler(
            try request(endpoint, target: target ?? endpoint.path, values, cookies: cookies, body: body)
        )
    }

    /// A visit for models that are asked for by themselves.
    func visit(_ visitor: Visitor, target: String = "/anrufe") throws -> TenantVisit {
        let request = try request(Endpoint(.get, "/anrufe", access: .anyone, kind: "page", ""), target: target)
        return TenantVisit(
            visit: Visit(site: try site(visitor), request: request, visitor: visitor),
            visitor: visitor,
            standing: try #require(visitor.standing)
        )
    }

    private func request(
        _ endpoint: Endpoint,
        target: String,
        _ parameters: Parameters = Parameters(),
        cookies: String = "",
        body: String = ""
    ) throws -> IncomingRequest {
        var fields = HTTPFields()
        fields[.cookie] = "__Host-va_session=\(Self.token)" + (cookies.isEmpty ? "" : "; " + cookies)
        fields[try #require(HTTPField.Name("sec-fetch-site"))] = "same-origin"
        return IncomingRequest(
            endpoint: endpoint,
            method: endpoint.method,
            target: target,
            headers: fields,
            body: ByteBuffer(string: body),
            parameters: parameters,
            client: ClientAddress("192.0.2.7"),
            logger: Self.logger
        )
    }

    static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    static func visitor(
        _ position: Position = .member(.owner),
        tenant: TenantID = TenantID(),
        language: Language = .de
    ) throws -> Visitor {
        let slug = try #require(TenantSlug("musterlinde"))
        return Visitor(
            session: VisitorSession(
                id: WebSessionID(),
                level: .full,
                createdAt: now,
                seenAt: now,
                strongAt: nil,
                endsAt: now.addingTimeInterval(3_600)
            ),
            person: Person(
                id: PersonID(),
                email: "anna.muster@musterlinde.example",
                name: "Dr. Anna Muster",
                language: language,
                theme: .system
            ),
            platformRole: nil,
            standing: Standing(
                tenant: TenantFacts(
                    id: tenant,
                    slug: slug,
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

    /// Keeps the page as a file if somebody wants to look at it.
    static func keep(_ html: String, as name: String) throws {
        guard let folder = ProcessInfo.processInfo.environment["KEEP_PAGES"] else { return }
        try html.write(toFile: "\(folder)/\(name).html", atomically: true, encoding: .utf8)
    }
}

extension Response {
    /// The whole body as text.
    func text() async throws -> String {
        let collector = Collector()
        try await body.write(collector)
        return collector.text.withLock { $0 }
    }
}

private final class Collector: ResponseBodyWriter, Sendable {
    let text = Mutex("")

    func write(_ buffer: ByteBuffer) async throws { text.withLock { $0 += String(buffer: buffer) } }
    consuming func finish(_ trailers: HTTPFields?) async throws {}
}
