import Database
import Foundation
import Kernel
import TestSupport
import Testing

@testable import Calls

struct DeskUsageTests {
    @Test("I1: a segment's identity is derived from account, call, kind, leg and ordinal")
    func derivedIdentity() throws {
        let account = try #require(AccountSid("AC1"))
        let other = try #require(AccountSid("AC2"))
        let call = try #require(CallSid("CA1"))
        func id(
            _ account: AccountSid,
            _ kind: UsageKind = .bot,
            _ leg: String = "MZ1",
            _ ordinal: Int = 0
        ) -> UsageSegmentID {
            UsageSegmentID(account: account, call: call, kind: kind, leg: leg, ordinal: ordinal)
        }
        #expect(id(account) == id(account))
        let all = [
            id(account), id(other), id(account, .forward), id(account, .bot, "MZ2"), id(account, .bot, "MZ1", 1),
            id(account, .bot, "MZ11", 0), id(account, .bot, "MZ", 10),
        ]
        #expect(Set(all).count == all.count)
        // RFC 9562: version 8, variant 10.
        #expect(Array(id(account).description)[14] == "8")
        #expect("89ab".contains(Array(id(account).description)[19]))
    }

    @Test("6: bot seconds are the stream's audio time; a stream of no sound costs nothing")
    func botSeconds() async throws {
        try await withTestDatabase { database in
            let fixture = try await DeskFixture.make(database)
            let begun = try await fixture.streamingCall(try callSid(1), try streamSid(1))
            try await fixture.desk.endStream(
                begun.call.reference,
                begun.stream,
                audioMs: 12_345,
                reason: "stopped"
            )
            let segments = try await fixture.desk.segments(begun.call.reference)
            #expect(segments.map(\.milliseconds) == [12_345])
            #expect(segments.first?.start == DeskFixture.start)
            #expect(segments.first?.leg == begun.stream.value)

            let silent = try await fixture.streamingCall(try callSid(2), try streamSid(2))
            try await fixture.desk.endStream(silent.call.reference, silent.stream, audioMs: 0, reason: "lost")
            #expect(try await fixture.desk.segments(silent.call.reference) == [])
            #expect(try await openLegs(fixture) == 0)
        }
    }

    @Test("10: a token opens one stream; the next stream needs the next token")
    func tokenIsSpent() async throws {
        try await withTestDatabase { database in
            let fixture = try await DeskFixture.make(database)
            let sid = try callSid()
            let first = try await fixture.streamingCall(sid, try streamSid(1))
            func begin(_ stream: Int, _ ordinal: Int) async throws -> Result<StreamBeginning, StreamRefusal> {
                try await fixture.desk.beginStream(
                    sid,
                    account: fixture.account,
                    stream: try streamSid(stream),
                    ordinal: ordinal,
                    at: DeskFixture.start.addingTimeInterval(60)
                )
            }
            #expect(try await begin(1, 0) == .failure(.tokenSpent))
            #expect(try await begin(2, 0) == .failure(.tokenSpent))
            #expect(try await begin(1, 1) == .failure(.tokenSpent))
            let second = try await begin(2, 1).get()
            #expect(second.epoch > first.epoch)
            let unknown = try callSid(9)
            #expect(
                try await fixture.desk.beginStream(
                    unknown,
                    account: nil,
                    stream: try streamSid(3),
                    ordinal: 0,
                    at: DeskFixture.start
                )
                    == .failure(.unknownCall)
            )
            #expect(
                try await fixture.desk.beginStream(
                    sid,
                    account: AccountSid("AC9"),
                    stream: try streamSid(3),
                    ordinal: 2,
                    at: DeskFixture.start
                )
                    == .failure(.wrongAccount)
            )
            try await fixture.desk.settle(first.call.reference, .completed, at: DeskFixture.start)
            #expect(try await begin(3, 2) == .failure(.callEnded))
        }
    }

    @Test("10: of parallel streams with one token exactly one begins")
    func parallelStreams() async throws {
        try await withTestDatabase(poolSize: 8) { database in
            let fixture = try await DeskFixture.make(database)
            let sid = try callSid()
            _ = try await fixture.desk.admit(fixture.arrival(sid))
            let begun = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<16 {
                    let stream = try streamSid(number)
                    group.addTask {
                        let result = try await fixture.desk.beginStream(
                            sid,
                            account: nil,
                            stream: stream,
                            ordinal: 0,
                            at: DeskFixture.start
                        )
                        return if case .success = result { true } else { false }
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(begun == 1)
        }
    }

    @Test("I3: the legs of a dead node end at its last sign of life, those of a living one stay open")
    func deadNodes() async throws {
        try await withTestDatabase { database in
            let fixture = try await DeskFixture.make(database)
            let lease = NodeLease(database.app)
            let begun = try await fixture.streamingCall(try callSid(1), try streamSid(1))
            #expect(try await lease.beat(fixture.life, at: DeskFixture.start.addingTimeInterval(35)))

            let survivor = CallDesk(
                database.app,
                flows: fixture.flows,
                life: try await lease.begin("node-b", address: nil, at: DeskFixture.start.addingTimeInterval(40))
            )
            #expect(try await survivor.closeDeadNodes(silentSince: DeskFixture.start.addingTimeInterval(30)).count == 0)
            #expect(try await survivor.closeDeadNodes(silentSince: DeskFixture.start.addingTimeInterval(36)).count == 1)
            #expect(try await survivor.closeDeadNodes(silentSince: DeskFixture.start.addingTimeInterval(36)).count == 0)
            #expect(try await survivor.segments(begun.call.reference).map(\.milliseconds) == [35_000])

            // The node was only asleep: its own report comes late and changes nothing.
            try await fixture.desk.endStream(begun.call.reference, begun.stream, audioMs: 90_000, reason: "stopped")
            #expect(try await survivor.segments(begun.call.reference).map(\.milliseconds) == [35_000])
        }
    }

    @Test("I3: a node that starts again ends the legs of its earlier life at the last sign of that life")
    func newLife() async throws {
        try await withTestDatabase { database in
            let fixture = try await DeskFixture.make(database)
            let lease = NodeLease(database.app)
            let begun = try await fixture.streamingCall(try callSid(1), try streamSid(1))
            #expect(try await lease.beat(fixture.life, at: DeskFixture.start.addingTimeInterval(20)))
            let again = try await lease.begin("node-a", address: nil, at: DeskFixture.start.addingTimeInterval(60))
            #expect(again.epoch == fixture.life.epoch + 1)
            #expect(try await !lease.beat(fixture.life, at: DeskFixture.start.addingTimeInterval(61)))
            let desk = CallDesk(database.app, flows: fixture.flows, life: again)
            #expect(try await desk.closeDeadNodes(silentSince: DeskFixture.start).count == 1)
            #expect(try await desk.segments(begun.call.reference).map(\.milliseconds) == [20_000])
        }
    }

    @Test("J2: after a takeover the old session's late writes are refused, its seconds are not")
    func fencing() async throws {
        try await withTestDatabase { database in
            let fixture = try await DeskFixture.make(database)
            let sid = try callSid()
            let old = try await fixture.streamingCall(sid, try streamSid(1))
            let oldSession = SessionKey(call: old.call.reference, stream: old.stream, epoch: old.epoch)
            try await fixture.desk.write([.state(ResumableState(node: "gespraech", nextTurn: 3))], of: oldSession)

            try await fixture.desk.takeOver(old.call.reference)
            let new = try await fixture.desk.beginStream(
                sid,
                account: nil,
                stream: try streamSid(2),
                ordinal: 1,
                at: DeskFixture.start.addingTimeInterval(60)
            ).get()
            #expect(new.resuming?.node == "gespraech")
            let newSession = SessionKey(call: new.call.reference, stream: new.stream, epoch: new.epoch)
            let turn = TurnRecord(ordinal: 3, speaker: .agent, text: "neu", startedMs: 0, endedMs: 1, node: "gespraech")
            try await fixture.desk.write([.turn(turn), .state(ResumableState(node: "neu"))], of: newSession)

            var late = turn
            late.ordinal = 4
            late.text = "alt"
            try await fixture.desk.write(
                [
                    .turn(late), .state(ResumableState(node: "alt")), .intent(handOver()),
                    .streamEnded(audioMs: 50_000, reason: "lost"),
                ],
                of: oldSession
            )
            #expect(try await fixture.desk.state(new.call.reference)?.node == "neu")
            let call = try #require(try await fixture.desk.pinned(sid))
            #expect(call.intent == nil)
            #expect(try await fixture.desk.segments(call.reference).map(\.milliseconds) == [50_000])
            let turns = try await CallArchive(database.app, desk: fixture.desk).turns(call.reference)
            #expect(turns.map(\.text) == ["neu"])
        }
    }

    @Test("I2: a stream that begins before the sound of the one before has run out is paid for in full, and later")
    func audioAheadOfTheClock() async throws {
        try await withTestDatabase { database in
            let fixture = try await DeskFixture.make(database)
            let first = try await fixture.streamingCall(try callSid(1), try streamSid(1))
            let call = first.call.reference
            try await fixture.desk.endStream(call, first.stream, audioMs: 10_000, reason: "stopped")
            let begun = try await fixture.desk.beginStream(
                first.call.callSid,
                account: fixture.account,
                stream: try streamSid(2),
                ordinal: 1,
                at: DeskFixture.start.addingTimeInterval(9)
            )
            let second = try begun.get()
            try await fixture.desk.endStream(call, second.stream, audioMs: 4_000, reason: "stopped")
            let segments = try await fixture.desk.segments(call)
            #expect(segments.map(\.milliseconds) == [10_000, 4_000])
            #expect(segments.last?.start == segments.first?.end)
        }
    }

    @Test("I2: a leg never reaches into the next one, whatever is reported")
    func legsDoNotOverlap() async throws {
        try await withTestDatabase { database in
            let fixture = try await DeskFixture.make(database)
            let sid = try callSid()
            let first = try await fixture.streamingCall(sid, try streamSid(1))
            let second = try await fixture.desk.beginStream(
                sid,
                account: nil,
                stream: try streamSid(2),
                ordinal: 1,
                at: DeskFixture.start.addingTimeInterval(30)
            ).get()
            try await fixture.desk.endStream(second.call.reference, second.stream, audioMs: 10_000, reason: "stopped")
            try await fixture.desk.endStream(first.call.reference, first.stream, audioMs: 99_000, reason: "lost")
            #expect(try await fixture.desk.segments(first.call.reference).map(\.milliseconds) == [30_000, 10_000])
        }
    }

    @Test(
        "I1, I2: delivered in any order, doubled or late, the same total",
        arguments: 1...24
    )
    func anyOrder(seed: Int) async throws {
        try await withTestDatabase { database in
            let fixture = try await DeskFixture.make(database)
            var random = SeededRandom(state: UInt64(seed))
            let sid = try callSid()
            let first = try await fixture.streamingCall(sid, try streamSid(1))
            let call = first.call.reference
            let second = try await fixture.desk.beginStream(
                sid,
                account: nil,
                stream: try streamSid(2),
                ordinal: 1,
                at: DeskFixture.start.addingTimeInterval(100)
            ).get()
            let dialled = [try callSid(50), try callSid(51)]
            let end = DeskFixture.start.addingTimeInterval(400)
            let other = CallDesk(
                database.app,
                flows: fixture.flows,
                life: try await NodeLease(database.app).begin("node-b", address: nil, at: DeskFixture.start)
            )
            let deliveries: [@Sendable (CallDesk) async throws -> Void] = [
                { try await $0.endStream(call, first.stream, audioMs: 61_250, reason: "stopped") },
                { try await $0.endStream(call, second.stream, audioMs: 20_500, reason: "stopped") },
                { try await $0.endForwarding(call, dialled: dialled[0], seconds: 17, end: end) },
                {
                    try await $0.endForwarding(
                        call,
                        dialled: dialled[1],
                        seconds: 90,
                        end: end.addingTimeInterval(200)
                    )
                },
                { try await $0.settle(call, .handedOver, at: end, carrierSeconds: 650) },
                { _ = try await $0.closeDeadNodes(silentSince: DeskFixture.start.addingTimeInterval(-60)) },
                { _ = try await $0.store(call, kind: "call_status", key: "3", body: JSONText(text: "{}"), at: end) },
            ]
            var schedule = deliveries.flatMap { delivery in
                Array(repeating: delivery, count: Int.random(in: 1...5, using: &random))
            }
            schedule.shuffle(using: &random)
            for delivery in schedule { try await delivery(Bool.random(using: &random) ? fixture.desk : other) }

            let segments = try await fixture.desk.segments(call)
            let bot = segments.filter { $0.kind == .bot }.map(\.milliseconds).reduce(0, +)
            let forward = segments.filter { $0.kind == .forward }.map(\.milliseconds).reduce(0, +)
            #expect(bot == 81_750)
            #expect(forward == 107_000)
            #expect(segments.count == 4)
            #expect(try await openLegs(fixture) == 0)
            let ended = try await database.app.withTenant(fixture.tenant) { transaction in
                (
                    try transaction.queryOne("SELECT outcome, carrier_duration_seconds FROM call")?.get(
                        "outcome",
                        as: String.self
                    ),
                    try transaction.query("SELECT id FROM outbox WHERE kind = 'call.ended'").count,
                    try transaction.query("SELECT call_id FROM call_state").count
                )
            }
            #expect(ended.0 == "handed_over")
            #expect(ended.1 == 1)
            #expect(ended.2 == 0)
        }
    }

    private func openLegs(_ fixture: DeskFixture) async throws -> Int {
        try await fixture.database.app.withTenant(fixture.tenant) { transaction in
            try transaction.query("SELECT id FROM call_leg WHERE ended_at IS NULL").count
        }
    }
}

/// A small generator with a seed, so that a failure can be repeated.
struct SeededRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
