import Credentials
import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Logging
import NIOCore
import Site
import Synchronization
import TestSupport
import Testing
import Web

@testable import AccountPages

/// Asks for pages as a browser does, and keeps what it is given.
final class Browser {
    static let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

    private let world: AccountWorld
    private(set) var cookies: [String: String] = [:]

    init(_ world: AccountWorld) {
        self.world = world
    }

    func get(_ target: String) async throws -> Page { try await ask(.get, target, "") }

    func post(_ target: String, _ fields: [(String, String)] = []) async throws -> Page {
        try await ask(.post, target, FormValues.query(fields))
    }

    /// Signs in with the password of this world.
    func signIn(_ email: String, weiter: String = "") async throws -> Page {
        try await post(
            "/anmelden",
            [("email", email), ("passwort", AccountWorld.password), ("weiter", weiter)]
        )
    }

    /// Another browser with the same cookies.
    func copy() -> Browser {
        let copy = Browser(world)
        copy.cookies = cookies
        return copy
    }

    private func ask(_ method: HTTPRequest.Method, _ target: String, _ body: String) async throws -> Page {
        let path = String(target.prefix { $0 != "?" && $0 != "#" })
        let (endpoint, parameters) = try #require(Self.endpoint(method, path), "no page \(target)")
        var fields = HTTPFields()
        fields[.userAgent] = Self.firefox
        fields[.acceptLanguage] = "de-AT,de;q=0.9"
        fields[.cookie] = cookies.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: "; ")
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
                client: ClientAddress(world.client),
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            )
        )
        for cookie in response.headers[values: .setCookie] { keep(cookie) }
        let html = try await response.text()
        // A value that is missing where text belongs would be printed as a word of the engine.
        #expect(!html.contains("value=\"false\"") && !html.contains(">false<"), "\(target)")
        return Page(response: response, html: html)
    }

    private func keep(_ cookie: String) {
        let parts = cookie.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
        guard let pair = parts.first?.split(separator: "=", maxSplits: 1), let name = pair.first else { return }
        cookies[String(name)] = parts.contains("Max-Age=0") || pair.count == 1 ? nil : String(pair[1])
    }

    /// The endpoint of an address; one without parameters goes first, as in the router.
    private static func endpoint(_ method: HTTPRequest.Method, _ path: String) -> (Endpoint, Parameters)? {
        let given = path.split(separator: "/")
        let found = Endpoint.accountPagesTable.filter { endpoint in
            let wanted = endpoint.path.split(separator: "/")
            return endpoint.method == method && wanted.count == given.count
                && zip(wanted, given).allSatisfy { $0 == $1 || $0.hasPrefix(":") }
        }
        let parameterless = found.first { !$0.path.contains(":") }
        guard let endpoint = parameterless ?? found.first else { return nil }
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
    let html: String

    var status: Int { response.status.code }
    var location: String? { response.headers[.location] }
    var retryAfter: Int? { response.headers[.retryAfter].flatMap { Int($0) } }

    func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { response.headers[$0] } }

    func cookie(_ name: String) -> String? {
        response.headers[values: .setCookie].first { $0.hasPrefix("\(name)=") }
    }

    /// The text between two others.
    func between(_ start: String, _ end: String) -> String? {
        guard let from = html.range(of: start),
            let to = html.range(of: end, range: from.upperBound..<html.endIndex)
        else { return nil }
        return String(html[from.upperBound..<to.lowerBound])
    }
}

extension Response {
    fileprivate func text() async throws -> String {
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
