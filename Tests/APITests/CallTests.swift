import Database
import Foundation
import Kernel
import Tenants
import TestSupport
import Testing

@testable import API

struct CallTests {
    @Test("calls are listed newest first; a cursor stays where it is while calls come in")
    func cursor() async throws {
        try await APIWorld.run { world in
            let key = try await world.key()
            var ids: [String] = []
            for index in 0..<7 { ids.insert(try await world.call(minutesAgo: 100 - index).description, at: 0) }
            let first = try await world.get("/api/v1/calls?limit=3", key)
            #expect(try Description().faults(first, "GET", "/api/v1/calls") == [])
            #expect(first.items.map { $0["id"]?.string } == ids[0..<3].map { $0 })
            let new = try await world.call(minutesAgo: 0)
            let second = try await world.get("/api/v1/calls?limit=3&cursor=\(try #require(first.next))", key)
            #expect(second.items.map { $0["id"]?.string } == ids[3..<6].map { $0 })
            let third = try await world.get("/api/v1/calls?limit=3&cursor=\(try #require(second.next))", key)
            #expect(third.items.map { $0["id"]?.string } == [ids[6]] && third.next == nil)
            let again = try await world.get("/api/v1/calls?limit=1", key)
            #expect(again.items.map { $0["id"]?.string } == [new.description])
        }
    }

    @Test("filters narrow the list by time, outcome, state, flow and number")
    func filters() async throws {
        try await APIWorld.run { world in
            let key = try await world.key([.callsRead])
            let running = try await world.call(minutesAgo: 1)
            let solved = try await world.call(minutesAgo: 30, outcome: "completed")
            let failed = try await world.call(minutesAgo: 60, outcome: "failed")
            func ids(_ query: String) async throws -> [String?] {
                let reply = try await world.get("/api/v1/calls?\(query)", key)
                #expect(reply.status == 200, "\(query)")
                return reply.items.map { $0["id"]?.string }
            }
            #expect(try await ids("state=running") == [running.description])
            #expect(try await ids("state=ended") == [solved.description, failed.description])
            #expect(try await ids("state=ended&limit=1") == [solved.description])
            #expect(try await ids("outcome=failed") == [failed.description])
            #expect(try await ids("outcome=failed&state=running") == [])
            let border = Timestamp.text(world.clock.value.addingTimeInterval(-45 * 60))
            #expect(try await ids("to=\(border)") == [failed.description])
            #expect(try await ids("from=\(border)").count == 2)
            #expect(try await ids("flow_id=\(world.flow)").count == 3)
            #expect(try await ids("flow_id=\(FlowID())") == [])
            #expect(try await ids("called=+43732900100").count == 3)
            #expect(try await ids("called=%2B43732900101") == [])
            #expect(try await ids("from=0001-01-01T00:00:00%2B01:00&to=9999-12-31T23:59:59Z").count == 3)
        }
    }

    @Test("parameters that are malformed, repeated or unknown are all named at once")
    func badQuery() async throws {
        try await APIWorld.run { world in
            let key = try await world.key()
            let audit = Cursor(of: "audit").text("7")
            let reply = try await world.get(
                "/api/v1/calls?from=gestern&to=2026-02-30T00:00:00Z&limit=0&limit=2&outcome=running&state=alt&flow_id=1"
                    + "&called=0732&cursor=\(audit)&page=2",
                key
            )
            #expect(reply.status == 422 && reply.code == "invalid_request")
            #expect(try Description().faults(reply, "GET", "/api/v1/calls") == [])
            let named = (reply.json?["errors"]?.values ?? []).map { [$0["parameter"]?.string, $0["code"]?.string] }
            let malformed = ["from", "to", "outcome", "state", "flow_id", "called", "cursor"]
            #expect(
                Set(named)
                    == Set(
                        malformed.map { [$0, "malformed"] } + [["limit", "repeated"], ["page", "unknown_parameter"]]
                    )
            )
            #expect(try await world.get("/api/v1/calls?limit=%ff", key).status == 422)
        }
    }

    @Test("one call, what was said in it, what is paid for and what was reported are as the description says")
    func one() async throws {
        try await APIWorld.run { world in
            let key = try await world.key()
            let call = try await world.call(minutesAgo: 10, outcome: "completed")
            try await world.fill(call)
            let description = try Description()
            for (part, turns) in [("", 0), ("/transcript", 2), ("/segments", 1), ("/events", 1)] {
                let reply = try await world.get("/api/v1/calls/\(call)\(part)", key)
                #expect(reply.status == 200)
                #expect(description.faults(reply, "GET", "/api/v1/calls/{call}\(part)") == [])
                if !part.isEmpty { #expect(reply.items.count == turns) }
            }
            let line = try #require(try await world.get("/api/v1/calls/\(call)", key).json)
            #expect(line["outcome"] == "solved" && line["state"] == "ended" && line["duration"] == .integer(60))
            #expect(line["answer_time"] == .number("0.71") && line["caller"] == "+436640000412")
            let turn = try #require(try await world.get("/api/v1/calls/\(call)/transcript", key).items.last)
            #expect(turn["latencies"]?["first_sound"] == .number("0.71") && turn["heard"] == "Wir haben")
            #expect(turn["start"] == .number("2.5") && turn["interrupted"] == .bool(true))
            let page = try await world.get("/api/v1/calls/\(call)/transcript?limit=1", key)
            let next = try await world.get("/api/v1/calls/\(call)/transcript?cursor=\(try #require(page.next))", key)
            #expect(page.items.count == 1 && next.items.map { $0["ordinal"] } == [.integer(1)] && next.next == nil)
            let segment = try #require(try await world.get("/api/v1/calls/\(call)/segments", key).items.first)
            #expect(segment["duration"] == .number("59.5"))
            let event = try #require(try await world.get("/api/v1/calls/\(call)/events", key).items.first)
            #expect(event["status"] == "completed" && event["key"] == nil)
        }
    }
}

extension APIWorld {
    /// A call to the tenant's number, which is made with the first one.
    func call(minutesAgo: Int, outcome: String? = nil) async throws -> CallID {
        let number = try #require(E164("+43732900100"))
        let call = CallID()
        let sid = "CA" + call.description.filter { $0 != "-" }
        let began = clock.value.addingTimeInterval(TimeInterval(-minutesAgo * 60))
        let ended = outcome.map { _ in began.addingTimeInterval(60) }
        let (tenant, flow) = (tenant, flow)
        let isThere = try await test.app.withTenant(tenant) { transaction in
            try transaction.queryOne("SELECT 1 AS one FROM number_assignment WHERE e164 = \(number)") != nil
        }
        if !isThere { _ = try await test.makeNumber(tenant, number, flow: flow) }
        try await test.app.withTenant(tenant) { transaction in
            let caller = try transaction.sealedCaller("+436640000412", sid, of: tenant)
            try transaction.execute(
                """
                INSERT INTO call (tenant_id, id, call_sid, account_sid, assignment_id, flow_version_id, caller_kind,
                    caller, called_e164, admitted_at, state, outcome, ended_at)
                SELECT \(tenant)::uuid, \(call)::uuid, \(sid)::text, \(TestDatabase.accountSid)::text, assignment.id,
                    version.id, 'number', \(caller)::bytea, assignment.e164, \(began)::timestamptz,
                    \(outcome == nil ? "streaming" : "ended")::text, \(outcome)::text, \(ended)::timestamptz
                FROM number_assignment AS assignment
                JOIN flow_version AS version
                    ON version.tenant_id = assignment.tenant_id AND version.flow_id = assignment.flow_id
                """
            )
        }
        return call
    }

    /// Two turns, a segment and an event.
    func fill(_ call: CallID) async throws {
        let (tenant, now) = (tenant, clock.value)
        let latency = JSONText(text: #"{"first_sound_ms":710,"end_of_turn_ms":200}"#)
        let body = JSONText(text: #"{"status":"completed","secret":"x"}"#)
        try await test.app.withTenant(tenant) { transaction in
            let question = try transaction.sealedWords("Wann haben Sie offen?", call, 0, of: tenant)
            let answer = try transaction.sealedWords(
                "Wir haben bis 18 Uhr offen.",
                heard: "Wir haben",
                call,
                1,
                of: tenant
            )
            let event = try transaction.sealedEvent(body.text, call, "call_status", "a", of: tenant)
            try transaction.execute(
                """
                INSERT INTO transcript_turn (tenant_id, call_id, ordinal, speaker, words, interrupted,
                    started_ms, ended_ms, latency, node_key)
                VALUES (\(tenant), \(call), 0, 'caller', \(question), false, 1000, 2000, NULL, 'frage'),
                    (\(tenant), \(call), 1, 'agent', \(answer), true, 2500, 4000, \(latency), 'frage')
                """
            )
            try transaction.execute(
                """
                INSERT INTO usage_segment (tenant_id, id, call_id, kind, leg_sid, ordinal, period)
                VALUES (\(tenant), \(UUID()), \(call), 'bot', 'MZ1', 1,
                    tstzrange(\(now), \(now.addingTimeInterval(59.5))))
                """
            )
            try transaction.execute(
                """
                INSERT INTO carrier_event (tenant_id, call_id, kind, dedupe_key, at, body)
                VALUES (\(tenant), \(call), 'call_status', 'a', \(now), \(event))
                """
            )
        }
    }
}
