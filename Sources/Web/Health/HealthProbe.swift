import Foundation
import Kernel

/// One dependency's state, asked for at most once at a time and remembered for a while, so that a storm of questions
/// causes one probe (requirement J15).
actor HealthProbe {
    struct Reading: Sendable {
        let state: HealthState
        /// How long the dependency took to answer, in seconds.
        let latency: Double
        let at: Date
    }

    private let lifetime: TimeInterval
    private let timeout: Duration
    private let time: TimeSource
    private let ask: @Sendable () async throws -> Void

    private var last: Reading?
    private var running: Task<Void, Never>?
    private var isLate = false
    private var askers: [CheckedContinuation<Reading, Never>] = []

    init(
        lifetime: TimeInterval,
        timeout: Duration = .seconds(1),
        time: TimeSource,
        ask: @escaping @Sendable () async throws -> Void
    ) {
        self.lifetime = lifetime
        self.timeout = timeout
        self.time = time
        self.ask = ask
    }

    /// Answers within the timeout, whatever the dependency does.
    func reading() async -> Reading {
        if let last, time.now().timeIntervalSince(last.at) < lifetime { return last }
        // A probe that was late and has still not come back is not joined by another one.
        if isLate, let last { return last }
        if running == nil { start() }
        return await withCheckedContinuation { askers.append($0) }
    }

    private func start() {
        let began = time.now()
        let alarm = Task { [time, timeout] in
            do {
                try await time.sleep(timeout)
            } catch {
                // Cancelled, because the answer came first.
                return
            }
            self.expire(began)
        }
        running = Task { [ask] in
            let state: HealthState
            do {
                try await ask()
                state = .operational
            } catch let problem as HealthProblem {
                state = problem.state
            } catch {
                state = .unreachable
            }
            alarm.cancel()
            self.answered(state, began)
        }
    }

    private func answered(_ state: HealthState, _ began: Date) {
        running = nil
        if isLate {
            // Its askers have been answered; the next one asks anew.
            isLate = false
        } else {
            remember(state, began)
        }
    }

    private func expire(_ began: Date) {
        guard let running else { return }
        isLate = true
        running.cancel()
        remember(.slow, began)
    }

    private func remember(_ state: HealthState, _ began: Date) {
        let now = time.now()
        let reading = Reading(state: state, latency: now.timeIntervalSince(began), at: now)
        last = reading
        let waiting = askers
        askers = []
        for asker in waiting { asker.resume(returning: reading) }
    }
}
