import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Kernel
import Localization
import Logging
import NIOCore
import Site
import Synchronization
import TenantPages
import Tenants
import TestSupport
import Testing
import Web

/// Asks for pages as the browser of somebody who is signed in.
struct Browser {
    private let world: TenantWorld
    private let token: String

    init(_ world: TenantWorld, token: String) {
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
        let found = Endpoint.tenantPagesTable.filter { endpoint in
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
    var type: String? { response.headers[.contentType] }

    func contains(_ words: String) -> Bool { text.contains(words) }

    /// The message that the next page shows.
    var saying: String? {
        let cookie = response.headers[values: .setCookie].first { $0.hasPrefix("__Host-va_flash=") }
        guard let value = cookie?.split(separator: "=", maxSplits: 1).last?.split(separator: ";").first,
            let data = Data(base64Encoded: String(value))
        else { return nil }
        return String(decoding: data, as: UTF8.self).removingPercentEncoding
    }

    /// The text between two others.
    func between(_ start: String, _ end: String) -> String? {
        guard let from = text.range(of: start), let to = text.range(of: end, range: from.upperBound..<text.endIndex)
        else { return nil }
        return String(text[from.upperBound..<to.lowerBound])
    }
}

private final class Collector: ResponseBodyWriter, Sendable {
    let bytes = Mutex<[UInt8]>([])

    func write(_ buffer: ByteBuffer) async throws { bytes.withLock { $0 += Array(buffer.readableBytesView) } }
    consuming func finish(_ trailers: HTTPFields?) async throws {}
}
