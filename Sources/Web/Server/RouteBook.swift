package import Hummingbird

/// Who answers at which endpoint. Each controller writes its own handlers in; `WebServer` refuses to start while a line
/// of the table has nobody to answer it.
package struct RouteBook: Sendable {
    /// What is thrown is translated by `ErrorPages`; a known outcome is better thrown as `WebFailure`.
    package typealias Handler = @Sendable (IncomingRequest) async throws -> Response

    private(set) var handlers: [Endpoint: Handler] = [:]

    package init() {}

    /// Binds `handler`. Binding an endpoint twice is a programmer's error.
    package mutating func on(_ endpoint: Endpoint, _ handler: @escaping Handler) {
        precondition(handlers[endpoint] == nil, "bound twice: \(endpoint.path)")
        handlers[endpoint] = handler
    }

    /// Who answers at `endpoint`; nil if nobody does.
    package func handler(of endpoint: Endpoint) -> Handler? { handlers[endpoint] }
}

/// Why a server cannot be built.
package enum RoutesError: Error, Equatable, CustomStringConvertible {
    /// Endpoints of the table that nobody answers, and handlers of endpoints that are not in the table, by path.
    case unbound([String])
    case unlisted([String])

    package var description: String {
        switch self {
        case .unbound(let paths): "routes without a handler: " + paths.joined(separator: ", ")
        case .unlisted(let paths): "handlers without a line in the table: " + paths.joined(separator: ", ")
        }
    }
}
