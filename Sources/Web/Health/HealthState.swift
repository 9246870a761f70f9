/// What a dependency is, in one plain word.
package enum HealthState: String, Sendable {
    case operational
    /// No answer within the probe's time.
    case slow
    case unreachable
    /// It answered and does not know us: a wrong key or password.
    case unauthorized
    /// Nothing is set up to ask.
    case unconfigured
}

/// What a probe throws to say more than `unreachable`.
package struct HealthProblem: Error, Equatable {
    package let state: HealthState

    package init(_ state: HealthState) {
        self.state = state
    }
}

/// Whether new work is welcome here.
package enum Readiness: Sendable, Equatable {
    case ready
    /// The process is on its way out: running calls end, new ones go elsewhere.
    case draining
    /// Running calls need all there is (requirement J5).
    case overloaded
}

/// Asks the dependencies; each closure returns if all is well and throws otherwise. `App` fills them.
package struct HealthProbes: Sendable {
    package let database: @Sendable () async throws -> Void
    package let redis: @Sendable () async throws -> Void
    package let stripe: @Sendable () async throws -> Void

    package init(
        database: @escaping @Sendable () async throws -> Void,
        redis: @escaping @Sendable () async throws -> Void,
        stripe: @escaping @Sendable () async throws -> Void
    ) {
        self.database = database
        self.redis = redis
        self.stripe = stripe
    }
}
