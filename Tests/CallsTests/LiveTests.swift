import Audit
import Database
import Flows
import Foundation
import Kernel
import LanguageModel
import RedisStore
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Calls

struct LiveTests {
    // MARK: What is watched

    @Test("F: a board shows each turn once, in its order, however its news come")
    func board() throws {
        let call = CallID()
        var board = LiveBoard()
        #expect(board.needsReading)
        #expect(board.apply(.turn(call, turn(0))) == nil)
        let (changed, gone) = board.read([try running(call, [turn(0)])])
        #expect(changed == [call])
        #expect(gone.isEmpty)
        #expect(!board.needsReading)

        #expect(board.apply(.turn(call, turn(2))) == call)
        #expect(board.apply(.turn(call, turn(2))) == nil)
        // What is stored lags behind what was announced.
        #expect(board.read([try running(call, [turn(0), turn(1)])]).changed == [call])
        #expect(board.entries.first?.turns.map(\.ordinal) == [0, 1, 2])
        for ordinal in 3..<20 { _ = board.apply(.turn(call, turn(ordinal))) }
        #expect(board.entries.first?.turns.map(\.ordinal) == Array(14..<20))

        #expect(board.apply(.voice(call, .caller)) == call)
        #expect(board.apply(.voice(call, .caller)) == nil)
        #expect(board.read([try running(call, [])]).changed == [])
        #expect(board.entries.first?.voice == .caller)
        // Nobody of ours hears who speaks once a person has the call.
        #expect(board.read([try running(call, [], state: .forwarding)]).changed == [call])
        #expect(board.entries.first?.voice == .nobody)

        #expect(board.apply(.call(call)) == nil)
        #expect(board.needsReading)
        #expect(board.read([]).gone == [call])
        #expect(board.entries.isEmpty)
    }

    @Test("F: what a session does is announced to its tenant, and never waits")
    func announcements() async throws {
        try await withTestDatabase { database in
            let told = Told<Message>()
            let announcer = LiveAnnouncer { tenant, message in told.note(Message(tenant: tenant, text: message)) }
            let fixture = try await DeskFixture.make(database)
            let desk = CallDesk(database.app, flows: fixture.flows, life: fixture.life, announcer: announcer)
            guard case .admitted(let call) = try await desk.admit(fixture.arrival(try callSid())) else {
                throw DeskFixture.NotAdmitted()
            }
            let begun = try await desk.beginStream(
                call.callSid,
                account: nil,
                stream: try streamSid(),
                ordinal: 0,
                at: DeskFixture.start
            ).get()
            let session = SessionKey(call: call.reference, stream: begun.stream, epoch: begun.epoch)
            let journal = DeskJournal(fixture.queue, session, time: .still, announcer: announcer)
            journal.note(.agent)
            journal.write(.turn(turn(0)))
            try await desk.settle(call.reference, .completed, at: DeskFixture.start)

            let run = Task { try await announcer.run() }
            while told.all.count < 5 { await Task.yield() }
            run.cancel()
            let messages = told.all
            #expect(messages.allSatisfy { $0.tenant == fixture.tenant })
            #expect(
                messages.compactMap { LiveChange(message: $0.text) } == [
                    .call(call.id), .call(call.id), .voice(call.id, .agent), .turn(call.id, turn(0)), .call(call.id),
                ]
            )
            #expect(LiveChange(message: #"{"later":{}}"#) == nil)
        }
    }

    @Test("F: the machine says who is to be heard")
    func voices() {
        var call = MachinePlayer(.workshop())
        #expect(call.machine.voice == .agent)
        call.hearAll()
        #expect(call.machine.voice == .nobody)
        call.send(.voiceBegan(atMs: call.nowMs))
        #expect(call.machine.voice == .caller)
        call.pass(800)
        call.send(.final("Ich brauche einen Termin"))
        call.send(.voiceCeased(atMs: call.nowMs))
        call.pass(2_000)
        #expect(call.machine.voice == .thinking)
        call.send(.hangUpRequested)
        #expect(call.machine.voice == .nobody)
    }

    // MARK: What is commanded

    @Test("16: whoever takes over is connected after a word to the caller")
    func machineTakesOver() throws {
        let number = try #require(E164("+436640000412"))
        var call = MachinePlayer(.workshop())
        call.hearAll()
        call.send(.takeOverRequested(number))
        #expect(call.intent == nil)
        call.hearAll()
        guard case .handOver(let intent) = call.intent else {
            Issue.record("no hand-over")
            return
        }
        #expect(intent.number == number)
        #expect(intent.announced)
        // What older processes stored is still read.
        let older = JSONText(text: #"{"announced":true,"summary":"","target":"werkstatt"}"#)
        #expect(try older.decode(as: HandOverIntent.self).number == nil)
    }

    @Test("16: the number of whoever takes over is dialled; if they do not answer, the agent goes on")
    func directorTakesOver() async throws {
        try await withTestDatabase { database in
            let number = try #require(E164("+436640000412"))
            let fixture = try await DeskFixture.make(database)
            let director = fixture.director()
            let begun = try await fixture.streamingCall(try callSid(), try streamSid())
            let session = SessionKey(call: begun.call.reference, stream: begun.stream, epoch: begun.epoch)
            let intent = LiveCommand.Wish.takeOver(number).intent
            let state = ResumableState(node: "gespraech", nextTurn: 3, lastWords: "Worum geht es?", afterBreak: false)
            try await fixture.desk.write([.state(state), .intent(intent)], of: session)
            guard case .dial(let instruction) = try await director.goOn(fixture.step(try callSid())) else {
                Issue.record("not dialled")
                return
            }
            #expect(instruction.number == number)
            #expect(instruction.whispers)
            let report = DialReport(status: .noAnswer, dialled: try callSid(90), seconds: 0, isBridged: false)
            guard case .stream = try await director.dialEnded(fixture.step(try callSid(), after: 20), report) else {
                Issue.record("not back with the agent")
                return
            }
            let resumed = try #require(try await fixture.desk.state(begun.call.reference))
            #expect(resumed.node == "gespraech")
            #expect(resumed.afterBreak)
        }
    }

    @Test("16: a command goes to the process that leads the call, and is audited")
    func controlByNode() async throws {
        try await withControl(answering: true, recall: .refused) { fixture, control, sent in
            let begun = try await fixture.streamingCall(try callSid(), try streamSid())
            let outcome = try await control.perform(
                .hangUp,
                on: begun.call.reference,
                by: AuditActor(.person, "p1"),
                requestID: "r1"
            )
            #expect(outcome == .done)
            #expect(sent.all.map(\.node) == ["node-a"])
            #expect(sent.all.map(\.command.wish) == [.hangUp])
            #expect(try await fixture.database.auditActions(fixture.tenant) == ["call.hung_up"])
            // The session itself says what becomes of the call.
            #expect(try await fixture.desk.pinned(try callSid())?.intent == nil)
        }
    }

    @Test("16: if the process does not answer, the call is taken away from it and the carrier asks")
    func controlByCarrier() async throws {
        try await withControl(answering: false, recall: .asked) { fixture, control, _ in
            let number = try #require(E164("+436640000412"))
            let begun = try await fixture.streamingCall(try callSid(), try streamSid())
            let reference = begun.call.reference
            let outcome = try await control.perform(
                .takeOver(number),
                on: reference,
                by: AuditActor(.person, "p1"),
                requestID: nil
            )
            #expect(outcome == .done)
            // What the frozen session still decides is not believed.
            let frozen = SessionKey(call: reference, stream: begun.stream, epoch: begun.epoch)
            try await fixture.desk.write([.intent(.hangUp(.failed))], of: frozen)
            let director = fixture.director()
            guard
                case .dial(let instruction) = try await director.rescue(
                    fixture.step(try callSid(), after: 5, token: "t"),
                    caller: .withheld,
                    afterDialling: false
                )
            else {
                Issue.record("not dialled")
                return
            }
            #expect(instruction.number == number)
            #expect(try await fixture.database.auditActions(fixture.tenant) == ["call.taken_over"])
            let entries = try await AuditArchive(fixture.database.app).page(fixture.tenant, limit: 5).entries
            #expect(entries.first?.after == .object(["number": .text("+…412")]))
        }
    }

    @Test("16: a call that is over, with a person or another tenant's is left alone and not audited")
    func controlRefuses() async throws {
        try await withControl(answering: true, recall: .asked) { fixture, control, sent in
            let begun = try await fixture.streamingCall(try callSid(), try streamSid())
            let other = try await fixture.database.makeTenant()
            func hangUp(_ tenant: TenantID) async throws -> LiveControl.Outcome? {
                try await control.perform(
                    .hangUp,
                    on: CallReference(tenant: tenant, id: begun.call.id),
                    by: AuditActor(.person, "p1"),
                    requestID: nil
                )
            }
            #expect(try await hangUp(other) == nil)
            try await fixture.desk.beginForwarding(begun.call.reference, target: "werkstatt")
            #expect(try await hangUp(fixture.tenant) == .withPerson)
            try await fixture.desk.settle(begun.call.reference, .handedOver, at: DeskFixture.start)
            #expect(try await hangUp(fixture.tenant) == .over)
            #expect(sent.all.isEmpty)
            #expect(try await fixture.database.auditCount(fixture.tenant) == 0)
        }
    }

    @Test("16: if neither a process nor the carrier answers, that is said")
    func controlFails() async throws {
        for (recall, expected) in [
            (CallRecall.Outcome.unavailable, LiveControl.Outcome.unreachable), (.refused, .unreachable), (.over, .over),
        ] {
            try await withControl(answering: false, recall: recall) { fixture, control, _ in
                let begun = try await fixture.streamingCall(try callSid(), try streamSid())
                let outcome = try await control.perform(
                    .hangUp,
                    on: begun.call.reference,
                    by: AuditActor(.person, "p1"),
                    requestID: nil
                )
                #expect(outcome == expected)
            }
        }
    }

    @Test("16: through Redis, a command reaches the process that has the call, and only that one acknowledges it")
    func commandsThroughRedis() async throws {
        let url = try #require(ProcessInfo.processInfo.environment["REDIS_URL"], "run bin/test")
        let redis = Redis(url: try RedisURL(url), metrics: Metrics(), logger: silent)
        let time = TimeSource(
            now: { DeskFixture.start },
            sleep: { duration in
                // Nobody has to wait for an answer as long as it takes to give up.
                if duration == LiveCommands.patience { try await TimeSource.still.sleep(duration) }
                await Task.yield()
            }
        )
        let commands = LiveCommands(redis: redis, time: time)
        let node = "node-\(UUID().uuidString)"
        let here = try callSid(1)
        let told = Told<CallMachine.Event>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await commands.listen(as: node, logger: silent) { sid, event in
                    guard sid == here else { return false }
                    told.note(event)
                    return true
                }
            }
            // Nobody listens at first.
            while await !commands.send(LiveCommand(id: UUID(), call: here, wish: .hangUp), to: node) {
                await Task.yield()
            }
            #expect(told.all == [.hangUpRequested])
            let elsewhere = LiveCommand(id: UUID(), call: try callSid(2), wish: .hangUp)
            #expect(await !commands.send(elsewhere, to: node))
            #expect(await !commands.send(elsewhere, to: "nobody-\(node)"))
            group.cancelAll()
        }
        await redis.close()
        #expect(await !commands.send(LiveCommand(id: UUID(), call: here, wish: .hangUp), to: node))
    }

    // MARK: Parts

    private struct Sent: Sendable {
        let command: LiveCommand
        let node: String
    }

    private struct Message: Sendable {
        let tenant: TenantID
        let text: String
    }

    private final class Told<Value: Sendable>: Sendable {
        private let values = Mutex<[Value]>([])

        var all: [Value] { values.withLock { $0 } }

        func note(_ value: Value) { values.withLock { $0.append(value) } }
    }

    private func withControl(
        answering: Bool,
        recall: CallRecall.Outcome,
        _ body: (DeskFixture, LiveControl, Told<Sent>) async throws -> Void
    ) async throws {
        try await withTestDatabase { database in
            let fixture = try await DeskFixture.make(database)
            let log = Told<Sent>()
            let control = LiveControl(
                database.app,
                desk: fixture.desk,
                recall: CallRecall { _ in recall },
                time: .still
            ) { command, node in
                log.note(Sent(command: command, node: node))
                return answering
            }
            try await body(fixture, control, log)
        }
    }

    private func turn(_ ordinal: Int) -> TurnRecord {
        TurnRecord(
            ordinal: ordinal,
            speaker: .agent,
            text: "Satz \(ordinal)",
            startedMs: ordinal * 100,
            endedMs: ordinal * 100 + 50,
            node: "gespraech"
        )
    }

    private func running(_ id: CallID, _ turns: [TurnRecord], state: CallState = .streaming) throws -> RunningCall {
        RunningCall(
            line: CallLine(
                id: id,
                caller: .withheld,
                called: try #require(E164("+43732900100")),
                state: state,
                result: .running,
                admittedAt: DeskFixture.start
            ),
            turns: turns
        )
    }
}
