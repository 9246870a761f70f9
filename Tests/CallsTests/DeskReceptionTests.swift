import Database
import Foundation
import Kernel
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Calls

struct DeskReceptionTests {
    private struct NoProviders: Error {}

    @Test("10: a stream is let in by its token only, and once; without providers its leg does not stay open")
    func admission() async throws {
        try await withTestDatabase { database in
            let fixture = try await DeskFixture.make(database)
            let token = MediaToken(key: Secret("k"))
            let texts = fixture.texts
            let reception = StreamReception(
                desk: fixture.desk,
                queue: fixture.queue,
                memory: fixture.memory,
                token: token,
                texts: { _ in texts },
                time: TimeSource(now: { DeskFixture.start }, sleep: { _ in }),
                logger: silent,
                providers: { _ in throw NoProviders() }
            )
            let sid = try callSid()
            _ = try await fixture.desk.admit(fixture.arrival(sid))
            let text = token.text(for: sid, StreamOffer(ordinal: 0, from: DeskFixture.start))
            func open(_ stream: Int, _ parameters: [String: String]) async throws -> String {
                let opening = StreamOpening(
                    streamSid: try streamSid(stream),
                    accountSid: fixture.account,
                    callSid: sid,
                    parameters: parameters
                )
                return switch await reception.admit(opening) {
                case .admitted: "admitted"
                case .refused(let code): code
                }
            }
            #expect(try await open(1, [:]) == "token_invalid")
            #expect(try await open(1, ["token": text + "0"]) == "token_invalid")
            #expect(try await open(1, ["token": text]) == "unavailable")
            #expect(try await open(2, ["token": text]) == "token_spent")
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await fixture.queue.run() }
                #expect(await fixture.queue.drain(within: .seconds(60)))
                group.cancelAll()
            }
            let open = try await database.app.withTenant(fixture.tenant) { transaction in
                try transaction.query("SELECT id FROM call_leg WHERE ended_at IS NULL").count
            }
            #expect(open == 0)
        }
    }

    @Test("I3: a node gives a sign every five seconds, and judges others only after some of its own")
    func nodeWatch() async throws {
        try await withTestDatabase { database in
            let fixture = try await DeskFixture.make(database)
            let lease = NodeLease(database.app)
            _ = try await fixture.streamingCall(try callSid(1), try streamSid(1))
            let life = try await lease.begin("node-b", address: nil, at: DeskFixture.start)
            let survivor = CallDesk(database.app, flows: fixture.flows, life: life)
            let clock = SteppingClock(start: DeskFixture.start, steps: 5)
            let recalled = Mutex<[CallSid]>([])
            let recall = CallRecall { sid in
                recalled.withLock { $0.append(sid) }
                return .asked
            }
            let watch = NodeWatch(lease: lease, desk: survivor, recall: recall, time: clock.time, logger: silent)
            await #expect(throws: CancellationError.self) { try await watch.run() }
            #expect(clock.slept == Array(repeating: Duration.seconds(5), count: 5))
            let ended = try await database.app.withTenant(fixture.tenant) { transaction in
                try transaction.queryOne("SELECT end_reason FROM call_leg")?.getOptional("end_reason", as: String.self)
            }
            #expect(ended == "node_lost")
            #expect(recalled.withLock { $0 } == [try callSid(1)])
            let seen = try await database.app.withoutTenant { transaction in
                try transaction.queryOne("SELECT seen_at FROM node_lease WHERE node = 'node-b'")?.get(
                    "seen_at",
                    as: Date.self
                )
            }
            #expect(seen == DeskFixture.start.addingTimeInterval(20))
        }
    }

    @Test("J2: a lost call that is over at the carrier is settled; one that another process leads is left alone")
    func lostCalls() async throws {
        try await withTestDatabase { database in
            let fixture = try await DeskFixture.make(database)
            let lease = NodeLease(database.app)
            let over = try await fixture.streamingCall(try callSid(1), try streamSid(1))
            let resumed = try await fixture.streamingCall(try callSid(2), try streamSid(2))
            let life = try await lease.begin("node-b", address: nil, at: DeskFixture.start)
            let survivor = CallDesk(database.app, flows: fixture.flows, life: life)
            _ = try await survivor.beginStream(
                try callSid(2),
                account: nil,
                stream: try streamSid(3),
                ordinal: 1,
                at: DeskFixture.start.addingTimeInterval(2)
            ).get()

            let clock = SteppingClock(start: DeskFixture.start, steps: 5)
            let recalled = Mutex<[CallSid]>([])
            let recall = CallRecall { sid in
                recalled.withLock { $0.append(sid) }
                return .over
            }
            let watch = NodeWatch(lease: lease, desk: survivor, recall: recall, time: clock.time, logger: silent)
            await #expect(throws: CancellationError.self) { try await watch.run() }
            #expect(recalled.withLock { $0 } == [over.call.callSid])
            #expect(try await survivor.pinned(resumed.call.callSid)?.state == .streaming)
        }
    }
}
