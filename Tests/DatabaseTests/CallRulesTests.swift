import Database
import Foundation
import Kernel
import TestSupport
import Testing

@Suite("What the database holds calls to")
struct CallRulesTests {
    private static func withCall(
        _ body: @escaping @Sendable (TestDatabase, TenantFixture, CallID) async throws -> Void
    ) async throws {
        let number = try #require(E164("+4315550100"))
        try await withTestDatabase { database in
            let fixture = try await database.makeTenantWithFlow(number)
            try await body(database, fixture, try await database.makeCall(fixture, sid: "CA1"))
        }
    }

    @Test("A8 a callback finds its call by the CallSid, and a repeated CallSid is refused to every tenant")
    func pinnedCall() async throws {
        try await Self.withCall { database, fixture, call in
            let row = try await database.app.withoutTenant { transaction in
                try transaction.queryOne("SELECT tenant_id, call_id FROM pinned_call('CA1')")
            }
            #expect(try row?.get("tenant_id", as: TenantID.self) == fixture.tenant)
            #expect(try row?.get("call_id", as: CallID.self) == call)
            let unknown = try await database.app.withoutTenant { transaction in
                try transaction.queryOne("SELECT tenant_id FROM pinned_call('CA2')")
            }
            #expect(unknown == nil)
            let other = try await database.makeTenantWithFlow()
            await #expect(throws: DatabaseError.refused(sqlState: .uniqueViolation, constraint: "call_call_sid_key")) {
                _ = try await database.makeCall(other, sid: "CA1")
            }
        }
    }

    @Test("A8 the pin of a call cannot be changed")
    func pinIsFinal() async throws {
        try await Self.withCall { database, fixture, _ in
            for change: SQL in [
                "flow_version_id = NULL", "assignment_id = NULL", "call_sid = 'CA9'", "tenant_id = NULL",
            ] {
                await #expect(throws: DatabaseError.failed(sqlState: .insufficientPrivilege)) {
                    try await database.app.withTenant(fixture.tenant) { transaction in
                        try transaction.execute("UPDATE call SET \(change)")
                    }
                }
            }
        }
    }

    @Test("the platform sees that there was a call, not who called or what was said")
    func platformSeesNoContent() async throws {
        try await Self.withCall { database, _, call in
            let seen = try await database.platform.withPlatform(actor: "test", reason: "count") { transaction in
                try transaction.queryOne("SELECT called_e164 FROM call WHERE id = \(call)") != nil
            }
            #expect(seen)
            for query: SQL in [
                "SELECT caller FROM call", "SELECT words FROM transcript_turn", "SELECT state FROM call_state",
            ] {
                await #expect(throws: DatabaseError.failed(sqlState: .insufficientPrivilege)) {
                    try await database.platform.withPlatform(actor: "test", reason: "look") { transaction in
                        _ = try transaction.query(query)
                    }
                }
            }
        }
    }

    @Test("I1 no second of a call is paid for twice, and a segment is written once")
    func segments() async throws {
        try await Self.withCall { database, fixture, call in
            @Sendable func insert(
                _ id: UsageSegmentID,
                ordinal: Int,
                from: Double,
                to: Double,
                kind: UsageKind = .bot
            )
                async throws -> Int
            {
                let start = Date(timeIntervalSince1970: 1.8e9 + from)
                let end = Date(timeIntervalSince1970: 1.8e9 + to)
                return try await database.app.withTenant(fixture.tenant) { transaction in
                    try transaction.execute(
                        """
                        INSERT INTO usage_segment (tenant_id, id, call_id, kind, leg_sid, ordinal, period)
                        VALUES (\(fixture.tenant), \(id), \(call), \(kind), 'MZ1', \(ordinal),
                            tstzrange(\(start), \(end)))
                        ON CONFLICT (tenant_id, id) DO NOTHING
                        """
                    )
                }
            }
            let overlap = DatabaseError.refused(sqlState: .exclusionViolation, constraint: "usage_segment_no_overlap")
            let first = UsageSegmentID()
            #expect(try await insert(first, ordinal: 0, from: 0, to: 10.0019) == 1)
            #expect(try await insert(first, ordinal: 0, from: 0, to: 10.0019) == 0)
            await #expect(throws: overlap) { _ = try await insert(UsageSegmentID(), ordinal: 1, from: 9, to: 12) }
            #expect(try await insert(UsageSegmentID(), ordinal: 1, from: 10.0019, to: 12) == 1)
            #expect(try await insert(UsageSegmentID(), ordinal: 0, from: 5, to: 6, kind: .forward) == 1)
            await #expect(throws: DatabaseError.self) {
                _ = try await insert(UsageSegmentID(), ordinal: 2, from: 20, to: 20)
            }
            let total = try await database.app.withTenant(fixture.tenant) { transaction in
                try transaction.queryOne(
                    "SELECT sum(milliseconds)::bigint AS total FROM usage_segment WHERE kind = 'bot'"
                )?
                .get("total", as: Int.self)
            }
            #expect(total == 10_001 + 1_998)
            for change: SQL in ["UPDATE usage_segment SET ordinal = 7", "DELETE FROM usage_segment"] {
                await #expect(throws: DatabaseError.failed(sqlState: .insufficientPrivilege)) {
                    try await database.app.withTenant(fixture.tenant) { try $0.execute(change) }
                }
            }
        }
    }

    @Test("J2 a session that lost its call cannot write over the newer one")
    func fencing() async throws {
        try await Self.withCall { database, fixture, call in
            func save(epoch: Int) async throws {
                try await database.app.withTenant(fixture.tenant) { transaction in
                    try transaction.execute(
                        """
                        INSERT INTO call_state (tenant_id, call_id, epoch, node, state)
                        VALUES (\(fixture.tenant), \(call), \(epoch), 'n1', '\\x00')
                        ON CONFLICT (tenant_id, call_id) DO UPDATE
                        SET epoch = excluded.epoch, node = excluded.node, state = excluded.state
                        """
                    )
                }
            }
            try await save(epoch: 2)
            try await save(epoch: 2)
            try await save(epoch: 3)
            await #expect(throws: DatabaseError.refused(sqlState: .checkViolation, constraint: "call_state_fence")) {
                try await save(epoch: 2)
            }
        }
    }

    @Test("I2 the legs of a dead process end at its last sign of life, also when it has begun another")
    func orphanedLegs() async throws {
        try await Self.withCall { database, fixture, call in
            let start = Date(timeIntervalSince1970: 1.8e9)
            func beat(_ node: String, epoch: Int, after seconds: Double) async throws {
                let seen = start.addingTimeInterval(seconds)
                try await database.app.withoutTenant { transaction in
                    try transaction.execute(
                        """
                        INSERT INTO node_lease (node, epoch, seen_at) VALUES (\(node), \(epoch), \(seen))
                        ON CONFLICT (node) DO UPDATE SET epoch = excluded.epoch, seen_at = excluded.seen_at
                        """
                    )
                }
            }
            func open(_ node: String, epoch: Int, leg: String) async throws {
                try await database.app.withTenant(fixture.tenant) { transaction in
                    try transaction.execute(
                        """
                        INSERT INTO call_leg (tenant_id, call_id, kind, leg_sid, ordinal, node, node_epoch, started_at)
                        VALUES (\(fixture.tenant), \(call), 'bot', \(leg), 0, \(node), \(epoch), \(start))
                        """
                    )
                }
            }
            func orphans(after seconds: Double) async throws -> [String: Double] {
                let before = start.addingTimeInterval(seconds)
                return try await database.app.withoutTenant { transaction in
                    try transaction.query("SELECT leg_sid, started_at, ends_at FROM orphaned_legs(\(before))")
                        .reduce(into: [:]) { legs, row in
                            legs[try row.get("leg_sid")] = try row.get("ends_at", as: Date.self)
                                .timeIntervalSince(row.get("started_at"))
                        }
                }
            }
            try await beat("a", epoch: 1, after: 5)
            try await beat("b", epoch: 1, after: 50)
            try await open("a", epoch: 1, leg: "MZa")
            try await open("b", epoch: 1, leg: "MZb")
            try await open("gone", epoch: 1, leg: "MZc")
            #expect(try await orphans(after: 20) == ["MZa": 5, "MZc": 0])
            try await beat("a", epoch: 2, after: 60)
            #expect(try await orphans(after: 20) == ["MZa": 5, "MZc": 0])
            await #expect(throws: DatabaseError.refused(sqlState: .checkViolation, constraint: "node_lease_fence")) {
                try await beat("a", epoch: 1, after: 61)
            }
        }
    }

    @Test("each outbox row is claimed by one worker, and again when its claim has run out")
    func outboxClaims() async throws {
        try await Self.withCall { database, fixture, _ in
            try await database.app.withTenant(fixture.tenant) { transaction in
                for _ in 0..<50 {
                    try transaction.execute(
                        "INSERT INTO outbox (tenant_id, kind, payload) VALUES (\(fixture.tenant), 'rate', '{}')"
                    )
                }
            }
            @Sendable func claim(_ seconds: Double) async throws -> [String] {
                try await database.app.withoutTenant { transaction in
                    try transaction.query(
                        "SELECT tenant_id, id, attempts FROM claim_outbox('rate', 7, make_interval(secs => \(seconds)))"
                    ).map { try $0.get("id", as: String.self) }
                }
            }
            let claimed = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<12 { group.addTask { try await claim(60) } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(Set(claimed).count == claimed.count)
            #expect(claimed.count == 50)
            #expect(try await claim(60) == [])
            try await database.app.withTenant(fixture.tenant) { transaction in
                try transaction.execute("UPDATE outbox SET claimed_until = clock_timestamp() - interval '1 second'")
                try transaction.execute("UPDATE outbox SET done_at = clock_timestamp() WHERE id = \(claimed[0])::uuid")
            }
            var again: [String] = []
            while case let more = try await claim(60), !more.isEmpty { again += more }
            #expect(again.count == 49)
        }
    }
}
