import Database
import Foundation
import Kernel
import Telemetry
import TestSupport
import Testing

@testable import Calls

struct DeskQueueTests {
    /// Pauses between two attempts are over at once; limits of a minute are never reached.
    private let hurriedTime = TimeSource(
        now: { DeskFixture.start },
        sleep: { if $0 >= .seconds(60) { try await TimeSource.still.sleep($0) } }
    )

    @Test func factsOfASessionAreStoredInTheirOrder() async throws {
        try await withTestDatabase { database in
            let fixture = try await DeskFixture.make(database)
            let begun = try await fixture.streamingCall(try callSid(), try streamSid())
            let journal = journal(fixture, begun)
            await withRunningQueue(fixture.queue) {
                for ordinal in 0..<200 { journal.write(.turn(turn(ordinal))) }
                journal.write(.state(ResumableState(node: "gespraech", nextTurn: 200)))
                journal.write(.intent(handOver()))
                #expect(await journal.flush(within: .seconds(60)))
                journal.write(.used(ProviderUsage(kind: .modelInputTokens, provider: "m", amount: 100)))
                journal.write(.used(ProviderUsage(kind: .modelInputTokens, provider: "m", amount: 23)))
                journal.write(.streamEnded(.closedByUs, audioMs: 5_000))
                #expect(await fixture.queue.drain(within: .seconds(60)))
            }
            let call = try #require(try await fixture.desk.pinned(try callSid()))
            #expect(call.intent == handOver())
            #expect(try await fixture.desk.segments(call.reference).map(\.milliseconds) == [5_000])
            let stored = try await stored(fixture)
            #expect(stored.turns == 200)
            #expect(stored.tokens == 123)
        }
    }

    @Test("13: while the database is away facts wait, and are stored exactly once when it is back")
    func outage() async throws {
        try await withTestDatabase(poolSize: 4) { database in
            try await database.withDatabase {
                $0.statementTimeout = .milliseconds(100)
                $0.acquireTimeout = .milliseconds(300)
            } _: { hurried in
                let fixture = try await DeskFixture.make(database, on: hurried, time: hurriedTime)
                let begun = try await fixture.streamingCall(try callSid(), try streamSid())
                let journal = journal(fixture, begun)
                await withRunningQueue(fixture.queue) {
                    await withOutage(database) {
                        for ordinal in 0..<50 { journal.write(.turn(turn(ordinal))) }
                        journal.write(.intent(handOver()))
                        journal.write(.used(ProviderUsage(kind: .recognisedMilliseconds, provider: "g", amount: 7)))
                        journal.write(.streamEnded(.stopped, audioMs: 8_000))
                        #expect(await !journal.flush(within: .milliseconds(500)))
                        #expect(fixture.queue.intent(of: begun.call.reference) == handOver())
                    }
                    #expect(await fixture.queue.drain(within: .seconds(60)))
                }
                #expect(fixture.queue.intent(of: begun.call.reference) == nil)
                let call = try #require(try await fixture.desk.pinned(try callSid()))
                #expect(call.intent == handOver())
                #expect(try await fixture.desk.segments(call.reference).map(\.milliseconds) == [8_000])
                let stored = try await stored(fixture)
                #expect(stored.turns == 50)
                #expect(stored.tokens == 7)
            }
        }
    }

    @Test("13: the queue is bounded; what money hangs on goes in when turns no longer do")
    func bounded() async throws {
        try await withTestDatabase { database in
            let fixture = try await DeskFixture.make(database)
            let begun = try await fixture.streamingCall(try callSid(), try streamSid())
            let metrics = Metrics()
            let queue = FactQueue(fixture.desk, capacity: 10, time: .still, logger: silent, metrics: metrics)
            let session = SessionKey(call: begun.call.reference, stream: begun.stream, epoch: begun.epoch)
            for ordinal in 0..<50 { queue.write(.turn(turn(ordinal)), of: session) }
            queue.write(.streamEnded(audioMs: 3_000, reason: "stopped"), of: session)
            #expect(metrics.render().contains("voiceagent_facts_dropped_total 40"))
            await withRunningQueue(queue) { #expect(await queue.drain(within: .seconds(60))) }
            #expect(try await stored(fixture).turns == 10)
            #expect(try await fixture.desk.segments(begun.call.reference).map(\.milliseconds) == [3_000])
        }
    }

    @Test func waitingStateIsReplacedByTheNextOne() async throws {
        try await withTestDatabase { database in
            let fixture = try await DeskFixture.make(database)
            let begun = try await fixture.streamingCall(try callSid(), try streamSid())
            let metrics = Metrics()
            let queue = FactQueue(fixture.desk, capacity: 3, time: .still, logger: silent, metrics: metrics)
            let session = SessionKey(call: begun.call.reference, stream: begun.stream, epoch: begun.epoch)
            for turn in 0..<100 { queue.write(.state(ResumableState(node: "n", nextTurn: turn)), of: session) }
            #expect(metrics.render().contains("voiceagent_facts_waiting 1"))
            await withRunningQueue(queue) { #expect(await queue.drain(within: .seconds(60))) }
            #expect(try await fixture.desk.state(begun.call.reference)?.nextTurn == 99)
        }
    }

    @Test func factThatCannotBeStoredDoesNotHoldUpTheOthers() async throws {
        try await withTestDatabase { database in
            let fixture = try await DeskFixture.make(database)
            let begun = try await fixture.streamingCall(try callSid(), try streamSid())
            let session = SessionKey(call: begun.call.reference, stream: begun.stream, epoch: begun.epoch)
            var impossible = turn(1)
            impossible.ordinal = -1
            fixture.queue.write(.turn(turn(0)), of: session)
            fixture.queue.write(.turn(impossible), of: session)
            fixture.queue.write(.turn(turn(2, text: "mit\0Null")), of: session)
            await withRunningQueue(fixture.queue) { #expect(await fixture.queue.drain(within: .seconds(60))) }
            #expect(try await stored(fixture).turns == 2)
        }
    }

    @Test func flushGivesUpAtItsLimit() async throws {
        try await withTestDatabase { database in
            let fixture = try await DeskFixture.make(database, time: .over)
            let begun = try await fixture.streamingCall(try callSid(), try streamSid())
            let journal = journal(fixture, begun)
            #expect(await journal.flush(within: .seconds(1)))
            journal.write(.intent(handOver()))
            #expect(await !journal.flush(within: .seconds(1)))
        }
    }

    private func journal(_ fixture: DeskFixture, _ begun: StreamBeginning) -> DeskJournal {
        let session = SessionKey(call: begun.call.reference, stream: begun.stream, epoch: begun.epoch)
        return DeskJournal(fixture.queue, session, time: .still)
    }

    private func turn(_ ordinal: Int, text: String = "Ja.") -> TurnRecord {
        TurnRecord(ordinal: ordinal, speaker: .caller, text: text, startedMs: 0, endedMs: 10, node: "gespraech")
    }

    private func stored(_ fixture: DeskFixture) async throws -> (turns: Int, tokens: Int) {
        try await fixture.database.app.withTenant(fixture.tenant) { transaction in
            (
                try transaction.query("SELECT ordinal FROM transcript_turn").count,
                try transaction.query("SELECT amount FROM provider_usage").map { try $0.get("amount", as: Int.self) }
                    .reduce(0, +)
            )
        }
    }

    private func withRunningQueue(_ queue: FactQueue, _ body: () async -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await queue.run() }
            await body()
            group.cancelAll()
        }
    }
}

/// Holds the tables of calls locked while `body` runs: whoever asks for them waits until the time for it is over.
func withOutage(_ database: TestDatabase, _ body: () async -> Void) async {
    let (released, release) = AsyncStream.makeStream(of: Void.self)
    let (held, hold) = AsyncStream.makeStream(of: Void.self)
    await withTaskGroup(of: Void.self) { group in
        group.addTask {
            let latch = Latch()
            async let waiting: Void = { for await _ in released { latch.open() } }()
            do {
                try await database.owner.withoutTenant { transaction in
                    try transaction.execute("LOCK TABLE call, call_leg, carrier_event, flow IN ACCESS EXCLUSIVE MODE")
                    hold.yield()
                    latch.wait()
                }
            } catch {
                Issue.record("the tables could not be locked: \(error)")
            }
            hold.finish()
            await waiting
        }
        for await _ in held { break }
        await body()
        release.yield()
        release.finish()
        await group.waitForAll()
    }
}

/// Blocks a thread that is not one of the cooperative ones.
private final class Latch: Sendable {
    private let condition = NSCondition()
    // Guarded by `condition`.
    nonisolated(unsafe) private var isOpen = false

    func wait() {
        condition.lock()
        while !isOpen { condition.wait() }
        condition.unlock()
    }

    func open() {
        condition.lock()
        isOpen = true
        condition.broadcast()
        condition.unlock()
    }
}
