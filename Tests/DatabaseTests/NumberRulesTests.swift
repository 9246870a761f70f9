import Database
import Foundation
import Kernel
import TestSupport
import Testing

@Suite("What the database holds numbers to")
struct NumberRulesTests {
    private static let number = E164("+4315550100")

    private static func claim(
        _ tenant: TenantID,
        _ number: E164,
        from: Date? = nil,
        _ database: TestDatabase
    ) async throws {
        try await database.app.withTenant(tenant) { transaction in
            try transaction.execute(
                """
                INSERT INTO number_ownership
                    (tenant_id, e164, typed, carrier_account_sid, carrier_number_sid, verified_at, valid)
                VALUES (\(tenant), \(number), \(number.value), 'AC1', 'PN1', clock_timestamp(),
                    tstzrange(COALESCE(\(from)::timestamptz, clock_timestamp()), NULL))
                """
            )
        }
    }

    private static func release(_ tenant: TenantID, _ number: E164, _ database: TestDatabase) async throws {
        try await database.app.withTenant(tenant) { transaction in
            try transaction.execute(
                """
                UPDATE number_ownership SET valid = tstzrange(lower(valid), clock_timestamp())
                WHERE e164 = \(number) AND upper_inf(valid)
                """
            )
        }
    }

    @Test("A7 of 100 concurrent claims of one number exactly one succeeds")
    func concurrentClaims() async throws {
        let number = try #require(Self.number)
        try await withTestDatabase(poolSize: 16) { database in
            var tenants: [TenantID] = []
            for _ in 0..<100 { tenants.append(try await database.makeTenant()) }
            let outcomes = await withTaskGroup(of: DatabaseError?.self) { group in
                for tenant in tenants {
                    group.addTask {
                        do {
                            try await Self.claim(tenant, number, database)
                            return nil
                        } catch {
                            return error as? DatabaseError
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            let refusal = DatabaseError.refused(
                sqlState: .exclusionViolation,
                constraint: "number_ownership_one_owner"
            )
            #expect(outcomes.count { $0 == nil } == 1)
            #expect(outcomes.count { $0 == refusal } == 99)
        }
    }

    @Test("A7 at every instant a number has one owner at most, after random claims, releases and moves")
    func oneOwnerAtEveryInstant() async throws {
        let number = try #require(Self.number)
        try await withTestDatabase { database in
            var random = SeededRandom(seed: 11)
            var tenants: [TenantID] = []
            for _ in 0..<5 { tenants.append(try await database.makeTenant()) }
            for _ in 0..<200 {
                let tenant = tenants.randomElement(using: &random) ?? tenants[0]
                let from = Date(timeIntervalSince1970: 1.7e9 + Double.random(in: 0...1e8, using: &random))
                do {
                    switch Int.random(in: 0..<3, using: &random) {
                    case 0: try await Self.claim(tenant, number, from: from, database)
                    case 1: try await Self.release(tenant, number, database)
                    default:
                        let until = from.addingTimeInterval(.random(in: 1...1e6, using: &random))
                        try await database.platform.withPlatform(actor: "test", reason: "move") { transaction in
                            try transaction.execute(
                                """
                                UPDATE number_ownership SET valid = tstzrange(lower(valid), \(until))
                                WHERE e164 = \(number) AND upper_inf(valid) AND lower(valid) < \(until)
                                """
                            )
                        }
                    }
                } catch is DatabaseError {}
            }
            let overlaps = try await database.platform.withPlatform(actor: "test", reason: "check") { transaction in
                try transaction.query(
                    """
                    SELECT 1 FROM number_ownership AS a JOIN number_ownership AS b
                        ON a.e164 = b.e164 AND a.id < b.id AND a.valid && b.valid
                    """
                ).count
            }
            #expect(overlaps == 0)
        }
    }

    @Test("A11 a released number rests for 30 days, for its former owner too, whatever the program says")
    func quarantine() async throws {
        let number = try #require(Self.number)
        let resting = DatabaseError.refused(sqlState: .exclusionViolation, constraint: "number_ownership_quarantine")
        try await withTestDatabase { database in
            let former = try await database.makeTenant()
            let next = try await database.makeTenant()
            try await Self.claim(former, number, database)
            try await Self.release(former, number, database)
            await #expect(throws: resting) { try await Self.claim(next, number, database) }
            await #expect(throws: resting) { try await Self.claim(former, number, database) }

            // Neither shortened nor undone by the tenant.
            for change: SQL in [
                "quarantined_until = upper(valid)", "quarantined_until = NULL", "valid = tstzrange(lower(valid), NULL)",
            ] {
                await #expect(
                    throws: DatabaseError.refused(
                        sqlState: .checkViolation,
                        constraint: "number_ownership_end_is_final"
                    )
                ) {
                    try await database.app.withTenant(former) { transaction in
                        try transaction.execute("UPDATE number_ownership SET \(change)")
                    }
                }
            }
            let day = 86_400.0
            await #expect(throws: resting) {
                try await Self.claim(next, number, from: Date().addingTimeInterval(29.9 * day), database)
            }
            try await Self.claim(next, number, from: Date().addingTimeInterval(30.1 * day), database)
        }
    }

    @Test("the platform moves a number at once")
    func platformMovesNumbers() async throws {
        let number = try #require(Self.number)
        try await withTestDatabase { database in
            let former = try await database.makeTenant()
            let next = try await database.makeTenant()
            try await Self.claim(former, number, database)
            try await database.platform.withPlatform(actor: "test", reason: "move") { transaction in
                try transaction.execute(
                    "UPDATE number_ownership SET valid = tstzrange(lower(valid), clock_timestamp()) WHERE e164 = \(number)"
                )
            }
            try await Self.claim(next, number, database)
        }
    }

    @Test(
        "a number that is not E.164 and a period that is empty or has no beginning are refused",
        arguments: ["4315550100", "+0315550100", "+43 1", "+", "+1234567890123456", "sip:a@b"]
    )
    func malformed(number: String) async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            for valid: SQL in [
                "tstzrange(clock_timestamp(), NULL)", "'empty'::tstzrange", "tstzrange(NULL, clock_timestamp())",
            ] {
                await #expect(throws: DatabaseError.self) {
                    try await database.app.withTenant(tenant) { transaction in
                        try transaction.execute(
                            """
                            INSERT INTO number_ownership
                                (tenant_id, e164, typed, carrier_account_sid, carrier_number_sid, verified_at, valid)
                            VALUES (\(tenant), \(number), '', 'AC1', 'PN1', now(), \(valid))
                            """
                        )
                    }
                }
            }
        }
    }

    @Test("an assignment is refused for another's number, another's flow, another number, and for a time that is taken")
    func assignments() async throws {
        let number = try #require(Self.number)
        let other = try #require(E164("+4315550199"))
        try await withTestDatabase { database in
            let mine = try await database.makeTenantWithFlow(number)
            let theirs = try await database.makeTenantWithFlow(other)
            let attempts: [(NumberOwnershipID?, E164, FlowID, SQLState)] = [
                (theirs.ownership, other, mine.flow, .foreignKeyViolation),
                (mine.ownership, number, theirs.flow, .exclusionViolation),
                (mine.ownership, other, mine.flow, .foreignKeyViolation),
                (mine.ownership, number, mine.flow, .exclusionViolation),
            ]
            for (ownership, number, flow, state) in attempts {
                let error = await #expect(throws: DatabaseError.self) {
                    try await database.app.withTenant(mine.tenant) { transaction in
                        try transaction.execute(
                            """
                            INSERT INTO number_assignment (tenant_id, ownership_id, e164, flow_id, valid)
                            VALUES (\(mine.tenant), \(ownership), \(number), \(flow),
                                tstzrange(clock_timestamp(), NULL))
                            """
                        )
                    }
                }
                guard case .refused(state, _) = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
            }
        }
    }

    @Test("A8 routing answers the owner at that instant, and nobody for an unknown or released number")
    func routing() async throws {
        let number = try #require(Self.number)
        let unknown = try #require(E164("+4315550177"))
        try await withTestDatabase { database in
            let fixture = try await database.makeTenantWithFlow(number)
            func route(_ number: E164, _ at: SQL) async throws -> Row? {
                try await database.app.withoutTenant { transaction in
                    try transaction.queryOne("SELECT * FROM route_number(\(number), \(at))")
                }
            }
            let row = try #require(try await route(number, "clock_timestamp()"))
            #expect(try row.get("tenant_id", as: TenantID.self) == fixture.tenant)
            #expect(try row.get("assignment_id", as: NumberAssignmentID.self) == fixture.assignment)
            #expect(try row.get("flow_id", as: FlowID.self) == fixture.flow)
            #expect(try row.get("carrier_account_sid", as: String.self) == TestDatabase.accountSid)
            #expect(try row.get("tenant_state", as: String.self) == "active")
            #expect(try row.get("max_concurrent_calls", as: Int.self) == 10)
            #expect(try row.get("max_call_seconds", as: Int.self) == 1_800)
            #expect(try row.get("language", as: String.self) == "de")
            #expect(try row.getOptional("overflow_e164", as: E164.self) == nil)
            #expect(try await route(unknown, "clock_timestamp()") == nil)
            #expect(try await route(number, "clock_timestamp() - interval '1 hour'") == nil)
            try await Self.release(fixture.tenant, number, database)
            #expect(try await route(number, "clock_timestamp()") == nil)
        }
    }

    @Test("the definer functions are the application's alone, and va_router sees granted columns only")
    func definerFunctionsAreClosed() async throws {
        let number = try #require(Self.number)
        try await withTestDatabase { database in
            _ = try await database.makeTenantWithFlow(number)
            await #expect(throws: DatabaseError.failed(sqlState: .insufficientPrivilege)) {
                try await database.platform.withPlatform(actor: "test", reason: "A6") { transaction in
                    _ = try transaction.query("SELECT tenant_id FROM route_number(\(number), now())")
                }
            }
            await #expect(throws: DatabaseError.failed(sqlState: .insufficientPrivilege)) {
                try await database.app.withoutTenant { transaction in try transaction.execute("SET ROLE va_router") }
            }
            let forbidden = try await database.owner.withoutTenant { transaction in
                try transaction.query(
                    """
                    SELECT 1 WHERE has_column_privilege('va_router', 'call', 'caller', 'SELECT')
                        OR has_column_privilege('va_router', 'tenant', 'model_base_url_key', 'SELECT')
                        OR has_column_privilege('va_router', 'person', 'password_hash', 'SELECT')
                        OR has_column_privilege('va_router', 'outbox', 'payload', 'SELECT')
                        OR has_any_column_privilege('va_router', 'transcript_turn', 'SELECT')
                    """
                ).count
            }
            #expect(forbidden == 0)
        }
    }
}
