import Kernel
import Speech
import Synchronization

/// Runs work that must show progress: without any for `limit` of clock time it is cancelled and fails.
struct Patience: Sendable {
    private let limit: Duration
    private let time: TimeSource

    init(_ limit: Duration, time: TimeSource) {
        self.limit = limit
        self.time = time
    }

    func run<R: Sendable>(
        _ work: @escaping @Sendable (_ progress: @escaping @Sendable () -> Void) async throws -> R
    ) async throws -> R {
        let steps = Steps()
        return try await withThrowingTaskGroup(of: R?.self) { group in
            group.addTask { try await work { steps.count.add(1, ordering: .relaxed) } }
            group.addTask { [limit, time] in
                var seen = steps.count.load(ordering: .relaxed)
                while true {
                    try await time.sleep(limit)
                    let now = steps.count.load(ordering: .relaxed)
                    if now == seen { return nil }
                    seen = now
                }
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let result = first else {
                throw SpeechError(.timeout, provider: "any", code: "no_progress")
            }
            return result
        }
    }

    private final class Steps: Sendable {
        let count = Atomic<Int>(0)
    }
}
