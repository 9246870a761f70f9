import Credentials
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

/// A site with the real templates, files and catalog, and the visitor that a test chooses.
final class SiteFixture: Sendable {
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

    let denials = Mutex<[Denial]>([])
    let missing = Mutex<[String]>([])

    func site(_ visitor: Visitor? = nil, base: String = "https://voiceagent.example") throws -> Site {
        let parts = try Self.parts.get()
        return Site(
            address: try #require(SiteAddress(publicBaseURL: base)),
            templates: parts.templates,
            assets: parts.assets,
            catalog: parts.catalog,
            time: TimeSource(now: { Self.now }, sleep: { _ in }),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            visitor: { _ in visitor },
            onDenied: { denial in self.denials.withLock { $0.append(denial) } },
            onMissingTags: { template, tags in self.missing.withLock { $0 += tags.map { "\(template): \($0)" } } }
        )
    }

    /// Asks `endpoint` of a book in which `bind` has bound it.
    func ask(
        _ endpoint: Endpoint,
        as visitor: Visitor? = nil,
        headers: [String: String] = [:],
        parameters: [String: String] = [:],
        body: String = "",
        _ bind: (inout SiteBook) -> Void
    ) async throws -> Response {
        var book = SiteBook(site: try site(visitor), routes: RouteBook())
        bind(&book)
        var fields = HTTPFields()
        if visitor != nil { fields[.cookie] = "__Host-va_session=\(Self.token)" }
        for (name, value) in headers {
            fields.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value))
        }
        var values = Parameters()
        for (name, value) in parameters { values[Substring(name)] = Substring(value) }
        let handler = try #require(book.routes.handler(of: endpoint))
        return try await handler(
            IncomingRequest(
                endpoint: endpoint,
                method: endpoint.method,
                target: endpoint.path,
                headers: fields,
                body: ByteBuffer(string: body),
                parameters: values,
                client: ClientAddress("192.0.2.7"),
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            )
        )
    }

    static func visitor(
        _ position: Position? = .member(.owner),
        platform: PlatformRole? = nil,
        level: SessionLevel = .full,
        language: Language = .de,
        strongAt: Date? = nil,
        hasSecondFactor: Bool = false,
        tenantRequiresFactor: Bool = false,
        look: SupportLookFacts? = nil
    ) throws -> Visitor {
        let slug = try #require(TenantSlug("musterlinde"))
        return Visitor(
            session: VisitorSession(
                id: WebSessionID(),
                level: level,
                createdAt: now,
                seenAt: now,
                strongAt: strongAt,
                endsAt: now.addingTimeInterval(3_600)
            ),
            person: Person(
                id: PersonID(),
                email: "anna.muster@musterlinde.example",
                name: "Dr. Anna Muster",
                language: language,
                theme: .dark
            ),
            platformRole: platform,
            hasSecondFactor: hasSecondFactor,
            standing: position.map { position in
                Standing(
                    tenant: TenantFacts(
                        id: TenantID(),
                        slug: slug,
                        name: "Zahnarztpraxis <Musterlinde>",
                        state: .active,
                        language: .de,
                        region: "AT",
                        timeZone: "Europe/Vienna",
                        requiresSecondFactor: tenantRequiresFactor
                    ),
                    position: position,
                    look: look
                )
            }
        )
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
