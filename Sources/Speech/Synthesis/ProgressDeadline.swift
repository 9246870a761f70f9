import Foundation
import Kernel
import Synchronization

/// Fails work that makes no progress for a while, however long it takes in all.
final class ProgressDeadline: Sendable {
    private let limit: Duration
    private let time: TimeSource
    private let last: Mutex<Date>

    init(limit: Duration, time: TimeSource) {
        self.limit = limit
        self.time = time
        last = Mutex(time.now())
    }

    func progressed() {
        let now = time.now()
        last.withLock { $0 = now }
    }

    /// Runs `work` and cancels it once it has not called `progressed` for the limit; then throws `error`.
    func run(orThrow error: SpeechError, _ work: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await work() }
            group.addTask {
                while true {
                    let idle = self.time.now().timeIntervalSince(self.last.withLock { $0 })
                    let left = self.limit.seconds - idle
                    if left <= 0 { throw error }
                    try await self.time.sleep(.seconds(left))
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
