import Foundation
package import Kernel

/// Whether the payment provider works for us. However often it is asked, the provider is asked once in 30 seconds, and a
/// bad answer is kept as long as a good one (requirement J15).
package actor StripeHealth {
    package enum State: String, Sendable {
        case operational
        /// No connection, or no answer in time.
        case unreachable
        /// The provider does not take our key.
        case unauthorized
        /// The provider answers, but not as it should.
        case failing
    }

    private let check: @Sendable () async throws -> Void
    private let time: TimeSource
    private let lifetime: Duration
    private var last: (state: State, at: Double)?
    private var flight: Task<State, Never>?

    package init(client: StripeClient, time: TimeSource, lifetime: Duration = .seconds(30)) {
        self.init(time: time, lifetime: lifetime) { try await client.checkBalance() }
    }

    init(time: TimeSource, lifetime: Duration, check: @escaping @Sendable () async throws -> Void) {
        self.check = check
        self.time = time
        self.lifetime = lifetime
    }

    /// The last answer if it is fresh enough, else the answer of the one request that is under way.
    package func state() async -> State {
        let now = time.now().timeIntervalSinceReferenceDate
        if let last, (0..<lifetime.seconds).contains(now - last.at) { return last.state }
        if let flight { return await flight.value }

        // A task of its own, so that a visitor who leaves does not take the answer from the others.
        let flight = Task { [check] in await Self.ask(check) }
        self.flight = flight
        let state = await flight.value
        self.flight = nil
        last = (state, time.now().timeIntervalSinceReferenceDate)
        return state
    }

    private static func ask(_ check: @Sendable () async throws -> Void) async -> State {
        do {
            try await check()
            return .operational
        } catch StripeError.unauthorized {
            return .unauthorized
        } catch StripeError.rateLimited, StripeError.failed, StripeError.refused, StripeError.unexpectedAnswer {
            return .failing
        } catch {
            return .unreachable
        }
    }
}
