import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Kernel
import Logging
import NIOCore
import Synchronization
import Testing
import Web

@testable import API

/// What came back.
struct Reply {
    let response: Response
    let bytes: [UInt8]

    var status: Int { response.status.code }
    var json: JSON? {
        do { return try JSONParser.parse(bytes) } catch { return nil }
    }
    var code: String? { json?["code"]?.string }
    var items: [JSON] { json?["items"]?.values ?? [] }
    var next: String? { json?["next_cursor"]?.string }
    func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { response.headers[$0] } }
}

extension JSON {
    var values: [JSON]? {
        if case .list(let values) = self { values } else { nil }
    }

    var spelling: String? {
        if case .number(let spelling) = self { spelling } else { nil }
    }
}

extension APIWorld {
    func get(_ target: String, _ key: String?, _ headers: [String: String] = [:]) async throws -> Reply {
        try await ask(.get, target, key, nil, headers)
    }

    func post(_ target: String, _ key: String, _ body: String, _ headers: [String: String] = [:]) async throws -> Reply
    {
        try await ask(.post, target, key, body, headers)
    }

    /// - Parameter key: nil for a request without one.
    func ask(
        _ method: HTTPRequest.Method,
        _ target: String,
        _ key: String?,
        _ body: String? = nil,
        _ headers: [String: String] = [:]
    ) async throws -> Reply {
        let path = String(target.prefix { $0 != "?" })
        let (endpoint, parameters) = try #require(Self.endpoint(method, path), "no \(method) \(target)")
        var fields = HTTPFields()
        if let key { fields[.authorization] = "Bearer \(key)" }
        if body != nil { fields[.contentType] = "application/json" }
        for (name, value) in headers {
            fields[try #require(HTTPField.Name(name))] = value
        }
        let handler = try #require(routes.handler(of: endpoint))
        let response = try await handler(
            IncomingRequest(
                endpoint: endpoint,
                method: method,
                target: target,
                headers: fields,
                body: ByteBuffer(string: body ?? ""),
                parameters: parameters,
                client: ClientAddress("192.0.2.17"),
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            )
        )
        let collector = Collector()
        try await response.body.write(collector)
        return Reply(response: response, bytes: collector.bytes.withLock { $0 })
    }

    private static func endpoint(_ method: HTTPRequest.Method, _ path: String) -> (Endpoint, Parameters)? {
        let given = path.split(separator: "/")
        let found = Endpoint.apiTable.filter { endpoint in
            let wanted = endpoint.path.split(separator: "/")
            return endpoint.method == method && wanted.count == given.count
                && zip(wanted, given).allSatisfy { $0 == $1 || $0.hasPrefix(":") }
        }
        guard let endpoint = found.first else { return nil }
        var parameters = Parameters()
        for (wanted, value) in zip(endpoint.path.split(separator: "/"), given) where wanted.hasPrefix(":") {
            parameters[wanted.dropFirst()] = value
        }
        return (endpoint, parameters)
    }
}

private final class Collector: ResponseBodyWriter, Sendable {
    let bytes = Mutex<[UInt8]>([])

    func write(_ buffer: ByteBuffer) async throws { bytes.withLock { $0 += Array(buffer.readableBytesView) } }
    consuming func finish(_ trailers: HTTPFields?) async throws {}
}
