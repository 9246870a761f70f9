package import Foundation
package import Kernel
import NIOPosix

/// Brings a database's schema to what the files of a directory say: forward only, each file once, one migrator at a
/// time per database.
package struct Migrator: Sendable {
    /// Any number, the same in every version of this program: "va_migr8" in ASCII.
    private static let advisoryLock: Int64 = 0x7661_5f6d_6967_7238

    private let directory: URL
    private let ownerURL: Secret
    private let lockTimeout: Duration

    /// - Parameters:
    ///   - ownerURL: the login that owns the database (`DATABASE_OWNER_URL`).
    ///   - lockTimeout: how long to wait for another migrator, and for locks on tables that are in use.
    package init(directory: URL, ownerURL: Secret, lockTimeout: Duration = .seconds(60)) {
        self.directory = directory
        self.ownerURL = ownerURL
        self.lockTimeout = lockTimeout
    }

    /// Applies what is missing.
    /// - Returns: the names of the files that were applied now.
    /// - Throws: `MigrationError`, `DatabaseError`.
    package func migrate() async throws -> [String] {
        let files = try MigrationFile.all(in: directory)
        return try await blocking { connection in
            try Self.migrate(files, connection, lockTimeout: lockTimeout)
        }
    }

    /// The names of the files that are not applied yet.
    /// - Throws: as `migrate()`.
    package func pending() async throws -> [String] {
        let files = try MigrationFile.all(in: directory)
        return try await blocking { connection in
            let known = try connection.run("SELECT to_regclass('public.schema_migration') IS NOT NULL AS known")
            let isKnown = try known.rows.first?.get("known", as: Bool.self) ?? false
            return try Self.pending(files, applied: isKnown ? Self.applied(connection) : [:]).map(\.name)
        }
    }

    /// Waits until no other migrator is at work.
    ///
    /// By asking again and again: whoever waits within a statement holds a snapshot, which an index that is built
    /// concurrently waits for, and PostgreSQL would end one of the two as deadlocked.
    private static func lock(_ connection: PostgresConnection, within limit: Duration) throws {
        let deadline = ContinuousClock.now + limit
        while true {
            let row = try connection.run("SELECT pg_try_advisory_lock(\(advisoryLock)) AS is_ours").rows.first
            if try row?.get("is_ours", as: Bool.self) == true { return }
            guard ContinuousClock.now < deadline else { throw DatabaseError.failed(sqlState: "55P03") }
            // On a thread of its own, which may block.
            usleep(100_000)
        }
    }

    /// Applies what of `files` is missing; the advisory lock ends with the connection.
    static func migrate(
        _ files: [MigrationFile],
        _ connection: PostgresConnection,
        lockTimeout: Duration
    ) throws -> [String] {
        let timeout = String(lockTimeout.milliseconds)
        _ = try connection.run("SELECT set_config('lock_timeout', \(timeout), false)")
        try lock(connection, within: lockTimeout)
        try connection.run(
            script: """
                CREATE TABLE IF NOT EXISTS schema_migration (
                    name text PRIMARY KEY,
                    checksum text NOT NULL,
                    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
                )
                """
        )
        let pending = try pending(files, applied: applied(connection))
        for file in pending { try apply(file, connection) }
        return pending.map(\.name)
    }

    /// What of `files` is to be applied to a database that has `applied` (checksums by name).
    static func pending(
        _ files: [MigrationFile],
        applied: [String: String]
    ) throws(MigrationError) -> [MigrationFile] {
        let names = Set(files.map(\.name))
        if let missing = applied.keys.filter({ !names.contains($0) }).min() { throw .missing(missing) }
        if let changed = files.first(where: { (applied[$0.name] ?? $0.checksum) != $0.checksum }) {
            throw .changed(changed.name)
        }
        let pending = files.filter { applied[$0.name] == nil }
        let newest = files.last { applied[$0.name] != nil }?.number ?? 0
        if let late = pending.first(where: { $0.number < newest }) { throw .outOfOrder(late.name) }
        return pending
    }

    private static func applied(_ connection: PostgresConnection) throws -> [String: String] {
        let rows = try connection.run("SELECT name, checksum FROM schema_migration").rows
        return try rows.reduce(into: [:]) { applied, row in
            applied[try row.get("name", as: String.self)] = try row.get("checksum", as: String.self)
        }
    }

    private static func apply(_ file: MigrationFile, _ connection: PostgresConnection) throws {
        do {
            if file.runsInTransaction { try connection.run(script: "BEGIN") }
            try connection.run(script: file.sql)
            _ = try connection.run(
                "INSERT INTO schema_migration (name, checksum) VALUES (\(file.name), \(file.checksum))"
            )
            if file.runsInTransaction { try connection.run(script: "COMMIT") }
        } catch DatabaseError.failed(let sqlState), DatabaseError.refused(let sqlState, _) {
            throw MigrationError.failed(file.name, sqlState: sqlState)
        }
    }

    /// Runs `body` with a connection of its own on a thread that may block. Closing it ends the advisory lock.
    private func blocking<Result: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Result
    ) async throws -> Result {
        try await NIOThreadPool.singleton.runIfActive { [ownerURL] in
            let limits = PostgresConnection.Limits(connectTimeout: .seconds(10), statementTimeout: nil)
            return try body(PostgresConnection(ownerURL, limits: limits))
        }
    }
}
