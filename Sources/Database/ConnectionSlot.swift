import Kernel
import Logging
import Telemetry

/// A place in the pool: at most one connection, made when it is first needed and remade when it broke.
///
/// `@unchecked Sendable` because `connection` is touched by one lease at a time only: the pool's lock hands the slot
/// from one lease to the next and orders their accesses.
final class ConnectionSlot: @unchecked Sendable {
    let interrupt = Interrupt()
    private let url: Secret
    private let limits: PostgresConnection.Limits
    private let seals: TenantSeals
    private let metrics: DatabaseMetrics
    private let logger: Logger
    private var connection: PostgresConnection?

    init(
        url: Secret,
        limits: PostgresConnection.Limits,
        seals: TenantSeals,
        metrics: DatabaseMetrics,
        logger: Logger
    ) {
        self.url = url
        self.limits = limits
        self.seals = seals
        self.metrics = metrics
        self.logger = logger
    }

    /// One transaction around `body`. Blocks the thread it is called on.
    func transaction<Result>(
        tenant: TenantID?,
        statements: StatementWatch,
        _ body: (Transaction) throws -> Result
    ) throws -> Result {
        let connection = try begin()
        let began = ContinuousClock.now
        defer { if !connection.isReusable { self.connection = nil } }
        do {
            if let tenant {
                _ = try connection.run("SELECT set_config('app.tenant_id', \(tenant), true)")
            }
            let transaction = Transaction(
                connection: connection,
                tenant: tenant,
                seals: seals,
                statements: statements
            )
            let result = try body(transaction)
            try commit(connection)
            metrics.committed.observe((.now - began).seconds)
            return result
        } catch {
            rollBack(connection)
            metrics.rolledBack.observe((.now - began).seconds)
            throw error
        }
    }

    func close() {
        connection = nil
    }

    /// A connection with an open transaction. One that lay idle may have died with its server: nothing has happened on
    /// it yet, so a new one takes its place unnoticed.
    private func begin() throws -> PostgresConnection {
        if let idle = connection {
            do {
                try idle.run(script: "BEGIN")
                return idle
            } catch DatabaseError.unavailable(.connection) {
                connection = nil
            }
        }
        let new = try connect()
        try new.run(script: "BEGIN")
        return new
    }

    private func connect() throws -> PostgresConnection {
        do {
            let new = try PostgresConnection(url, limits: limits, interrupt: interrupt)
            connection = new
            metrics.connects.increment()
            return new
        } catch {
            metrics.failedConnects.increment()
            throw error
        }
    }

    private func commit(_ connection: PostgresConnection) throws {
        if interrupt.isRaised { throw CancellationError() }
        do {
            let answer = try connection.run(script: "COMMIT", interruptible: false)
            // A body that swallowed an error ends here: the server answers ROLLBACK.
            guard answer.command == "COMMIT" else { throw DatabaseError.failed(sqlState: .inFailedTransaction) }
        } catch DatabaseError.unavailable {
            throw DatabaseError.unavailable(.outcomeUnknown)
        }
    }

    private func rollBack(_ connection: PostgresConnection) {
        guard !connection.mustClose, connection.isInTransaction else { return }
        do {
            try connection.run(script: "ROLLBACK", interruptible: false)
        } catch {
            // The connection is not reusable now and is closed, which rolls back as well.
            logger.debug("database rollback failed", metadata: ["error": "\(error)"])
        }
    }
}
