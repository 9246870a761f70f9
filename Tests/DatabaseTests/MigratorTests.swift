import Database
import Foundation
import Kernel
import TestSupport
import Testing

@Suite("Migrations")
struct MigratorTests {
    /// A folder of migration files and an empty database.
    private struct Site {
        let folder: URL
        let urls: TestDatabaseURLs

        func write(_ name: String, _ sql: String) throws {
            try Data(sql.utf8).write(to: folder.appending(path: name))
        }

        func remove(_ name: String) throws {
            try FileManager.default.removeItem(at: folder.appending(path: name))
        }

        var migrator: Migrator { Migrator(directory: folder, ownerURL: urls.owner.secret) }

        func tables(_ prefix: String) async throws -> [String] {
            try await withDatabases(urls) { database in
                try await database.owner.withoutTenant { transaction in
                    try transaction.query(
                        """
                        SELECT relname::text AS name FROM pg_class
                        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND starts_with(relname, \(prefix))
                        ORDER BY 1
                        """
                    ).map { try $0.get("name", as: String.self) }
                }
            }
        }
    }

    private static func withSite(_ body: (Site) async throws -> Void) async throws {
        let base = try TestDatabaseURLs.fromEnvironment()
        let administration = ClusterAdministration(ownerURL: base.owner)
        let random = UUID().uuidString.lowercased().filter { $0 != "-" }
        let made = String(Int(Date().timeIntervalSince1970), radix: 16)
        let name = try #require(DatabaseName("va_test_at_\(made)_\(random)"))
        let template = try #require(DatabaseName("template0"))
        let folder = FileManager.default.temporaryDirectory.appending(path: "migrations-\(random)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try await administration.create(name, template: template)
        do {
            try await body(Site(folder: folder, urls: base.naming(name)))
        } catch {
            try await administration.drop(name)
            throw error
        }
        try await administration.drop(name)
        try FileManager.default.removeItem(at: folder)
    }

    @Test("files are applied once, in order, and the rest when they appear")
    func appliedOnce() async throws {
        try await Self.withSite { site in
            try site.write("0002_two.sql", "ALTER TABLE x_one ADD COLUMN b text;")
            try site.write("0001_one.sql", "CREATE TABLE x_one (a text);")
            #expect(try await site.migrator.pending() == ["0001_one.sql", "0002_two.sql"])
            #expect(try await site.migrator.migrate() == ["0001_one.sql", "0002_two.sql"])
            #expect(try await site.migrator.migrate() == [])
            try site.write("0003_three.sql", "CREATE TABLE x_three (a text);")
            #expect(try await site.migrator.migrate() == ["0003_three.sql"])
            #expect(try await site.tables("x_") == ["x_one", "x_three"])
            #expect(try await site.migrator.pending() == [])
        }
    }

    @Test("a changed, missing or late file is refused and nothing is applied")
    func forwardOnly() async throws {
        try await Self.withSite { site in
            try site.write("0001_one.sql", "CREATE TABLE x_one (a text);")
            try site.write("0003_three.sql", "CREATE TABLE x_three (a text);")
            _ = try await site.migrator.migrate()
            try site.write("0004_four.sql", "CREATE TABLE x_four (a text);")

            try site.write("0001_one.sql", "CREATE TABLE x_one (a text); -- changed")
            await #expect(throws: MigrationError.changed("0001_one.sql")) { try await site.migrator.migrate() }
            try site.remove("0001_one.sql")
            await #expect(throws: MigrationError.missing("0001_one.sql")) { try await site.migrator.migrate() }
            try site.write("0001_one.sql", "CREATE TABLE x_one (a text);")
            try site.write("0002_two.sql", "CREATE TABLE x_two (a text);")
            await #expect(throws: MigrationError.outOfOrder("0002_two.sql")) { try await site.migrator.migrate() }
            try site.remove("0002_two.sql")
            try site.write("0004_vier.sql", "CREATE TABLE x_vier (a text);")
            await #expect(throws: MigrationError.sameNumber("0004_four.sql", "0004_vier.sql")) {
                do {
                    _ = try await site.migrator.migrate()
                } catch MigrationError.sameNumber(let first, let second) {
                    throw MigrationError.sameNumber(min(first, second), max(first, second))
                }
            }
            #expect(try await site.tables("x_") == ["x_one", "x_three"])
        }
    }

    @Test("a file that fails leaves nothing behind; those before it stay")
    func failureLeavesNothing() async throws {
        try await Self.withSite { site in
            try site.write("0001_one.sql", "CREATE TABLE x_one (a text);")
            try site.write("0002_two.sql", "CREATE TABLE x_two (a text); CREATE TABLE x_one (a text);")
            await #expect(throws: MigrationError.failed("0002_two.sql", sqlState: "42P07")) {
                try await site.migrator.migrate()
            }
            #expect(try await site.tables("x_") == ["x_one"])
            #expect(try await site.migrator.pending() == ["0002_two.sql"])
        }
    }

    @Test("an index can be built concurrently, outside a transaction")
    func outsideATransaction() async throws {
        try await Self.withSite { site in
            try site.write("0001_one.sql", "CREATE TABLE x_one (a text);")
            try site.write("0002_index.sql", "-- no-transaction\nCREATE INDEX CONCURRENTLY x_index ON x_one (a);\n")
            #expect(try await site.migrator.migrate().count == 2)
        }
    }

    @Test("migrators at the same time apply each file once", arguments: [2, 6])
    func concurrentMigrators(count: Int) async throws {
        try await Self.withSite { site in
            for number in 1...5 {
                try site.write("000\(number)_file.sql", "CREATE TABLE x_\(number) (a text); SELECT pg_sleep(0.02);")
            }
            // Built while the others wait: their waiting must not be what it waits for.
            try site.write("0006_index.sql", "-- no-transaction\nCREATE INDEX CONCURRENTLY x_index ON x_1 (a);\n")
            let migrator = site.migrator
            let applied = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<count { group.addTask { try await migrator.migrate() } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(applied.sorted() == (1...5).map { "000\($0)_file.sql" } + ["0006_index.sql"])
        }
    }

    @Test("two databases of one cluster migrate at the same time, though roles are shared")
    func sharedRoles() async throws {
        try await Self.withSite { first in
            try await Self.withSite { second in
                async let one = Migrator(directory: RepositoryFolder.migrations, ownerURL: first.urls.owner.secret)
                    .migrate()
                async let two = Migrator(directory: RepositoryFolder.migrations, ownerURL: second.urls.owner.secret)
                    .migrate()
                let counts = try await (one.count, two.count)
                #expect(counts.0 == counts.1)
                #expect(counts.0 > 0)
            }
        }
    }

    @Test("names that do not order themselves are refused")
    func badNames() async throws {
        try await Self.withSite { site in
            await #expect(throws: MigrationError.noFiles) { try await site.migrator.migrate() }
            try site.write("1_one.sql", "SELECT 1;")
            await #expect(throws: MigrationError.badName("1_one.sql")) { try await site.migrator.migrate() }
        }
    }
}
