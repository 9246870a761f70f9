package import Foundation
package import Kernel
import NIOPosix

/// Creates and drops whole databases, as the owner. For tests and for setting a machine up; nothing that serves calls
/// uses it.
package struct ClusterAdministration: Sendable {
    /// Any number: one builder of migrated databases at a time ("va_build" in ASCII).
    private static let advisoryLock: Int64 = 0x7661_5f62_7569_6c64

    private let ownerURL: DatabaseURL

    /// - Parameter ownerURL: a login that may create databases, at a database that stays.
    package init(ownerURL: DatabaseURL) {
        self.ownerURL = ownerURL
    }

    /// Makes the database `name` with the schema of the files of `directory`, unless it exists. It appears under its
    /// name only when it is complete. Any number of processes may ask at the same time.
    package func ensureMigrated(_ name: DatabaseName, directory: URL) async throws {
        let files = try MigrationFile.all(in: directory)
        try await blocking { connection in
            _ = try connection.run("SELECT pg_advisory_lock(\(Self.advisoryLock))")
            guard try !Self.exists(name, connection) else { return }
            let building = name.suffixed("_building")
            // Left over from a process that died; under the lock nobody else works on it.
            try connection.run(script: "DROP DATABASE IF EXISTS \(building.quoted) WITH (FORCE)")
            try connection.run(script: "CREATE DATABASE \(building.quoted)")
            try migrate(files, building)
            try connection.run(script: "ALTER DATABASE \(building.quoted) RENAME TO \(name.quoted)")
        }
    }

    /// A copy of `template`, which nobody may be connected to.
    package func create(_ name: DatabaseName, template: DatabaseName) async throws {
        try await blocking { connection in
            _ = try connection.run(script: "CREATE DATABASE \(name.quoted) TEMPLATE \(template.quoted)")
        }
    }

    /// Ends all connections to the database and removes it; nothing happens if there is none.
    package func drop(_ name: DatabaseName) async throws {
        try await blocking { connection in
            do {
                _ = try connection.run(script: "DROP DATABASE IF EXISTS \(name.quoted) WITH (FORCE)")
            } catch DatabaseError.failed(sqlState: "42501") {
                // The server's own cleaning is at work there, which an owner may not end. A plain DROP asks it to stop.
                _ = try connection.run(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = \(name.value) AND pid <> pg_backend_pid() AND pg_has_role(usesysid, 'MEMBER')
                    """
                )
                _ = try connection.run(script: "DROP DATABASE IF EXISTS \(name.quoted)")
            }
        }
    }

    /// The databases whose names begin with `prefix`.
    package func databases(prefix: String) async throws -> [DatabaseName] {
        try await blocking { connection in
            let rows = try connection.run("SELECT datname FROM pg_database WHERE starts_with(datname, \(prefix))").rows
            return try rows.compactMap { try DatabaseName($0.get("datname")) }
        }
    }

    private static func exists(_ name: DatabaseName, _ connection: PostgresConnection) throws -> Bool {
        try !connection.run("SELECT 1 FROM pg_database WHERE datname = \(name.value)").rows.isEmpty
    }

    private func migrate(_ files: [MigrationFile], _ name: DatabaseName) throws {
        let limits = PostgresConnection.Limits(connectTimeout: .seconds(10), statementTimeout: nil)
        let connection = try PostgresConnection(ownerURL.naming(name).secret, limits: limits)
        _ = try Migrator.migrate(files, connection, lockTimeout: .seconds(60))
    }

    private func blocking<Result: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Result
    ) async throws -> Result {
        try await NIOThreadPool.singleton.runIfActive { [ownerURL] in
            let limits = PostgresConnection.Limits(connectTimeout: .seconds(10), statementTimeout: nil)
            return try body(PostgresConnection(ownerURL.secret, limits: limits))
        }
    }
}

/// The name of a database: lower-case letters, digits and underscores, so that it can stand in a statement.
package struct DatabaseName: Hashable, Sendable {
    package let value: String

    /// Nil for anything else, and for more than 60 characters.
    package init?(_ value: String) {
        guard value.wholeMatch(of: /[a-z][a-z0-9_]{0,59}/) != nil else { return nil }
        self.value = value
    }

    private init(trusted value: String) {
        self.value = value
    }

    /// The server cuts names at 63 bytes, so the beginning is cut here instead of the suffix there.
    func suffixed(_ suffix: String) -> DatabaseName {
        DatabaseName(trusted: value.prefix(63 - suffix.count) + suffix)
    }

    var quoted: String { "\"\(value)\"" }
}

/// A libpq connection URI: `postgresql://login@host/name?parameters`.
package struct DatabaseURL: Hashable, Sendable {
    private let beforeName: String
    private let afterName: String
    /// The database's name as it stands in the URI.
    package let name: String

    /// Nil unless `text` is a URI that names a database.
    package init?(_ text: String) {
        guard let match = text.wholeMatch(of: /(postgres(?:ql)?:\/\/[^\/?]*\/)([^\/?]+)(\?.*)?/) else { return nil }
        beforeName = String(match.1)
        name = String(match.2)
        afterName = match.3.map(String.init) ?? ""
    }

    private init(beforeName: String, name: String, afterName: String) {
        self.beforeName = beforeName
        self.name = name
        self.afterName = afterName
    }

    /// The same server and login, another database.
    package func naming(_ name: DatabaseName) -> DatabaseURL {
        DatabaseURL(beforeName: beforeName, name: name.value, afterName: afterName)
    }

    package var secret: Secret { Secret(beforeName + name + afterName) }
}

extension DatabaseURL: CustomStringConvertible, CustomDebugStringConvertible {
    /// The name alone: the rest may hold a password.
    package var description: String { "…/\(name)" }
    package var debugDescription: String { description }
}
