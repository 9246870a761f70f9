/// What had to be done was not done in its time.
package struct TimeLimitExceeded: Error, Sendable, Equatable {
    package init() {}
}

extension TimeSource {
    /// The result of `body`, which is cancelled and abandoned for `TimeLimitExceeded` if it takes longer than `limit`.
    ///
    /// Returns only when `body` has ended, so it must heed its cancellation.
    package func limit<Result: Sendable>(
        _ limit: Duration,
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await sleep(limit)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let result = first else { throw TimeLimitExceeded() }
            return result
        }
    }
}
