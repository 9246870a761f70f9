import HTTPTypes
import Hummingbird
package import Kernel

/// `/api/health`, `/livez` and `/readyz`.
package struct HealthController: Sendable {
    private let database: HealthProbe
    private let redis: HealthProbe
    private let stripe: HealthProbe
    private let readiness: @Sendable () -> Readiness

    /// - Parameter readiness: what the process itself says about new work; the database is asked here.
    package init(
        probes: HealthProbes,
        time: TimeSource,
        readiness: @escaping @Sendable () -> Readiness
    ) {
        database = HealthProbe(lifetime: 1, time: time, ask: probes.database)
        redis = HealthProbe(lifetime: 1, time: time, ask: probes.redis)
        stripe = HealthProbe(lifetime: 30, time: time, ask: probes.stripe)
        self.readiness = readiness
    }

    package func register(on book: inout RouteBook) {
        book.on(.health) { _ in await report() }
        registerProbes(on: &book)
    }

    /// `/livez` and `/readyz` alone, for a process without visitors.
    package func registerProbes(on book: inout RouteBook) {
        book.on(.live) { _ in .text("live\n") }
        book.on(.ready) { _ in await ready() }
    }

    /// Only the database makes it a failure: without Redis or Stripe calls are answered all the same.
    private func report() async -> Response {
        async let database = database.reading()
        async let redis = redis.reading()
        async let stripe = stripe.reading()
        let readings = [("database", await database), ("redis", await redis), ("stripe", await stripe)]
        let members = readings.map { #""\#($0)":"\#($1.state.rawValue)""# }
        let timings = readings.map { "\($0);dur=\(($1.latency * 10_000).rounded() / 10)" }
        var headers: HTTPFields = [:]
        if let name = HTTPField.Name("server-timing") { headers[name] = timings.joined(separator: ", ") }
        return .json(
            "{" + members.joined(separator: ",") + "}",
            status: await database.state == .operational ? .ok : .serviceUnavailable,
            headers: headers
        )
    }

    private func ready() async -> Response {
        switch readiness() {
        case .draining: return .text("draining\n", status: .serviceUnavailable)
        case .overloaded: return .text("overloaded\n", status: .tooManyRequests)
        case .ready: break
        }
        let database = await database.reading().state
        guard database == .operational else {
            return .text("database \(database.rawValue)\n", status: .serviceUnavailable)
        }
        return .text("ready\n")
    }
}
