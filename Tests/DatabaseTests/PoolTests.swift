import Database
import Kernel
import TestSupport
import Testing

@Suite("The pool")
struct PoolTests {
    @Test("more waiting statements than there are cooperative threads leave those free")
    func cooperativeThreadsStayFree() async throws {
        try await withTestDatabase(poolSize: 16) { database in
            let ended = Shared(0)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<16 {
                    group.addTask {
                        try await database.app.withoutTenant { transaction in
                            _ = try transaction.query("SELECT pg_sleep(1)")
                        }
                        ended.update { $0 += 1 }
                    }
                }
                // Would not get a turn before the first statement has ended if those held the threads.
                group.addTask {
                    for _ in 0..<1_000 { await Task.yield() }
                    #expect(ended.value == 0)
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("whoever waits too long for a connection is told so, and the connection is not lost")
    func acquireTimeout() async throws {
        try await withTestDatabase { database in
            try await database.withDatabase { configuration in
                configuration.poolSize = 1
                configuration.acquireTimeout = .milliseconds(20)
            } _: { pool in
                try await Self.holdingTheOnlyConnection(of: pool) {
                    let error = await #expect(throws: DatabaseError.unavailable(.acquireTimeout)) {
                        try await pool.ping()
                    }
                    #expect(error?.isRetryable == true)
                }
                try await pool.ping()
            }
        }
    }

    @Test("the queue for connections is bounded")
    func queueIsBounded() async throws {
        try await withTestDatabase { database in
            try await database.withDatabase { configuration in
                configuration.poolSize = 1
                configuration.maximumWaiting = 0
            } _: { pool in
                try await Self.holdingTheOnlyConnection(of: pool) {
                    await #expect(throws: DatabaseError.unavailable(.poolExhausted)) { try await pool.ping() }
                }
                try await pool.ping()
            }
        }
    }

    @Test("a task that is cancelled while it waits for a connection leaves the queue")
    func cancelledWhileWaiting() async throws {
        try await withTestDatabase { database in
            try await database.withDatabase {
                $0.poolSize = 1
            } _: { pool in
                try await Self.holdingTheOnlyConnection(of: pool) {
                    await withTaskGroup(of: Void.self) { group in
                        group.addTask {
                            await #expect(throws: CancellationError.self) { try await pool.ping() }
                        }
                        await Task.yield()
                        group.cancelAll()
                    }
                }
                try await pool.ping()
            }
        }
    }

    @Test("cancelling a task cancels its statement at the server, and the next statement is not hit")
    func cancellationReachesTheServer() async throws {
        try await withTestDatabase(poolSize: 2) { database in
            let (processes, started) = AsyncStream<Int>.makeStream()
            let app = database.app
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    await #expect(throws: CancellationError.self) {
                        try await app.withoutTenant { transaction in
                            let row = try transaction.queryOne("SELECT pg_backend_pid() AS pid")
                            started.yield(try row?.get("pid", as: Int.self) ?? 0)
                            started.finish()
                            _ = try transaction.query("SELECT pg_sleep(3600)")
                        }
                    }
                }
                for await process in processes { try await Self.waitUntilSleeping(process, app) }
                group.cancelAll()
                try await group.waitForAll()
            }
            for _ in 0..<20 { try await database.app.ping() }
            let sleeping = try await database.app.withoutTenant { transaction in
                try transaction.query(
                    """
                    SELECT 1 FROM pg_stat_activity
                    WHERE datname = current_database() AND state = 'active' AND query LIKE '%pg_sleep(3600)%'
                        AND pid <> pg_backend_pid()
                    """
                ).count
            }
            #expect(sleeping == 0)
        }
    }

    @Test("a statement that takes too long ends by its timeout, and the pool goes on")
    func statementTimeout() async throws {
        try await withTestDatabase { database in
            try await database.withDatabase { configuration in
                configuration.poolSize = 1
                configuration.statementTimeout = .milliseconds(50)
            } _: { pool in
                let error = await #expect(throws: DatabaseError.unavailable(.statementTimeout)) {
                    try await pool.withoutTenant { transaction in _ = try transaction.query("SELECT pg_sleep(60)") }
                }
                #expect(error?.isRetryable == true)
                try await pool.ping()
            }
        }
    }

    @Test("a terminated backend is replaced: in the middle of a transaction it is an error, before one it is not")
    func terminatedBackend() async throws {
        try await withTestDatabase { database in
            try await database.withDatabase {
                $0.poolSize = 1
            } _: { pool in
                let process = try await pool.withoutTenant { transaction in
                    try transaction.queryOne("SELECT pg_backend_pid() AS pid")?.get("pid", as: Int.self)
                }
                try await database.app.withoutTenant { transaction in
                    _ = try transaction.query("SELECT pg_terminate_backend(\(process)::int, 5000)")
                }
                try await pool.ping()
                let error = await #expect(throws: DatabaseError.unavailable(.connection)) {
                    try await pool.withoutTenant { transaction in
                        _ = try transaction.query("SELECT pg_terminate_backend(pg_backend_pid())")
                    }
                }
                #expect(error?.isRetryable == true)
                try await pool.ping()
            }
        }
    }

    @Test("nobody is at the address: unavailable, and retryable")
    func unreachable() async throws {
        try await withTestDatabase { database in
            try await database.withDatabase {
                $0.url = Secret("postgresql://voiceagent_app@/x?host=/nonexistent")
            } _: { pool in
                let error = await #expect(throws: DatabaseError.unavailable(.connection)) { try await pool.ping() }
                #expect(error?.isRetryable == true)
            }
        }
    }

    @Test("after shutdown everything is refused")
    func shutdown() async throws {
        try await withTestDatabase { database in
            try await database.withDatabase { _ in
            } _: { pool in
                try await pool.ping()
                try await pool.shutdown()
                let error = await #expect(throws: DatabaseError.unavailable(.shutDown)) { try await pool.ping() }
                #expect(error?.isRetryable == false)
            }
        }
    }

    @Test("waits, transactions and statements are measured")
    func measures() async throws {
        try await withTestDatabase { database in
            try await database.app.ping()
            let text = database.metricsText
            #expect(text.contains(#"voiceagent_database_pool_wait_seconds_count{kind="application"} 1"#))
            #expect(text.contains(#"voiceagent_database_statements_total{kind="application"} 1"#))
            #expect(text.contains(#"voiceagent_database_connections_in_use{kind="application"} 0"#))
        }
    }

    /// Runs `body` while a transaction of another task occupies the pool's connection.
    private static func holdingTheOnlyConnection(
        of pool: Database,
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        let (held, started) = AsyncStream<Void>.makeStream()
        let release = Shared(false)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await pool.withoutTenant { transaction in
                    started.finish()
                    while !release.value { _ = try transaction.query("SELECT pg_sleep(0.002)") }
                }
            }
            for await _ in held {}
            do {
                try await body()
            } catch {
                release.update { $0 = true }
                throw error
            }
            release.update { $0 = true }
            try await group.waitForAll()
        }
    }

    private static func waitUntilSleeping(_ process: Int, _ database: Database) async throws {
        var isSleeping = false
        while !isSleeping {
            isSleeping = try await database.withoutTenant { transaction in
                try transaction.queryOne(
                    """
                    SELECT 1 FROM pg_stat_activity
                    WHERE pid = \(process)::int AND wait_event = 'PgSleep'
                    """
                ) != nil
            }
        }
    }
}
