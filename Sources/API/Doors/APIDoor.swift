import Database
import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Localization
import Logging
import Tenants
import Web

/// Lets requests in whose key is good, within its limits and scopes, and spells every refusal.
struct APIDoor: Sendable {
    typealias Handler = @Sendable (APIVisit) async throws -> APIAnswer

    private let keys: APIKeys
    private let limits: APILimits
    private let idempotency: Idempotency
    private let catalog: Catalog
    private let time: TimeSource
    private let onDenied: @Sendable (DeniedRequest) -> Void

    init(
        keys: APIKeys,
        limits: APILimits,
        idempotency: Idempotency,
        catalog: Catalog,
        time: TimeSource,
        onDenied: @escaping @Sendable (DeniedRequest) -> Void
    ) {
        self.keys = keys
        self.limits = limits
        self.idempotency = idempotency
        self.catalog = catalog
        self.time = time
        self.onDenied = onDenied
    }

    /// Binds a handler that only reads.
    func reading(_ endpoint: Endpoint, in routes: inout RouteBook, _ handler: @escaping Handler) {
        routes.on(endpoint) { request in await answer(request, handler) }
    }

    /// Binds a handler that changes something: not for a suspended tenant, and once for each `Idempotency-Key`.
    ///
    /// - Parameter location: where what was made is found, by the body of the answer.
    func writing(
        _ endpoint: Endpoint,
        in routes: inout RouteBook,
        location: @escaping @Sendable (JSON) -> String? = { _ in nil },
        _ handler: @escaping Handler
    ) {
        routes.on(endpoint) { request in
            await answer(request) { visit in
                guard visit.identity.tenantState == .active else { throw APIProblem(.tenantSuspended) }
                var answer = try await idempotency.once(visit, catalog, AcceptedLanguage.read(request.headers)) {
                    try await handler(visit)
                }
                if answer.status == .created, let body = answer.body {
                    answer.headers[.location] = location(try JSONParser.parse(Array(body.utf8)))
                }
                return answer
            }
        }
    }

    private func answer(_ request: IncomingRequest, _ handler: Handler) async -> Response {
        let language = AcceptedLanguage.read(request.headers)
        var fields = HTTPFields()
        var answer: APIAnswer
        do {
            let identity = try await identity(of: request)
            fields = try await limits.admit(identity)
            answer = try await checked(APIVisit(request: request, identity: identity), handler)
        } catch {
            answer = problem(error, request).answer(catalog, language)
        }
        for field in fields { answer.headers[field.name] = field.value }
        return answer.response(language)
    }

    /// Missing, malformed, unknown, expired and revoked keys have one answer.
    private func identity(of request: IncomingRequest) async throws -> APIKeyIdentity {
        let given = request.headers[values: .authorization]
        let parts = given.first?.split(separator: " ", maxSplits: 1) ?? []
        guard given.count == 1, parts.count == 2, parts[0].lowercased() == "bearer",
            let identity = try await keys.authenticate(String(parts[1]))
        else { throw APIProblem(.unauthorized) }
        return identity
    }

    private func checked(_ visit: APIVisit, _ handler: Handler) async throws -> APIAnswer {
        guard case .apiKey(let permission) = visit.request.endpoint.access, Self.covers(permission, visit) else {
            note(visit)
            throw APIProblem(.notVisible)
        }
        do {
            return try await handler(visit)
        } catch let problem as APIProblem where problem.code == .notVisible {
            note(visit)
            throw problem
        }
    }

    /// What every role may, every key may.
    private static func covers(_ permission: Permission, _ visit: APIVisit) -> Bool {
        permission == .overviewRead || visit.may(permission)
    }

    private func note(_ visit: APIVisit) {
        let endpoint = visit.request.endpoint
        let name = endpoint.path.split(separator: "/").first { $0.hasPrefix(":") }.map { String($0.dropFirst()) }
        let object = name.flatMap { visit.request.parameters.get($0) }?.removingPercentEncoding ?? ""
        let kind: DeniedRequest.ObjectKind = name == "call" ? .call : name == "number" ? .number : .page
        onDenied(
            DeniedRequest(
                at: time.now(),
                person: nil,
                tenant: visit.tenant,
                route: "\(endpoint.method.rawValue) \(endpoint.path)",
                kind: kind,
                object: object
            )
        )
    }

    /// What failed is said by its kind; its text may hold anything and is neither answered nor logged.
    private func problem(_ error: any Error, _ request: IncomingRequest) -> APIProblem {
        switch error {
        case let problem as APIProblem: return problem
        case is CancellationError: return APIProblem(.unavailable)
        case let error as DatabaseError where error.isRetryable: return APIProblem(.unavailable)
        case DatabaseError.unavailable: return APIProblem(.unavailable)
        default:
            request.logger.error(
                "request of the API failed",
                metadata: ["error.type": "\(type(of: error))", "http.route": "\(request.endpoint.path)"]
            )
            return APIProblem(.internalError)
        }
    }
}
