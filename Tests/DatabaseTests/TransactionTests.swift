import Database
import Kernel
import TestSupport
import Testing

@Suite("Transactions")
struct TransactionTests {
    private struct Refused: Error {}

    private static func flowCount(_ database: TestDatabase, _ tenant: TenantID) async throws -> Int {
        try await database.app.withTenant(tenant) { transaction in
            try transaction.queryOne("SELECT count(*) AS count FROM flow")?.get("count") ?? -1
        }
    }

    @Test("what the body throws is thrown, and nothing of its work remains")
    func throwingRollsBack() async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            await #expect(throws: Refused.self) {
                try await database.app.withTenant(tenant) { transaction in
                    try transaction.execute("INSERT INTO flow (tenant_id, name) VALUES (\(tenant), 'A')")
                    throw Refused()
                }
            }
            #expect(try await Self.flowCount(database, tenant) == 0)
        }
    }

    @Test("a swallowed error does not pass for a commit")
    func swallowedErrorIsNotACommit() async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            await #expect(throws: DatabaseError.failed(sqlState: .inFailedTransaction)) {
                try await database.app.withTenant(tenant) { transaction in
                    try transaction.execute("INSERT INTO flow (tenant_id, name) VALUES (\(tenant), 'A')")
                    do { _ = try transaction.query("SELECT 1 / 0") } catch DatabaseError.failed(sqlState: "22012") {}
                }
            }
            #expect(try await Self.flowCount(database, tenant) == 0)
        }
    }

    @Test("a nested failure undoes only itself")
    func nestedFailure() async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            try await database.app.withTenant(tenant) { transaction in
                try transaction.execute("INSERT INTO flow (tenant_id, name) VALUES (\(tenant), 'A')")
                do {
                    try transaction.nested {
                        try transaction.execute("INSERT INTO flow (tenant_id, name) VALUES (\(tenant), 'B')")
                        try transaction.execute("INSERT INTO flow (tenant_id, name) VALUES (\(tenant), 'A')")
                    }
                } catch let error as DatabaseError where error.isConflict {}
                try transaction.execute("INSERT INTO flow (tenant_id, name) VALUES (\(tenant), 'C')")
            }
            #expect(try await Self.flowCount(database, tenant) == 2)
        }
    }

    @Test("a constraint's refusal names the constraint and no value")
    func refusalNamesTheConstraint() async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            let error = await #expect(throws: DatabaseError.self) {
                try await database.app.withTenant(tenant) { transaction in
                    for _ in 0..<2 {
                        try transaction.execute("INSERT INTO flow (tenant_id, name) VALUES (\(tenant), 'Geheim')")
                    }
                }
            }
            #expect(error == .refused(sqlState: .uniqueViolation, constraint: "flow_name_key"))
            #expect(error?.isRetryable == false)
            #expect(error?.isConflict == true)
            #expect(!String(describing: error).contains("Geheim"))
        }
    }

    @Test("an error in the statement itself keeps the server's words, an error in the data does not")
    func messagesWithoutData() async throws {
        try await withTestDatabase { database in
            let unknown = await #expect(throws: DatabaseError.self) {
                try await database.app.withoutTenant { transaction in
                    _ = try transaction.query("SELECT nonsense FROM node_lease")
                }
            }
            #expect(String(describing: unknown).contains("nonsense"))
            let spoken = "Ich heiße Geheim"
            let broken = await #expect(throws: DatabaseError.self) {
                try await database.app.withoutTenant { transaction in
                    _ = try transaction.query("SELECT \(spoken)::text::uuid")
                }
            }
            #expect(broken == .failed(sqlState: "22P02"))
            #expect(!String(describing: broken).contains("Geheim"))
        }
    }

    @Test("text with a zero byte is refused, not cut")
    func zeroByteIsRefused() async throws {
        try await withTestDatabase { database in
            await #expect(throws: DatabaseError.failed(sqlState: .characterNotInRepertoire)) {
                try await database.app.withoutTenant { transaction in
                    _ = try transaction.query("SELECT \("a\0b")::text")
                }
            }
        }
    }

    @Test("a cached plan that a migration made stale is retryable and succeeds then")
    func stalePlan() async throws {
        try await withTestDatabase(poolSize: 1) { database in
            @Sendable func leases() async throws {
                try await database.app.withoutTenant { transaction in
                    _ = try transaction.query("SELECT * FROM node_lease")
                }
            }
            try await leases()
            try await database.owner.withoutTenant { transaction in
                try transaction.execute("ALTER TABLE node_lease ADD COLUMN extra text")
            }
            let error = await #expect(throws: DatabaseError.self) { try await leases() }
            #expect(error?.isRetryable == true)
            try await leases()
        }
    }
}
