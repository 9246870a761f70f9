import Foundation
import Kernel
import Web

/// One dependency's state, asked for just now.
struct HealthReading: Sendable, Equatable {
    enum Part: String, Sendable, CaseIterable {
        case database
        case redis
        case stripe
    }

    /// An answer that takes longer than this is slow; in seconds.
    static let patience: TimeInterval = 1

    let part: Part
    let state: HealthState
    /// How long the answer took, in seconds.
    let latency: TimeInterval

    /// All of them at once, in the order of `Part`.
    static func all(_ probes: HealthProbes, _ time: TimeSource) async -> [HealthReading] {
        async let database = reading(.database, time, probes.database)
        async let redis = reading(.redis, time, probes.redis)
        async let stripe = reading(.stripe, time, probes.stripe)
        return [await database, await redis, await stripe]
    }

    private static func reading(
        _ part: Part,
        _ time: TimeSource,
        _ ask: @Sendable () async throws -> Void
    ) async -> HealthReading {
        let began = time.now()
        let state: HealthState
        do {
            try await ask()
            state = .operational
        } catch let problem as HealthProblem {
            state = problem.state
        } catch {
            // Whatever went wrong, there was no answer; the dependency's own client logs why.
            state = .unreachable
        }
        let latency = time.now().timeIntervalSince(began)
        let isSlow = state == .operational && latency > patience
        return HealthReading(part: part, state: isSlow ? .slow : state, latency: latency)
    }
}
