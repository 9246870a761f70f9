import Database
import Kernel
import TestSupport
import Testing

@Suite("A3 the tenant's scope")
struct IsolationTests {
    private enum Act: CaseIterable {
        case read, write, rollBack, fail, timeOut, cancel, noTenant
    }

    private struct RolledBack: Error {}

    /// One random act of one random tenant.
    /// - Returns: how many rows were seen that belong to somebody else.
    private static func perform(_ act: Act, _ tenant: TenantID, _ database: Database) async throws -> Int {
        @Sendable func foreignRows(_ transaction: Transaction) throws -> Int {
            try transaction.query("SELECT tenant_id FROM flow").filter { row in
                try row.get("tenant_id", as: TenantID.self) != tenant
            }.count
        }
        do {
            switch act {
            case .read:
                return try await database.withTenant(tenant, foreignRows)
            case .write:
                return try await database.withTenant(tenant) { transaction in
                    try transaction.execute("UPDATE flow SET name = name WHERE name <> ''") == 1
                        ? foreignRows(transaction) : 1
                }
            case .rollBack:
                return try await database.withTenant(tenant) { transaction in
                    try transaction.execute("INSERT INTO flow (tenant_id, name) VALUES (\(tenant), 'verworfen')")
                    guard try foreignRows(transaction) == 0 else { return 1 }
                    throw RolledBack()
                }
            case .fail:
                return try await database.withTenant(tenant) { transaction in
                    _ = try transaction.query("SELECT 1 / 0")
                    return try foreignRows(transaction)
                }
            case .timeOut:
                return try await database.withTenant(tenant) { transaction in
                    _ = try transaction.query("SELECT set_config('statement_timeout', '1', true)")
                    _ = try transaction.query("SELECT pg_sleep(10)")
                    return try foreignRows(transaction)
                }
            case .cancel:
                return try await withThrowingTaskGroup(of: Int.self) { group in
                    group.addTask {
                        try await database.withTenant(tenant) { transaction in
                            _ = try transaction.query("SELECT pg_sleep(0.001)")
                            return try foreignRows(transaction)
                        }
                    }
                    await Task.yield()
                    group.cancelAll()
                    return try await group.next() ?? 0
                }
            case .noTenant:
                return try await database.withoutTenant { transaction in
                    try transaction.query("SELECT tenant_id FROM flow").count
                }
            }
        } catch is RolledBack, is CancellationError {
            return 0
        } catch DatabaseError.failed(sqlState: "22012"), DatabaseError.unavailable(.statementTimeout) {
            return 0
        }
    }

    @Test(
        "10,000 interleaved tenants with rollbacks, errors, timeouts and cancellations see no foreign row",
        arguments: [1, 8]
    )
    func interleavedTenants(poolSize: Int) async throws {
        try await withTestDatabase(poolSize: poolSize) { database in
            var tenants: [TenantID] = []
            for _ in 0..<20 { tenants.append(try await database.makeTenantWithFlow().tenant) }
            let all = tenants
            let foreign = try await withThrowingTaskGroup(of: Int.self) { group in
                for worker in 0..<20 {
                    group.addTask {
                        var random = SeededRandom(seed: UInt64(worker * 100 + poolSize))
                        var foreign = 0
                        for _ in 0..<500 {
                            let acts: [Act] = [.read, .read, .read, .write, .rollBack, .fail, .noTenant]
                            var act = acts.randomElement(using: &random) ?? .read
                            // Rarer, because each costs a wait or a connection.
                            if Int.random(in: 0..<25, using: &random) == 0 {
                                act = Bool.random(using: &random) ? .timeOut : .cancel
                            }
                            let tenant = all.randomElement(using: &random) ?? all[0]
                            foreign += try await Self.perform(act, tenant, database.app)
                        }
                        return foreign
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(foreign == 0)
        }
    }

    @Test("a tenant cannot write rows of another, nor take its own away")
    func foreignWritesAreRefused() async throws {
        try await withTestDatabase { database in
            let mine = try await database.makeTenantWithFlow()
            let theirs = try await database.makeTenantWithFlow()
            await #expect(throws: DatabaseError.failed(sqlState: .insufficientPrivilege)) {
                try await database.app.withTenant(mine.tenant) { transaction in
                    try transaction.execute("INSERT INTO flow (tenant_id, name) VALUES (\(theirs.tenant), 'X')")
                }
            }
            let touched = try await database.app.withTenant(mine.tenant) { transaction in
                try transaction.execute("UPDATE flow SET name = 'X' WHERE id = \(theirs.flow)")
            }
            #expect(touched == 0)
        }
    }

    @Test("outside a scope there are no rows, and the attempt is counted")
    func unscopedStatementsAreCounted() async throws {
        try await withTestDatabase { database in
            _ = try await database.makeTenantWithFlow()
            let rows = try await database.app.withoutTenant { transaction in
                try transaction.query("SELECT id FROM flow").count
            }
            #expect(rows == 0)
            let counted = database.metricsText.contains("voiceagent_database_unscoped_statements_total 1")
            #expect(counted)
        }
    }

    @Test("a scope ends with its transaction, also on the same connection")
    func scopeEndsWithTheTransaction() async throws {
        try await withTestDatabase(poolSize: 1) { database in
            let tenant = try await database.makeTenantWithFlow().tenant
            try await database.app.withTenant(tenant) { transaction in _ = try transaction.query("SELECT 1") }
            let left = try await database.app.withoutTenant { transaction in
                try transaction.queryOne("SELECT current_setting('app.tenant_id', true) AS tenant")?
                    .getOptional("tenant", as: String.self)
            }
            #expect(left == nil || left == "")
        }
    }
}
