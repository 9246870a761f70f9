import Audit
package import Database
import Foundation
package import Kernel
import Logging
package import Telemetry

/// A database of one test's own, with the whole schema and nothing in it but what the test puts there.
package struct TestDatabase: Sendable {
    /// The application's login, with the platform's behind `withPlatform`.
    package let app: Database
    /// The owner's login, for what only migrations may do. Forced row-level security blinds it to tenants' rows.
    package let owner: Database
    package let urls: TestDatabaseURLs
    package let metrics: Metrics
    /// The keys of its tenants.
    package let keys: TestKeys

    /// The same as `app`: `platform.withPlatform(…)` is the platform's login.
    package var platform: Database { app }

    init(urls: TestDatabaseURLs, poolSize: Int, keys: TestKeys) {
        self.urls = urls
        metrics = Metrics()
        self.keys = keys
        app = Self.database(urls.configuration(poolSize: poolSize), metrics, keys)
        owner = Self.database(DatabaseConfiguration(url: urls.owner.secret, poolSize: 2), Metrics(), keys)
    }

    /// What `metrics` would show.
    package var metricsText: String { metrics.render() }

    /// Another pool at the same database, set up differently. It is shut down when `body` has ended.
    @discardableResult
    package func withDatabase<Result>(
        _ adjust: (inout DatabaseConfiguration) -> Void,
        metrics: Metrics = Metrics(),
        _ body: (Database) async throws -> Result
    ) async throws -> Result {
        var configuration = urls.configuration(poolSize: 2)
        adjust(&configuration)
        let database = Self.database(configuration, metrics, keys)
        do {
            let result = try await body(database)
            try await database.shutdown()
            return result
        } catch {
            try await database.shutdown()
            throw error
        }
    }

    /// Runs `body` with this database and a copy of how it stands now, as a backup would be restored beside it: with the
    /// same keys of tenants. This database's own pools are closed; `body` gets others.
    package func withBackup(_ body: (_ now: TestDatabase, _ backup: TestDatabase) async throws -> Void) async throws {
        try await TestDatabaseFactory.shared.withCopy(of: self, body)
    }

    /// Everything that stands in the tables of one tenant, as text.
    package func plainText(of tenant: TenantID) async throws -> String {
        try await app.withTenant(tenant) { transaction in
            let tables = try transaction.query(
                """
                SELECT table_name FROM information_schema.columns
                WHERE table_schema = 'public' AND column_name = 'tenant_id' ORDER BY table_name
                """
            ).map { try $0.get("table_name", as: String.self) }
            return try tables.map { table in
                let row = try transaction.queryOne(
                    "SELECT table_to_xml(\(table)::text::regclass, true, false, '')::text AS content"
                )
                return try row?.get("content", as: String.self) ?? ""
            }.joined(separator: "\n")
        }
    }

    func shutdown() async throws {
        try await app.shutdown()
        try await owner.shutdown()
    }

    private static func database(
        _ configuration: DatabaseConfiguration,
        _ metrics: Metrics,
        _ keys: TestKeys
    ) -> Database {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return Database(
            configuration,
            logger: logger,
            metrics: metrics,
            platformDoor: .audited,
            seals: keys.seals
        )
    }
}

/// The three logins at one test's database.
package struct TestDatabaseURLs: Sendable {
    package let app: DatabaseURL
    package let platform: DatabaseURL
    package let owner: DatabaseURL

    package init(app: DatabaseURL, platform: DatabaseURL, owner: DatabaseURL) {
        self.app = app
        self.platform = platform
        self.owner = owner
    }

    /// What `DATABASE_URL`, `DATABASE_PLATFORM_URL` and `DATABASE_OWNER_URL` name.
    package static func fromEnvironment() throws -> TestDatabaseURLs {
        let environment = ProcessInfo.processInfo.environment
        func url(_ variable: String) throws -> DatabaseURL {
            guard let text = environment[variable], let url = DatabaseURL(text) else {
                throw TestDatabaseError.noServer(variable)
            }
            return url
        }
        return TestDatabaseURLs(
            app: try url("DATABASE_URL"),
            platform: try url("DATABASE_PLATFORM_URL"),
            owner: try url("DATABASE_OWNER_URL")
        )
    }

    package func naming(_ name: DatabaseName) -> TestDatabaseURLs {
        TestDatabaseURLs(app: app.naming(name), platform: platform.naming(name), owner: owner.naming(name))
    }

    package func configuration(poolSize: Int) -> DatabaseConfiguration {
        DatabaseConfiguration(
            url: app.secret,
            platformURL: platform.secret,
            poolSize: poolSize,
            platformPoolSize: 1,
            statementTimeout: .seconds(20),
            acquireTimeout: .seconds(20)
        )
    }
}

package enum TestDatabaseError: Error, CustomStringConvertible {
    case noServer(String)
    case badName(String)

    package var description: String {
        switch self {
        case .noServer(let variable):
            "\(variable) names no database; run bin/test, or first: eval \"$(bin/private-servers start)\""
        case .badName(let name): "not a database's name: \(name)"
        }
    }
}

/// Runs `body` with a database of its own, named `va_test_…`, which is dropped afterwards.
///
/// Databases are copies of a template that is migrated once per state of `Migrations/`. At most eight exist at a time,
/// so that any number of tests may run in parallel.
///
/// Transactions run on threads that belong to no test: return what is to be expected from their bodies, because an
/// `#expect` in there fails the run without naming the test.
/// - Parameter poolSize: connections of the application's login.
@discardableResult
package func withTestDatabase<Result>(
    poolSize: Int = 4,
    _ body: (TestDatabase) async throws -> Result
) async throws -> Result {
    try await TestDatabaseFactory.shared.withDatabase(poolSize: poolSize, body)
}
