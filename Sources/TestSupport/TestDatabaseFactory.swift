import Database
import Foundation
import Kernel
import Synchronization

/// Makes and drops the databases of this process's tests.
final class TestDatabaseFactory: Sendable {
    static let shared = TestDatabaseFactory()

    /// A database lives for as long as its test; older ones belong to processes that died.
    private static let staleAfter: TimeInterval = 3_600

    private let places = Gate(places: 8)
    private let templateLock = Gate(places: 1)
    private let template = Mutex<DatabaseName?>(nil)

    func withDatabase<Result>(
        poolSize: Int,
        _ body: (TestDatabase) async throws -> Result
    ) async throws -> Result {
        try await places.withPlace {
            let base = try TestDatabaseURLs.fromEnvironment()
            let administration = ClusterAdministration(ownerURL: base.owner)
            let template = try await migratedTemplate(administration)
            let name = try Self.freshName()
            try await administration.create(name, template: template)
            let keys = try TestKeys()
            defer { keys.remove() }
            let database = TestDatabase(urls: base.naming(name), poolSize: poolSize, keys: keys)
            do {
                let result = try await body(database)
                try await Self.remove(database, name, administration)
                return result
            } catch {
                try await Self.remove(database, name, administration)
                throw error
            }
        }
    }

    /// See `TestDatabase.withBackup`.
    func withCopy(of database: TestDatabase, _ body: (TestDatabase, TestDatabase) async throws -> Void) async throws {
        try await database.shutdown()
        let base = try TestDatabaseURLs.fromEnvironment()
        let administration = ClusterAdministration(ownerURL: base.owner)
        let name = try Self.freshName()
        try await administration.create(name, template: try Self.named(database.urls.owner.name))
        let copy = TestDatabase(urls: base.naming(name), poolSize: 2, keys: database.keys)
        let now = TestDatabase(urls: database.urls, poolSize: 2, keys: database.keys)
        let outcome: Swift.Result<Void, any Error>
        do {
            outcome = .success(try await body(now, copy))
        } catch {
            outcome = .failure(error)
        }
        try await now.shutdown()
        try await Self.remove(copy, name, administration)
        try outcome.get()
    }

    private static func remove(
        _ database: TestDatabase,
        _ name: DatabaseName,
        _ administration: ClusterAdministration
    ) async throws {
        try await database.shutdown()
        try await administration.drop(name)
    }

    private func migratedTemplate(_ administration: ClusterAdministration) async throws -> DatabaseName {
        try await templateLock.withPlace {
            if let known = template.withLock({ $0 }) { return known }
            let directory = RepositoryFolder.migrations
            let checksum = MigrationFile.checksum(of: try MigrationFile.all(in: directory)).prefix(16)
            let name = try Self.named("va_test_template_\(checksum)")
            try await administration.ensureMigrated(name, directory: directory)
            try await dropStale(administration)
            template.withLock { $0 = name }
            return name
        }
    }

    private func dropStale(_ administration: ClusterAdministration) async throws {
        let prefix = "va_test_at_"
        for name in try await administration.databases(prefix: prefix) {
            let made = name.value.dropFirst(prefix.count).prefix { $0 != "_" }
            guard let seconds = Int(made, radix: 16) else { continue }
            let age = Date().timeIntervalSince1970 - Double(seconds)
            if age > Self.staleAfter { try await administration.drop(name) }
        }
    }

    private static func freshName() throws -> DatabaseName {
        let made = String(Int(Date().timeIntervalSince1970), radix: 16)
        let random = UUID().uuidString.lowercased().filter { $0 != "-" }
        return try named("va_test_at_\(made)_\(random)")
    }

    private static func named(_ text: String) throws -> DatabaseName {
        guard let name = DatabaseName(text) else { throw TestDatabaseError.badName(text) }
        return name
    }
}
