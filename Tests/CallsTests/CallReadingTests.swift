import Database
import Foundation
import Kernel
import TestSupport
import Testing

@testable import Calls

struct CallReadingTests {
    private static let start = DeskFixture.start

    /// Calls of the fixture, one minute after the other, and the reading of them an hour later.
    private func calls(_ fixture: DeskFixture, _ callers: [String]) async throws -> [CallID] {
        var ids: [CallID] = []
        for (index, caller) in callers.enumerated() {
            let arrival = CallArrival(
                callSid: try callSid(index + 1),
                accountSid: fixture.account,
                caller: .number(try #require(E164(caller))),
                called: fixture.number,
                at: Self.start.addingTimeInterval(Double(index) * 60)
            )
            guard case .admitted(let call) = try await fixture.desk.admit(arrival) else {
                throw DeskFixture.NotAdmitted()
            }
            ids.append(call.id)
        }
        return ids
    }

    private func reading(_ database: TestDatabase, after seconds: Double = 3_600) -> CallReading {
        CallReading(
            database.app,
            time: TimeSource(now: { Self.start.addingTimeInterval(seconds) }, sleep: { _ in })
        )
    }

    private func say(
        _ fixture: DeskFixture,
        _ call: CallID,
        _ ordinal: Int,
        _ speaker: TurnRecord.Speaker,
        _ text: String,
        _ latency: [String: Int] = [:]
    ) async throws {
        let turn = TurnRecord(
            ordinal: ordinal,
            speaker: speaker,
            text: text,
            startedMs: ordinal * 1_000,
            endedMs: ordinal * 1_000 + 500,
            latency: latency,
            node: "gespraech"
        )
        let session = SessionKey(
            call: CallReference(tenant: fixture.tenant, id: call),
            stream: nil,
            epoch: .max
        )
        try await fixture.desk.write([.turn(turn)], of: session)
    }

    @Test("F: calls are listed newest first, page by page, and a cursor goes on where it stopped")
    func pages() async throws {
        try await withTestDatabase { database in
            let fixture = try await DeskFixture.make(database)
            let ids = try await calls(fixture, (0..<5).map { "+43664000041\($0)" })
            let reading = reading(database)
            let first = try await reading.list(fixture.tenant, limit: 2)
            #expect(first.lines.map(\.id) == [ids[4], ids[3]])
            let cursor = try #require(first.next.flatMap { CallCursor($0.text) })
            let second = try await reading.list(fixture.tenant, after: cursor, limit: 2)
            #expect(second.lines.map(\.id) == [ids[2], ids[1]])
            let third = try await reading.list(fixture.tenant, after: second.next, limit: 2)
            #expect(third.lines.map(\.id) == [ids[0]])
            #expect(third.next == nil)

            let page = try await reading.page(fixture.tenant, CallFilter(), offset: 2, limit: 2)
            #expect(page.lines.map(\.id) == [ids[2], ids[1]])
            #expect(page.total == 5)
            #expect(page.choices.numbers == [fixture.number])
            #expect(page.choices.flows.map(\.name) == ["Empfang"])
        }
    }

    @Test("F: each call has one result, by which it is found and counted")
    func results() async throws {
        try await withTestDatabase { database in
            let fixture = try await DeskFixture.make(database, maxConcurrentCalls: 6)
            let ids = try await calls(fixture, (0..<6).map { "+43664000041\($0)" })
            guard case .refused = try await fixture.desk.admit(fixture.arrival(try callSid(7))) else {
                throw DeskFixture.NotAdmitted()
            }
            func settle(_ index: Int, _ outcome: CallOutcome) async throws {
                try await fixture.desk.settle(
                    CallReference(tenant: fixture.tenant, id: ids[index]),
                    outcome,
                    at: Self.start.addingTimeInterval(400)
                )
            }
            try await settle(0, .completed)
            try await settle(1, .handedOver)
            try await settle(2, .failed)
            try await settle(3, .abandoned)
            try await say(fixture, ids[4], 0, .caller, "Grüß Gott")
            try await say(fixture, ids[4], 1, .agent, "Gerne", ["first_sound_ms": 640])
            try await settle(4, .abandoned)

            let reading = reading(database)
            let lines = try await reading.list(fixture.tenant, limit: 10).lines
            let results = Dictionary(uniqueKeysWithValues: lines.map { ($0.id, $0.result) })
            #expect(ids.map { results[$0] } == [.solved, .handedOver, .failed, .dropped, .solved, .running])
            #expect(lines.filter { $0.result == .refused }.count == 1)
            #expect(lines.first { $0.id == ids[4] }?.answerMs == 640)
            #expect(lines.first { $0.id == ids[4] }?.callerTurns == 1)

            for result in CallResult.allCases {
                let page = try await reading.page(fixture.tenant, CallFilter(result: result), offset: 0, limit: 10)
                #expect(page.total == page.lines.count)
                #expect(page.lines.allSatisfy { $0.result == result })
                #expect(page.total == (result == .solved ? 2 : 1))
            }
            // Nothing was heard of it for longer than a call can last.
            let late = self.reading(database, after: 6 * 3_600)
            #expect(try await late.call(fixture.tenant, ids[5])?.result == .failed)
            #expect(try await late.running(fixture.tenant, turns: 3).isEmpty)
            #expect(try await reading.running(fixture.tenant, turns: 3).map(\.line.id) == [ids[5]])

            let overview = try await reading.overview(
                fixture.tenant,
                starts: [Self.start, Self.start.addingTimeInterval(120)],
                end: Self.start.addingTimeInterval(3_600),
                comparison: Self.start..<Self.start.addingTimeInterval(61),
                month: Self.start,
                newest: 3
            )
            #expect(overview.figures.total == 7)
            #expect(overview.figures.count(.solved) == 2)
            #expect(overview.figures.buckets.map(\.total) == [3, 4])
            #expect(overview.figures.answer == CallFigures.AnswerTime(median: 640, p95: 640))
            #expect(overview.figures.buckets.map { $0.answer != nil } == [false, true])
            #expect(overview.figures.before == 3)
            #expect(overview.running == 1)
            #expect(overview.newest.count == 3)
            #expect(overview.setup == CallSetup(hasNumber: true, answers: true, hasCalls: true))
        }
    }

    @Test("F: a number is found in any spelling, words within the tenant's own calls")
    func search() async throws {
        try await withTestDatabase { database in
            let fixture = try await DeskFixture.make(database)
            let ids = try await calls(fixture, ["+436640000412", "+4915112345678"])
            try await say(fixture, ids[1], 0, .caller, "Ich brauche 100% Auskunft zum Pickerl")
            let reading = reading(database)
            for spelling in ["0664 0000412", "+43 (0)664 / 0000412", "0043 664 0000412", "6640000", "+436640000412"] {
                let digits = try #require(CallFilter.digits(in: spelling), "\(spelling)")
                let found = try await reading.list(fixture.tenant, CallFilter(callerDigits: digits), limit: 5).lines
                #expect(found.map(\.id) == [ids[0]], "\(spelling)")
            }
            #expect(CallFilter.digits(in: "Pickerl") == nil)
            #expect(CallFilter.digits(in: "06") == nil)
            func words(_ text: String) async throws -> [CallID] {
                try await reading.list(fixture.tenant, CallFilter(words: text), limit: 5).lines.map(\.id)
            }
            #expect(try await words("pickerl") == [ids[1]])
            #expect(try await words("100%") == [ids[1]])
            #expect(try await words("1%0") == [])
            #expect(try await words("_") == [])
        }
    }

    @Test("A: a foreign call and one that never was are answered alike")
    func isolation() async throws {
        try await withTestDatabase { database in
            let fixture = try await DeskFixture.make(database)
            let other = try await DeskFixture.make(database, number: "+43732900101")
            let id = try #require(try await calls(fixture, ["+436640000412"]).first)
            try await say(fixture, id, 0, .caller, "Geheim")
            let reading = reading(database)
            for unseen in [id, CallID()] {
                #expect(try await reading.call(other.tenant, unseen) == nil)
                #expect(try await reading.turns(other.tenant, unseen) == nil)
                #expect(try await reading.segments(other.tenant, unseen) == nil)
                #expect(try await reading.events(other.tenant, unseen) == nil)
                #expect(try await reading.detail(other.tenant, unseen, withWords: true) == nil)
            }
            #expect(try await reading.list(other.tenant, limit: 5).lines.isEmpty)
            #expect(try await reading.list(other.tenant, CallFilter(words: "geheim"), limit: 5).lines.isEmpty)
            #expect(try await reading.turns(fixture.tenant, id)?.map(\.text) == ["Geheim"])
            #expect(try await reading.turns(fixture.tenant, id, after: 0)?.isEmpty == true)
        }
    }

    @Test("F: a call is shown with its neighbours, its flow's nodes, and its words only to who may read them")
    func detail() async throws {
        try await withTestDatabase { database in
            let fixture = try await DeskFixture.make(database)
            let ids = try await calls(fixture, (0..<3).map { "+43664000041\($0)" })
            try await say(fixture, ids[1], 0, .caller, "Grüß Gott")
            let reference = CallReference(tenant: fixture.tenant, id: ids[1])
            _ = try await fixture.desk.store(
                reference,
                kind: "continue",
                key: "a",
                body: JSONText(text: "{}"),
                at: Self.start
            )
            let reading = reading(database)
            let detail = try #require(try await reading.detail(fixture.tenant, ids[1], withWords: true))
            #expect(detail.earlier == ids[0])
            #expect(detail.later == ids[2])
            #expect(detail.nodeKinds["gespraech"] == "conversation")
            #expect(detail.turns.map(\.text) == ["Grüß Gott"])
            #expect(detail.events.map(\.kind) == ["continue"])
            let silent = try #require(try await reading.detail(fixture.tenant, ids[1], withWords: false))
            #expect(silent.turns.map(\.text) == [""])
        }
    }
}
