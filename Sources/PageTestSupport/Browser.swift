import HTTPTypes
import Hummingbird
import Kernel
import Logging
import NIOCore
import Site
package import Web

/// Asks for pages as the browser of somebody who is signed in.
package struct Browser: Sendable {
    package struct NoPage: Error {
        let target: String
    }

    private let routes: RouteBook
    private let table: [Endpoint]
    private let token: String

    /// - Parameters:
    ///   - routes: what answers.
    ///   - table: the addresses there are.
    ///   - token: of the session.
    package init(_ routes: RouteBook, _ table: [Endpoint], token: String = String(repeating: "A", count: 43)) {
        self.routes = routes
        self.table = table
        self.token = token
    }

    /// - Throws: `NoPage` for an address that the table lacks.
    package func get(_ target: String) async throws -> ShownPage { try await ask(.get, target, "") }

    package func post(_ target: String, _ fields: [(String, String)] = []) async throws -> ShownPage {
        try await ask(.post, target, FormValues.query(fields))
    }

    private func ask(_ method: HTTPRequest.Method, _ target: String, _ body: String) async throws -> ShownPage {
        let path = String(target.prefix { $0 != "?" && $0 != "#" })
        guard let (endpoint, parameters) = endpoint(method, path), let handler = routes.handler(of: endpoint) else {
            throw NoPage(target: target)
        }
        var fields = HTTPFields()
        fields[.cookie] = "__Host-va_session=\(token)"
        if method == .post, let name = HTTPField.Name("sec-fetch-site") { fields[name] = "same-origin" }
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
        return try await ShownPage(response)
    }

    /// The endpoint of an address; one without parameters goes first, as in the router.
    private func endpoint(_ method: HTTPRequest.Method, _ path: String) -> (Endpoint, Parameters)? {
        let given = path.split(separator: "/")
        let found = table.filter { endpoint in
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
