package import Kernel

/// How the database is reached and how long anything there may take.
package struct DatabaseConfiguration: Sendable {
    /// The application's login (`DATABASE_URL`): a libpq connection URI.
    package var url: Secret
    /// The platform's login (`DATABASE_PLATFORM_URL`). Without it `withPlatform` fails.
    package var platformURL: Secret?
    /// Connections, and threads, of the application's login. At least 1.
    package var poolSize: Int
    /// Connections, and threads, of the platform's login. At least 1.
    package var platformPoolSize: Int
    /// How long making a connection may take.
    package var connectTimeout: Duration
    /// How long one statement may take, its waiting for locks included. Held to by the server; the client breaks the
    /// connection one second later if the server does not answer at all.
    package var statementTimeout: Duration
    /// How long to wait for a free connection.
    package var acquireTimeout: Duration
    /// How many may wait for a free connection; one more is refused at once.
    package var maximumWaiting: Int
    /// How waiting for a free connection is timed.
    package var sleep: @Sendable (Duration) async throws -> Void

    package init(
        url: Secret,
        platformURL: Secret? = nil,
        poolSize: Int = 8,
        platformPoolSize: Int = 2,
        connectTimeout: Duration = .seconds(3),
        statementTimeout: Duration = .seconds(5),
        acquireTimeout: Duration = .seconds(3),
        maximumWaiting: Int = 1_024,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.url = url
        self.platformURL = platformURL
        self.poolSize = max(1, poolSize)
        self.platformPoolSize = max(1, platformPoolSize)
        self.connectTimeout = connectTimeout
        self.statementTimeout = statementTimeout
        self.acquireTimeout = acquireTimeout
        self.maximumWaiting = max(0, maximumWaiting)
        self.sleep = sleep
    }
}
