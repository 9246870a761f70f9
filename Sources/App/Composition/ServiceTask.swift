import ServiceLifecycle

/// Work of the process that goes on until a graceful shutdown asks it to end.
struct ServiceTask: Service {
    private let body: @Sendable () async throws -> Void

    /// - Parameter body: runs until it is cancelled.
    init(_ body: @escaping @Sendable () async throws -> Void) {
        self.body = body
    }

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            do {
                try await body()
            } catch is CancellationError {
                return
            }
        }
    }
}
