package import Kernel
package import Logging
package import Telemetry

/// PostgreSQL, behind three doors (decision 1).
///
/// The body given to a door is synchronous and runs on a thread of its own with the connection: no connection is held
/// across an `await`, and the cooperative threads never block. It may be run on any thread, but only once.
///
/// All doors throw `DatabaseError`, `CancellationError` when the task was cancelled (the server is asked to stop), or
/// what the body throws; in each of these cases nothing of the body's work remains.
package final class Database: Sendable {
    private let application: ConnectionPool
    private let platform: ConnectionPool?
    private let platformDoor: PlatformDoor
    /// The keys of tenants, for those who make tenants and end them.
    package let seals: TenantSeals
    private let applicationStatements: StatementWatch
    private let platformStatements: StatementWatch

    /// Connects when first used. `shutdown()` ends it.
    package init(
        _ configuration: DatabaseConfiguration,
        logger: Logger,
        metrics: Metrics,
        platformDoor: PlatformDoor,
        seals: TenantSeals
    ) {
        let applicationMetrics = DatabaseMetrics(metrics, kind: "application")
        let platformMetrics = DatabaseMetrics(metrics, kind: "platform")
        application = ConnectionPool(
            url: configuration.url,
            size: configuration.poolSize,
            configuration: configuration,
            seals: seals,
            metrics: applicationMetrics,
            logger: logger
        )
        platform = configuration.platformURL.map { url in
            ConnectionPool(
                url: url,
                size: configuration.platformPoolSize,
                configuration: configuration,
                seals: seals,
                metrics: platformMetrics,
                logger: logger
            )
        }
        self.platformDoor = platformDoor
        self.seals = seals
        let unscoped = metrics.counter(
            "voiceagent_database_unscoped_statements_total",
            help: "Statements on tenants' tables outside a tenant's scope: they see no rows."
        )
        applicationStatements = StatementWatch(
            executed: applicationMetrics.statements,
            unscoped: UnscopedStatements(counter: unscoped, logger: logger),
            logger: logger
        )
        platformStatements = StatementWatch(executed: platformMetrics.statements, unscoped: nil, logger: logger)
    }

    /// For everything a tenant owns: only rows of `tenant` can be seen or written, whatever the statements say.
    @discardableResult
    package func withTenant<Result: Sendable>(
        _ tenant: TenantID,
        _ body: @escaping @Sendable (Transaction) throws -> Result
    ) async throws -> Result {
        try await application.transaction(tenant: tenant, statements: applicationStatements, body)
    }

    /// For routes and jobs of the platform only: another login with policies of its own.
    ///
    /// The opening is recorded and committed first, so that a transaction that only reads, or fails, leaves its trace.
    /// - Parameters:
    ///   - actor: who, by a stable name, such as `operator:anna` or `job:invoicing`.
    ///   - reason: what for, in words an auditor understands; no data of a caller.
    @discardableResult
    package func withPlatform<Result: Sendable>(
        actor: String,
        reason: String,
        _ body: @escaping @Sendable (Transaction) throws -> Result
    ) async throws -> Result {
        guard let platform else { throw DatabaseError.unavailable(.notConfigured) }
        try await platform.transaction(tenant: nil, statements: platformStatements) { [platformDoor] transaction in
            try platformDoor.record(transaction, actor, reason)
        }
        return try await platform.transaction(tenant: nil, statements: platformStatements, body)
    }

    /// For tables no tenant owns and the allow-listed definer functions. No tenant's row is visible.
    @discardableResult
    package func withoutTenant<Result: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Result
    ) async throws -> Result {
        try await application.transaction(tenant: nil, statements: applicationStatements, body)
    }

    /// Holds the logins to requirement A1, for the start of a process.
    /// - Throws: `UnsafeRoles` with everything that is wrong, or `DatabaseError`.
    package func verifyRoles() async throws {
        var faults = try await application.transaction(tenant: nil, statements: applicationStatements) { transaction in
            try RoleCheck.application.faults(transaction)
        }
        if let platform {
            faults += try await platform.transaction(tenant: nil, statements: platformStatements) { transaction in
                try RoleCheck.platform.faults(transaction)
            }
        }
        guard faults.isEmpty else { throw UnsafeRoles(faults: faults) }
    }

    /// Returns if the database answers.
    package func ping() async throws {
        try await withoutTenant { transaction in _ = try transaction.query("SELECT 1") }
    }

    /// Refuses new work, waits for running transactions and closes all connections. Safe to repeat.
    package func shutdown() async throws {
        try await application.shutdown()
        try await platform?.shutdown()
    }
}
