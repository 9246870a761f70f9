import Foundation
import Kernel
import Synchronization

/// A clock that stands still until the test moves it.
final class TestTime: Sendable {
    private struct Sleeper {
        let id: Int
        let until: Date
        let wake: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = Date(timeIntervalSince1970: 1_800_000_000)
        var sleepers: [Sleeper] = []
        var nextID = 0
        var cancelled: Set<Int> = []
    }

    private let state = Mutex(State())

    var source: TimeSource {
        TimeSource(now: { self.state.withLock { $0.now } }, sleep: { try await self.sleep($0) })
    }

    /// Moves the clock at once, whoever sleeps or not.
    func jump(_ duration: Duration) {
        let due = state.withLock { state -> [Sleeper] in
            state.now.addTimeInterval(duration.seconds)
            let now = state.now
            let due = state.sleepers.filter { $0.until <= now }
            state.sleepers.removeAll { $0.until <= now }
            return due
        }
        for sleeper in due { sleeper.wake.resume() }
    }

    /// Waits until somebody sleeps, then moves the clock.
    func advance(_ duration: Duration) async {
        while state.withLock({ $0.sleepers.isEmpty }) { await Task.yield() }
        jump(duration)
    }

    /// Runs `body` while the clock goes on as fast as it can.
    func moving<Result: Sendable>(
        by step: Duration,
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                while !Task.isCancelled {
                    self.jump(step)
                    await Task.yield()
                }
                return nil
            }
            defer { group.cancelAll() }
            guard let result = try await group.next() ?? nil else { throw CancellationError() }
            return result
        }
    }

    private func sleep(_ duration: Duration) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (wake: CheckedContinuation<Void, any Error>) in
                let isCancelled = state.withLock { state in
                    if state.cancelled.remove(id) != nil { return true }
                    let until = state.now.addingTimeInterval(duration.seconds)
                    state.sleepers.append(Sleeper(id: id, until: until, wake: wake))
                    return false
                }
                if isCancelled { wake.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            let sleeper = state.withLock { state -> Sleeper? in
                guard let index = state.sleepers.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil
                }
                return state.sleepers.remove(at: index)
            }
            sleeper?.wake.resume(throwing: CancellationError())
        }
    }

    /// Returns only by cancellation.
    static func forever() async throws {
        let (nothing, input) = AsyncStream.makeStream(of: Never.self)
        for await _ in nothing {}
        input.finish()
        throw CancellationError()
    }
}
