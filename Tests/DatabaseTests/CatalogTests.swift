import Kernel
import TestSupport
import Testing

@testable import Database

@Suite("The catalogue")
struct CatalogTests {
    private struct Undo: Error {}

    /// Changes the schema by `change`, as its owner, and returns what the lint says then. The change is undone.
    private static func faults(
        after change: @escaping @Sendable (Transaction) throws -> Void,
        _ database: TestDatabase
    ) async throws -> [String] {
        let found = Shared<[String]>([])
        do {
            try await database.owner.withoutTenant { transaction in
                try change(transaction)
                let faults = try CatalogLint(transaction: transaction).allFaults()
                found.update { $0 = faults }
                throw Undo()
            }
        } catch is Undo {}
        return found.value
    }

    @Test("A1 A2 A4 A5 A6 a migrated database has no faults")
    func noFaults() async throws {
        try await withTestDatabase { database in
            let faults = try await database.owner.withoutTenant { transaction in
                try CatalogLint(transaction: transaction).allFaults()
            }
            #expect(faults == [])
        }
    }

    @Test("A2 each policy that is dropped is missed")
    func eachPolicyIsMissed() async throws {
        try await withTestDatabase { database in
            let tables = try await database.owner.withoutTenant { transaction in
                try CatalogLint(transaction: transaction).tenantTables()
            }
            #expect(tables.count >= 16)
            for table in tables {
                let drop: [(String, String)] = [
                    ("DROP POLICY tenant_scope ON %I", "\(table): no scope of the tenant"),
                    ("ALTER TABLE %I DISABLE ROW LEVEL SECURITY", "\(table): row-level security is not enabled"),
                    ("ALTER TABLE %I NO FORCE ROW LEVEL SECURITY", "\(table): row-level security is not forced"),
                ]
                for (statement, fault) in drop {
                    let faults = try await Self.faults(
                        after: { try $0.change(statement, table) },
                        database
                    )
                    #expect(faults == [fault])
                }
            }
        }
    }

    @Test(
        "A2 A4 A5 A6 what must not be is found",
        arguments: [
            ("CREATE TABLE extra (tenant_id uuid)", 4),
            ("CREATE TABLE extra (id uuid)", 1),
            ("CREATE POLICY open ON call TO va_app USING (true)", 1),
            ("CREATE POLICY open ON call USING (true)", 1),
            ("ALTER TABLE call ADD FOREIGN KEY (tenant_id) REFERENCES tenant_model_key (tenant_id)", 0),
            ("ALTER TABLE flow ADD UNIQUE (id)", 1),
            ("ALTER TABLE call ADD UNIQUE (stream_sid)", 1),
            ("CREATE VIEW calls AS SELECT tenant_id FROM call", 1),
            ("CREATE VIEW calls WITH (security_invoker = true) AS SELECT tenant_id FROM call", 0),
            ("CREATE MATERIALIZED VIEW calls AS SELECT tenant_id FROM call", 1),
            ("CREATE FUNCTION leak() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM call'", 3),
            ("GRANT EXECUTE ON FUNCTION call_state_fence() TO PUBLIC", 1),
            ("ALTER FUNCTION call_state_fence() RESET search_path", 1),
            ("GRANT UPDATE (hash) ON audit_entry TO va_app", 1),
            ("GRANT DELETE ON usage_segment TO va_platform", 1),
            ("GRANT TRUNCATE ON flow TO va_app", 1),
            ("GRANT SELECT ON node_lease TO PUBLIC", 1),
            ("GRANT SELECT ON platform_audit_entry TO va_app", 1),
        ]
    )
    func faultsAreFound(statement: String, count: Int) async throws {
        try await withTestDatabase { database in
            let faults = try await Self.faults(after: { try $0.change(statement, "") }, database)
            #expect(faults.count == count, "\(faults)")
        }
    }

    @Test("A4 a simple foreign key would accept a foreign row, the composite one refuses it")
    func foreignReferences() async throws {
        try await withTestDatabase { database in
            let mine = try await database.makeTenantWithFlow()
            let theirs = try await database.makeTenantWithFlow()
            await #expect(throws: DatabaseError.self) {
                try await database.app.withTenant(mine.tenant) { transaction in
                    try transaction.execute(
                        """
                        INSERT INTO flow_version (tenant_id, flow_id, ordinal, document, sha256)
                        VALUES (\(mine.tenant), \(theirs.flow), 9, '\\x00', repeat('0', 64))
                        """
                    )
                }
            }
        }
    }

    @Test("the list of tenants' tables in the code is the catalogue's")
    func tenantTablesAreKnown() async throws {
        try await withTestDatabase { database in
            let tables = try await database.owner.withoutTenant { transaction in
                try CatalogLint(transaction: transaction).tenantTables()
            }
            #expect(Set(tables) == TenantTables.names)
        }
    }

    @Test("A12 a job without a tenant is refused")
    func jobWithoutTenant() async throws {
        try await withTestDatabase { database in
            await #expect(throws: DatabaseError.self) {
                try await database.platform.withPlatform(actor: "test", reason: "A12") { transaction in
                    try transaction.execute("INSERT INTO outbox (kind, payload) VALUES ('x', '{}')")
                }
            }
        }
    }

    @Test("A1 the application's and the platform's login pass, the owner's is refused with reasons")
    func rolesAreVerified() async throws {
        try await withTestDatabase { database in
            try await database.app.verifyRoles()
            let owner = database.urls.owner.secret
            let platform = database.urls.platform.secret
            let app = database.urls.app.secret
            try await database.withDatabase {
                $0.url = owner
            } _: { pool in
                let refusal = await #expect(throws: UnsafeRoles.self) { try await pool.verifyRoles() }
                let faults = refusal?.description ?? ""
                #expect(faults.contains("owns objects"))
                #expect(faults.contains("owns the database"))
                #expect(faults.contains("may create roles"))
                #expect(faults.contains("is not a member of va_app"))
            }
            try await database.withDatabase { configuration in
                configuration.url = platform
                configuration.platformURL = app
            } _: { pool in
                let refusal = await #expect(throws: UnsafeRoles.self) { try await pool.verifyRoles() }
                #expect(refusal?.faults.count == 4)
            }
        }
    }
}

extension Transaction {
    /// Runs a change of the schema, with the table's name in place of `%I`. The server composes and executes it.
    func change(_ statement: String, _ table: String) throws {
        _ = try query(
            """
            SELECT set_config('va_test.statement', format(\(statement), \(table)::text), true)
            """
        )
        try execute("DO $$ BEGIN EXECUTE current_setting('va_test.statement'); END $$")
    }
}
