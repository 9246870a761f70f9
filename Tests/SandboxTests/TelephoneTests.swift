import Foundation
import Kernel
import Sandbox
import Synchronization
import Testing

private let account = CarrierAccount(sid: "AC1234", authToken: Secret("12345"))

private func plan(_ agent: AgentDouble, _ steps: [CallerStep]) -> DialPlan {
    var plan = DialPlan(
        from: "+436641234567",
        to: "+4315550100",
        voiceURL: agent.base + "/twilio/voice?x=1",
        steps: steps,
        account: account
    )
    plan.pace = 20
    plan.statusCallbackURL = agent.base + "/status"
    return plan
}

private func twiml(_ verbs: String) -> String {
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>\(verbs)</Response>"
}

private let greeting = "Grüß Gott, hier ist der Assistent der Firma Müller. Wie kann ich Ihnen heute behilflich sein?"

@Suite(.serialized)
struct TelephoneTests {
    private func talkativeAgent(
        closesAfterAnswer: Bool = true,
        action: String = "<Say language=\"de-DE\">Auf Wiederhören &amp; danke.</Say><Hangup/>"
    ) async throws -> AgentDouble {
        try await AgentDouble.start(
            answer: { request in
                let port = request.headers.first { $0.0.lowercased() == "host" }?.1.split(separator: ":").last ?? ""
                switch request.path {
                case "/twilio/voice?x=1": return (200, AgentDouble.connect(port: Int(port) ?? 0, callback: true))
                case "/action": return (200, twiml(action))
                default: return (204, "")
                }
            },
            behaviour: { TalkativeBehaviour(greeting: greeting, closesAfterAnswer: closesAfterAnswer) }
        )
    }

    @Test func aCallIsHeardInBothDirections() async throws {
        let agent = try await talkativeAgent()
        let report = await Telephone().dial(
            plan(agent, [.waitForTurn, .expect("firma müller"), .say("Ich möchte einen Ölwechsel.")])
        )
        try await agent.stop()
        #expect(report.problems == [])
        #expect(report.ending == .agentHungUp)
        #expect(report.agentText == greeting + "\nSie sagten: Ich möchte einen Ölwechsel.")
        let spoken = report.lines.filter { $0.speaker != .system }
        #expect(spoken.map(\.speaker) == [.agent, .caller, .agent, .announcement])
        #expect(spoken.last?.text == "Auf Wiederhören & danke.")
        let stream = try #require(report.streams.first)
        #expect(stream.end == "closed")
        #expect(stream.marks == 2)
        #expect(report.answerMs.count == 1)
        #expect((400...3_000).contains(report.answerMs.first ?? 0))
        #expect(report.durationMs > 5_000)
    }

    @Test func requestsAreSignedAndCallbacksArrive() async throws {
        let agent = try await talkativeAgent()
        _ = await Telephone().dial(plan(agent, [.waitForTurn, .say("Ja.")]))
        let requests = agent.requests
        try await agent.stop()
        for request in requests where request.path != "/media" {
            let signature = request.headers.first { $0.0 == "X-Twilio-Signature" }?.1
            let url = agent.base + request.path
            #expect(signature == CarrierSignature.sign(url: url, form: request.form, token: "12345"))
        }
        let socket = try #require(requests.first { $0.path == "/media" })
        let expected = CarrierSignature.sign(url: "ws://127.0.0.1:\(agent.port)/media", token: "12345")
        #expect(socket.headers.contains { $0.0 == "X-Twilio-Signature" && $0.1 == expected })
        let events = requests.filter { $0.path == "/stream" }.compactMap { $0.form["StreamEvent"] }
        #expect(events == ["stream-started", "stream-stopped"])
        let final = try #require(requests.first { $0.path == "/status" })
        #expect(final.form["CallStatus"] == "completed")
        #expect(final.form["SequenceNumber"] == "0")
        #expect(final.form["CallDuration"].flatMap { Int($0) } ?? 0 > 3)
    }

    @Test func anInterruptionCutsWhatIsHeardAndReturnsTheMarks() async throws {
        let agent = try await talkativeAgent()
        let report = await Telephone().dial(
            plan(agent, [.interrupt(afterMs: 1_000, say: "Moment, ich habe eine andere Frage.")])
        )
        try await agent.stop()
        #expect(report.problems == [])
        let first = try #require(report.lines.first { $0.speaker == .agent })
        #expect(first.interrupted)
        #expect(greeting.hasPrefix(first.text))
        #expect(first.text.count < greeting.count)
        #expect(report.streams.first?.clears == 1)
        #expect(report.streams.first?.marks == 2)
        #expect(report.bargeInMs.count == 1)
        #expect((200...2_500).contains(report.bargeInMs.first ?? 0))
        #expect(report.agentText.hasSuffix("Sie sagten: Moment, ich habe eine andere Frage."))
    }

    @Test func anAgentThatStaysSilentFailsTheScript() async throws {
        let agent = try await AgentDouble.start(
            answer: { request in
                let port = request.headers.first { $0.0.lowercased() == "host" }?.1.split(separator: ":").last ?? ""
                return (200, AgentDouble.connect(port: Int(port) ?? 0))
            },
            behaviour: { SilentBehaviour() }
        )
        var plan = plan(agent, [.waitForTurn, .say("Hallo?")])
        plan.patienceMs = 2_000
        let report = await Telephone().dial(plan)
        try await agent.stop()
        #expect(!report.ok)
        #expect(report.ending == .callerHungUp)
        #expect(report.problems == ["Der Agent hat 2 s lang nichts gesagt"])
    }

    @Test func theFallbackIsAskedWithTheError() async throws {
        let agent = try await AgentDouble.start(answer: { request in
            request.path.hasPrefix("/fallback") ? (200, twiml("<Say>Bitte später.</Say><Hangup/>")) : (500, "")
        })
        var plan = plan(agent, [])
        plan.fallbackURL = agent.base + "/fallback"
        let report = await Telephone().dial(plan)
        let fallback = agent.requests.first { $0.path == "/fallback" }
        try await agent.stop()
        #expect(report.ok)
        #expect(report.lines.contains { $0.text == "Bitte später." })
        #expect(fallback?.form["ErrorCode"] == "11200")
        #expect(fallback?.form["ErrorUrl"] == agent.base + "/twilio/voice?x=1")
    }

    @Test(arguments: DialPlan.AbnormalEnd.allCases)
    func aBrokenStreamEndsAsTheCarrierIsSet(end: DialPlan.AbnormalEnd) async throws {
        final class Breaks: StreamBehaviour {
            func received(_ event: String, _ message: [String: Any], _ line: AgentLine) {
                if event == "media" { line.breakOff() }
            }
        }
        let agent = try await AgentDouble.start(
            answer: { request in
                let port = request.headers.first { $0.0.lowercased() == "host" }?.1.split(separator: ":").last ?? ""
                return request.path == "/action"
                    ? (200, twiml("<Hangup/>")) : (200, AgentDouble.connect(port: Int(port) ?? 0))
            },
            behaviour: { Breaks() }
        )
        var plan = plan(agent, [])
        plan.abnormalEnd = end
        let report = await Telephone().dial(plan)
        let wasAsked = agent.requests.contains { $0.path == "/action" }
        try await agent.stop()
        #expect(report.ending == (end == .action ? .agentHungUp : .streamBroke))
        #expect(wasAsked == (end == .action))
        #expect(report.streams.first?.end == "broken")
    }

    @Test func ordersOfTheRESTInterfaceReachTheCall() async throws {
        let agent = try await AgentDouble.start(
            answer: { request in
                let port = request.headers.first { $0.0.lowercased() == "host" }?.1.split(separator: ":").last ?? ""
                return request.path == "/redirected"
                    ? (200, twiml("<Say>Umgeleitet.</Say><Hangup/>")) : (200, AgentDouble.connect(port: Int(port) ?? 0))
            },
            behaviour: { TalkativeBehaviour(greeting: "Hallo.", closesAfterAnswer: false) }
        )
        let exchange = Exchange()
        let base = agent.base
        let telephone = Telephone(exchange: exchange) { line in
            guard line.speaker == .agent, let call = exchange.calls.first else { return }
            _ = exchange.give(.redirect(url: base + "/redirected", method: "POST"), to: call.sid)
        }
        let report = await telephone.dial(plan(agent, []))
        try await agent.stop()
        #expect(report.ok)
        #expect(report.lines.contains { $0.text == "Umgeleitet." })
        #expect(exchange.calls.first?.status == "completed")
        #expect(!exchange.give(.complete, to: report.callSid))
    }

    @Test func aDroppedLineSendsNoStop() async throws {
        let agent = try await talkativeAgent(closesAfterAnswer: false)
        var plan = plan(agent, [.waitForTurn, .say("Ja."), .silence(ms: 60_000)])
        plan.dropAfterMs = 3_000
        let report = await Telephone().dial(plan)
        try await agent.stop()
        #expect(report.ending == .lineDropped)
        #expect((3_000...3_200).contains(report.durationMs))
    }

    @Test func pressedKeysReachGatherAndStream() async throws {
        let agent = try await AgentDouble.start(answer: { request in
            let gather = "<Gather numDigits=\"2\" action=\"/keys\"><Say>Zwei Tasten.</Say></Gather>"
            return request.path == "/keys" ? (200, twiml("<Say>Danke.</Say>")) : (200, twiml(gather))
        })
        let report = await Telephone().dial(plan(agent, [.waitForTurn, .digits("42")]))
        let keys = agent.requests.first { $0.path == "/keys" }?.form["Digits"]
        try await agent.stop()
        #expect(report.ok)
        #expect(keys == "42")
    }

    @Test func aCallCanBeRejected() async throws {
        let agent = try await AgentDouble.start(answer: { _ in (200, twiml("<Reject reason=\"busy\"/>")) })
        let report = await Telephone().dial(plan(agent, []))
        try await agent.stop()
        #expect(report.ending == .rejected)
    }

    @Test func everyCopyOfARequestMustGetTheSameAnswer() async throws {
        let counter = Counter()
        let agent = try await AgentDouble.start(answer: { _ in
            (200, twiml("<Say>\(counter.next())</Say>"))
        })
        var plan = plan(agent, [])
        plan.webhookCopies = 2
        let report = await Telephone().dial(plan)
        let tokens = Set(
            agent.requests.filter { $0.path.hasPrefix("/twilio") }
                .compactMap { $0.headers.first { $0.0 == "I-Twilio-Idempotency-Token" }?.1 }
        )
        try await agent.stop()
        #expect(!report.ok)
        #expect(tokens.count == 1)
    }

    @Test func twentyCallsAtOnceAreSummedUp() async throws {
        let agent = try await talkativeAgent()
        let template = plan(agent, [.waitForTurn, .say("Ja bitte.")])
        let summary = await LoadRun(calls: 20, rate: 200, telephone: Telephone()).run(plan: { _ in template })
        try await agent.stop()
        #expect(summary.problems == [:])
        #expect(summary.ok == 20)
        #expect(summary.firstSoundMs?.count == 20)
    }
}

final class Counter: Sendable {
    private let value = Mutex(0)

    func next() -> Int {
        value.withLock {
            $0 += 1
            return $0
        }
    }
}
