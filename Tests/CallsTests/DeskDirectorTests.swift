import Database
import Flows
import Foundation
import Kernel
import Localization
import Numbers
import TestSupport
import Testing

@testable import Calls

struct DeskDirectorTests {
    // MARK: A call arrives

    @Test("a call is answered with a stream, and its repetition with the same")
    func arrives() async throws {
        try await withFixture { fixture in
            let director = fixture.director()
            let sid = try callSid()
            let answer = try await arrive(director, fixture, sid)
            #expect(answer == .stream(StreamOffer(ordinal: 0, from: DeskFixture.start)))
            #expect(try await arrive(director, fixture, sid, after: 7) == answer)
            _ = try await fixture.desk.beginStream(
                sid,
                account: nil,
                stream: try streamSid(),
                ordinal: 0,
                at: DeskFixture.start
            )
            #expect(try await arrive(director, fixture, sid, after: 9) == answer)
        }
    }

    @Test("A10: whoever cannot be answered hears the same neutral sentence")
    func neutral() async throws {
        try await withFixture { fixture in
            let director = fixture.director()
            let neutral = CallAnswer.announce(Announcement(fixture.texts.notReachable, language: "de-DE"))
            let sid = try callSid()
            #expect(
                try await director.arrive(
                    sid,
                    account: fixture.account,
                    caller: .withheld,
                    called: E164("+43732999999"),
                    at: DeskFixture.start
                ) == neutral
            )
            #expect(
                try await director.arrive(
                    sid,
                    account: fixture.account,
                    caller: .withheld,
                    called: nil,
                    at: DeskFixture.start
                ) == neutral
            )
            _ = try await fixture.database.app.withPlatform(actor: "test", reason: "test") { transaction in
                try transaction.execute("UPDATE tenant SET state = 'suspended' WHERE id = \(fixture.tenant)")
            }
            #expect(try await arrive(director, fixture, sid) == neutral)
        }
    }

    @Test("11: a limit that is reached makes the line busy and leaves no call")
    func limits() async throws {
        try await withFixture { fixture in
            let busy = CallAnswer.announce(Announcement(fixture.texts.busy, language: "de-DE"))
            for (number, tenant) in [(false, true), (true, false)] {
                let gate = CallGate(admitsNumber: { _ in number }, admitsTenant: { _ in tenant })
                let answer = try await arrive(fixture.director(gate: gate), fixture, try callSid())
                #expect(answer == busy)
            }
            let reference = try await fixture.desk.reference(try callSid())
            #expect(reference == nil)
        }
    }

    @Test("13: while the database is away a new call gets its number's overflow answer")
    func databaseAway() async throws {
        try await withTestDatabase(poolSize: 4) { database in
            try await database.withDatabase {
                $0.statementTimeout = .milliseconds(100)
            } _: { hurried in
                let fixture = try await DeskFixture.make(database, on: hurried)
                let overflow = try #require(E164("+43732900300"))
                _ = try await database.app.withTenant(fixture.tenant) { transaction in
                    try transaction.execute(
                        "UPDATE tenant SET overflow_e164 = \(overflow) WHERE id = \(fixture.tenant)"
                    )
                }
                let director = fixture.director()
                let sid = try callSid(1)
                _ = try await arrive(director, fixture, sid)
                let expected = fixture
                await withOutage(database) {
                    do {
                        guard
                            case .dial(let instruction) = try await arrive(director, expected, try callSid(2))
                        else {
                            Issue.record("no overflow")
                            return
                        }
                        #expect(instruction.number == overflow)
                        #expect(instruction.callerID == expected.number)
                        #expect(!instruction.whispers)
                        // A running call is handed to a person from memory.
                        guard case .dial(let rescue) = try await director.goOn(expected.step(sid)) else {
                            Issue.record("no rescue")
                            return
                        }
                        #expect(rescue.number.value == "+43732900200")
                    } catch {
                        Issue.record("\(error)")
                    }
                }
            }
        }
    }

    // MARK: The stream is over

    @Test("J1: the session's intent decides what follows the stream")
    func intents() async throws {
        try await withFixture { fixture in
            let director = fixture.director()
            let hangUp = try await call(fixture, 1, intent: .hangUp(.completed))
            #expect(try await director.goOn(fixture.step(hangUp)) == .hangUp)
            #expect(try await outcome(fixture, hangUp) == "completed")

            let announced = try await call(fixture, 2, intent: handOver())
            #expect(try await director.goOn(fixture.step(announced)) == dial(fixture, announcing: nil))
            let silentSoFar = try await call(fixture, 3, intent: handOver(announced: false))
            #expect(
                try await director.goOn(fixture.step(silentSoFar)) == dial(fixture, announcing: "Ich verbinde.")
            )
            #expect(try await fixture.desk.pinned(silentSoFar)?.state == .forwarding)
        }
    }

    @Test("J1: a stream that broke off is taken up again, and at the third time a person is asked")
    func breaks() async throws {
        try await withFixture { fixture in
            let director = fixture.director()
            let sid = try await call(fixture, 1, intent: nil)
            for ordinal in 1...2 {
                let answer = try await director.goOn(fixture.step(sid, after: Double(ordinal * 10)))
                let offer = StreamOffer(
                    ordinal: ordinal,
                    from: DeskFixture.start.addingTimeInterval(Double(ordinal * 10))
                )
                #expect(answer == .stream(offer))
                // Repeated before the stream has begun: the same offer.
                #expect(try await director.goOn(fixture.step(sid, after: Double(ordinal * 10 + 5))) == answer)
                _ = try await fixture.desk.beginStream(
                    sid,
                    account: nil,
                    stream: try streamSid(100 + ordinal),
                    ordinal: ordinal,
                    at: DeskFixture.start.addingTimeInterval(Double(ordinal * 10 + 1))
                ).get()
            }
            let third = try await director.goOn(fixture.step(sid, after: 40))
            let toAPerson = try dial(fixture, announcing: fixture.texts.apologyForward)
            #expect(third == toAPerson)
            // That person cannot be reached either.
            let last = try await director.dialEnded(
                fixture.step(sid, after: 70),
                DialReport(status: .noAnswer, dialled: try callSid(90), seconds: 0, isBridged: false)
            )
            #expect(last == .announce(Announcement(fixture.texts.forwardFailed, language: "de-DE")))
            #expect(try await outcome(fixture, sid) == "failed")
        }
    }

    @Test("I-Twilio-Idempotency-Token: a repeated request gets the stored answer, whatever has happened since")
    func repeatedRequest() async throws {
        try await withFixture { fixture in
            let director = fixture.director()
            let sid = try await call(fixture, 1, intent: nil)
            let answer = try await director.goOn(fixture.step(sid, after: 10, token: "t-1"))
            _ = try await fixture.desk.beginStream(
                sid,
                account: nil,
                stream: try streamSid(77),
                ordinal: 1,
                at: DeskFixture.start
            )
            #expect(try await director.goOn(fixture.step(sid, after: 30, token: "t-1")) == answer)
            #expect(try await director.goOn(fixture.step(sid, after: 30, token: "t-2")) != answer)
        }
    }

    @Test func callerWhoHungUpEndsTheCall() async throws {
        try await withFixture { fixture in
            let director = fixture.director()
            let sid = try await call(fixture, 1, intent: nil)
            #expect(try await director.goOn(fixture.step(sid, isOver: true)) == .hangUp)
            #expect(try await outcome(fixture, sid) == "abandoned")
            #expect(try await director.goOn(fixture.step(sid)) == .hangUp)
        }
    }

    @Test("A11: another account's request is forbidden at every step")
    func foreignAccount() async throws {
        try await withFixture { fixture in
            let director = fixture.director()
            let sid = try await call(fixture, 1, intent: handOver())
            let stranger = try #require(AccountSid("AC00000000000000000000000000000009"))
            let step = CallStep(callSid: sid, accountSid: stranger, called: fixture.number, at: DeskFixture.start)
            let report = DialReport(status: .completed, dialled: nil, seconds: 9, isBridged: true)
            #expect(try await director.goOn(step) == .forbidden)
            #expect(try await director.rescue(step, caller: .withheld, afterDialling: false) == .forbidden)
            #expect(try await director.dialEnded(step, report) == .forbidden)
            #expect(try await director.whisper(for: sid, account: stranger) == .forbidden)
            #expect(
                try await director.accept(
                    "1",
                    dialled: try callSid(9),
                    for: sid,
                    account: stranger,
                    at: DeskFixture.start
                ) == .forbidden
            )
            #expect(
                try await !director.hear(
                    "call_status",
                    of: sid,
                    account: stranger,
                    key: "1",
                    body: JSONText(text: "{}"),
                    ending: (DeskFixture.start, 1),
                    at: DeskFixture.start
                )
            )
            #expect(try await fixture.desk.pinned(sid)?.state == .streaming)
        }
    }

    @Test("18: a target that is not allowed now is not dialled; the flow goes on")
    func forbiddenTarget() async throws {
        try await withFixture { fixture in
            let director = fixture.director(destinations: { _ in
                HandOverDestination(allowedCountries: ["DE"], ownNumbers: [])
            })
            let sid = try await call(fixture, 1, intent: handOver())
            guard case .stream = try await director.goOn(fixture.step(sid)) else {
                Issue.record("not back in the flow")
                return
            }
            let call = try #require(try await fixture.desk.pinned(sid))
            #expect(try await fixture.desk.state(call.reference)?.node == "niemand")
        }
    }

    // MARK: A person

    @Test(
        "every DialCallStatus has its branch",
        arguments: [
            (DialReport.Status.busy, "besetzt"), (.noAnswer, "niemand"), (.failed, "niemand"),
            (.canceled, "niemand"), (.completed, "gespraech"),
        ]
    )
    func branches(status: DialReport.Status, node: String) async throws {
        try await withFixture { fixture in
            let director = fixture.director()
            let sid = try await call(fixture, 1, intent: handOver())
            _ = try await director.goOn(fixture.step(sid))
            let report = DialReport(status: status, dialled: try callSid(90), seconds: 4, isBridged: false)
            let answer = try await director.dialEnded(fixture.step(sid, after: 20), report)
            #expect(answer == .stream(StreamOffer(ordinal: 1, from: DeskFixture.start.addingTimeInterval(20))))
            #expect(try await director.dialEnded(fixture.step(sid, after: 25), report) == answer)
            let next = try await fixture.desk.beginStream(
                sid,
                account: nil,
                stream: try streamSid(2),
                ordinal: 1,
                at: DeskFixture.start.addingTimeInterval(21)
            ).get()
            #expect(next.resuming?.node == node)
            #expect(next.resuming?.afterBreak == false)
            #expect(try await fixture.desk.segments(next.call.reference) == [])
        }
    }

    @Test("17: a conversation with a person is billed from the answer to the end, once")
    func bridged() async throws {
        try await withFixture { fixture in
            let director = fixture.director()
            let sid = try await call(fixture, 1, intent: handOver())
            _ = try await director.goOn(fixture.step(sid))
            let report = DialReport(status: .completed, dialled: try callSid(90), seconds: 125, isBridged: true)
            for late in [200.0, 201, 260] {
                #expect(try await director.dialEnded(fixture.step(sid, after: late), report) == .hangUp)
            }
            let reference = try #require(try await fixture.desk.reference(sid))
            let segments = try await fixture.desk.segments(reference)
            #expect(segments.map(\.milliseconds) == [125_000])
            #expect(segments.first?.end == DeskFixture.start.addingTimeInterval(200))
            #expect(try await outcome(fixture, sid) == "handed_over")
        }
    }

    @Test("17: without a word about bridging, only a pressed key makes a person of whoever picked up")
    func acceptance() async throws {
        try await withFixture { fixture in
            let director = fixture.director()
            let mailbox = try await call(fixture, 1, intent: handOver())
            let report = DialReport(status: .completed, dialled: try callSid(90), seconds: 12, isBridged: nil)
            _ = try await director.goOn(fixture.step(mailbox))
            guard case .stream = try await director.dialEnded(fixture.step(mailbox, after: 20), report) else {
                Issue.record("a mailbox was taken for a person")
                return
            }

            let person = try await call(fixture, 2, intent: handOver())
            _ = try await director.goOn(fixture.step(person))
            let other = DialReport(status: .completed, dialled: try callSid(91), seconds: 12, isBridged: nil)
            let accepted = try await director.accept(
                "1",
                dialled: try callSid(91),
                for: person,
                account: fixture.account,
                at: DeskFixture.start
            )
            #expect(accepted == .connect(Announcement(fixture.texts.whisperAccepted, language: "de-DE")))
            #expect(try await director.dialEnded(fixture.step(person, after: 20), other) == .hangUp)
        }
    }

    @Test("J1: where the report of the dialling was lost, nobody is rung a second time", arguments: [true, false])
    func unreportedDialling(hasAccepted: Bool) async throws {
        try await withFixture { fixture in
            let director = fixture.director()
            let sid = try await call(fixture, 1, intent: handOver())
            _ = try await director.goOn(fixture.step(sid))
            if hasAccepted {
                _ = try await director.accept(
                    "1",
                    dialled: try callSid(91),
                    for: sid,
                    account: fixture.account,
                    at: DeskFixture.start
                )
            }
            let step = fixture.step(sid, after: 60)
            let answer = try await director.rescue(step, caller: .withheld, afterDialling: true)
            if hasAccepted {
                #expect(answer == .hangUp)
                #expect(try await outcome(fixture, sid) == "handed_over")
            } else {
                #expect(answer == .stream(StreamOffer(ordinal: 1, from: DeskFixture.start.addingTimeInterval(60))))
            }
            #expect(try await director.rescue(step, caller: .withheld, afterDialling: true) == answer)
        }
    }

    @Test("J4: a process that shall go stays for offered streams and for people who are rung or speak")
    func awaited() async throws {
        try await withFixture { fixture in
            let director = fixture.director()
            let (first, second) = (try callSid(1), try callSid(2))
            let start = DeskFixture.start
            director.sent(.stream(StreamOffer(ordinal: 0, from: start)), to: first, at: start)
            director.sent(try dial(fixture, announcing: nil), to: second, at: start)
            #expect(fixture.memory.awaited(at: start.addingTimeInterval(59)) == 2)
            #expect(fixture.memory.awaited(at: start.addingTimeInterval(61)) == 1)
            #expect(fixture.memory.awaited(at: start.addingTimeInterval(3_600)) == 1)
            director.sent(.hangUp, to: second, at: start.addingTimeInterval(3_600))
            #expect(fixture.memory.awaited(at: start) == 0)
        }
    }

    @Test("17: a call that ends at the carrier after a person accepted was handed over, whatever report is lost")
    func endedAfterAcceptance() async throws {
        try await withFixture { fixture in
            let director = fixture.director()
            let sid = try await call(fixture, 1, intent: handOver())
            _ = try await director.goOn(fixture.step(sid))
            let account = fixture.account
            let pressedAt = DeskFixture.start
            _ = try await director.accept("1", dialled: try callSid(91), for: sid, account: account, at: pressedAt)
            let end = DeskFixture.start.addingTimeInterval(90)
            _ = try await director.hear(
                "call_status",
                of: sid,
                account: account,
                key: "0",
                body: JSONText(text: "{}"),
                ending: (at: end, carrierSeconds: 90),
                at: end
            )
            #expect(try await outcome(fixture, sid) == "handed_over")
        }
    }

    @Test("17: the person hears who calls and why, and is asked for a key")
    func whisper() async throws {
        try await withFixture { fixture in
            let director = fixture.director()
            let sid = try await call(fixture, 1, intent: handOver(summary: "Pickerl für einen Škoda"))
            guard
                case .tell(let told, let prompt?) = try await director.whisper(for: sid, account: fixture.account)
            else {
                Issue.record("no whisper")
                return
            }
            #expect(told.text.contains("Pickerl für einen Škoda"))
            #expect(prompt.text == fixture.texts.whisperPressKey)
            let declined = try await director.accept(
                "",
                dialled: try callSid(9),
                for: sid,
                account: fixture.account,
                at: DeskFixture.start
            )
            #expect(declined == .decline(Announcement(fixture.texts.whisperDeclined, language: "de-DE")))
        }
    }

    @Test func terminalStatusSettlesTheCallOnce() async throws {
        try await withFixture { fixture in
            let director = fixture.director()
            let sid = try await call(fixture, 1, intent: nil)
            for key in ["2", "1", "2"] {
                let ending = key == "2" ? (at: DeskFixture.start.addingTimeInterval(30), carrierSeconds: 31) : nil
                #expect(
                    try await director.hear(
                        "call_status",
                        of: sid,
                        account: fixture.account,
                        key: key,
                        body: JSONText(text: "{}"),
                        ending: ending,
                        at: DeskFixture.start
                    )
                )
            }
            #expect(try await outcome(fixture, sid) == "abandoned")
            let unknown = try await director.hear(
                "call_status",
                of: try callSid(55),
                account: fixture.account,
                key: "1",
                body: JSONText(text: "{}"),
                at: DeskFixture.start
            )
            #expect(unknown)
        }
    }

    // MARK: Parts

    private func withFixture(_ body: (DeskFixture) async throws -> Void) async throws {
        try await withTestDatabase { database in try await body(try await DeskFixture.make(database)) }
    }

    private func arrive(
        _ director: CallDirector,
        _ fixture: DeskFixture,
        _ sid: CallSid,
        after seconds: Double = 0
    ) async throws -> CallAnswer {
        try await director.arrive(
            sid,
            account: fixture.account,
            caller: .withheld,
            called: fixture.number,
            at: DeskFixture.start.addingTimeInterval(seconds)
        )
    }

    /// A call whose first stream is over with this intent.
    private func call(_ fixture: DeskFixture, _ number: Int, intent: CallIntent?) async throws -> CallSid {
        let sid = try callSid(number)
        let begun = try await fixture.streamingCall(sid, try streamSid(number))
        if let intent {
            let session = SessionKey(call: begun.call.reference, stream: begun.stream, epoch: begun.epoch)
            try await fixture.desk.write([.intent(intent)], of: session)
        }
        return sid
    }

    private func dial(_ fixture: DeskFixture, announcing text: String?) throws -> CallAnswer {
        .dial(
            DialInstruction(
                number: try #require(E164("+43732900200")),
                callerID: fixture.number,
                timeoutSeconds: 20,
                announcement: text.map { Announcement($0, language: "de-DE") },
                whispers: true
            )
        )
    }

    private func outcome(_ fixture: DeskFixture, _ sid: CallSid) async throws -> String? {
        try await fixture.database.app.withTenant(fixture.tenant) { transaction in
            try transaction.queryOne("SELECT outcome FROM call WHERE call_sid = \(sid)")?.getOptional("outcome")
        }
    }
}
