import Foundation
import Kernel
import Sandbox
import Testing

struct DiallingTests {
    private func call(
        _ person: DialledPerson,
        delivery: DialPlan.Delivery = .init()
    ) async throws -> (report: DialReport, requests: [AgentDouble.Received]) {
        let agent = try await AgentDouble.start(answer: { request in
            switch request.path {
            case "/voice":
                return (
                    200,
                    """
                    <Response><Dial action="/dial" timeout="15" callerId="+4315550100">\
                    <Number url="/whisper" statusCallback="/leg" statusCallbackEvent="initiated ringing answered completed">\
                    +43155502</Number></Dial></Response>
                    """
                )
            case "/whisper":
                return (
                    200,
                    """
                    <Response><Gather numDigits="1" action="/accepted" timeout="5"><Say>Ein Anruf. Taste 1.</Say></Gather>\
                    <Hangup/></Response>
                    """
                )
            case "/accepted":
                return (200, request.form["Digits"] == "1" ? "<Response/>" : "<Response><Hangup/></Response>")
            case "/dial": return (200, "<Response><Say>Fertig.</Say></Response>")
            default: return (204, "")
            }
        })
        var plan = DialPlan(
            from: "+436641234567",
            to: "+4315550100",
            voiceURL: agent.base + "/voice",
            steps: [],
            account: CarrierAccount(sid: "AC1", authToken: Secret("t"))
        )
        plan.pace = 100
        plan.person = person
        plan.delivery = delivery
        plan.patienceMs = 60_000
        plan.lingerMs = 60_000
        let report = await Telephone().dial(plan)
        let requests = agent.requests
        try await agent.stop()
        return (report, requests)
    }

    @Test func aPersonWhoPressesTheKeyIsConnected() async throws {
        let (report, requests) = try await call(DialledPerson(talkMs: 4_000))
        #expect(report.problems == [])
        let dial = try #require(report.dials.first)
        #expect(dial.bridged)
        #expect(dial.status == "completed")
        #expect(dial.durationSeconds >= 5)
        let outcome = try #require(requests.first { $0.path == "/dial" }).form
        #expect(outcome["DialCallStatus"] == "completed")
        #expect(outcome["DialBridged"] == "true")
        #expect(outcome["DialCallSid"] == dial.callSid)
        #expect(outcome["DialCallDuration"] == String(dial.durationSeconds))
        let legs = requests.filter { $0.path == "/leg" }
        #expect(legs.compactMap { $0.form["CallStatus"] } == ["initiated", "ringing", "in-progress", "completed"])
        #expect(legs.compactMap { $0.form["SequenceNumber"] } == ["0", "1", "2", "3"])
        #expect(legs.allSatisfy { $0.form["ParentCallSid"] == report.callSid })
        #expect(report.lines.contains { $0.speaker == .whisper && $0.text == "Ein Anruf. Taste 1." })
        #expect(report.lines.contains { $0.speaker == .person && $0.text.contains("übernehme") })
    }

    @Test(arguments: [
        (DialledPerson.Answer.busy, "busy", false), (.noAnswer, "no-answer", false), (.failed, "failed", false),
        (.canceled, "canceled", false), (.voicemail, "completed", true), (.decline, "completed", true),
    ])
    func whoeverDoesNotAcceptIsNotConnected(answer: DialledPerson.Answer, status: String, answered: Bool) async throws {
        let (report, requests) = try await call(DialledPerson(answer: answer))
        let outcome = try #require(requests.first { $0.path == "/dial" }).form
        #expect(outcome["DialCallStatus"] == status)
        #expect(outcome["DialBridged"] == "false")
        #expect((outcome["DialCallDuration"] != nil) == answered)
        #expect(report.dials.first?.bridged == false)
        #expect(report.lines.contains { $0.text == "Fertig." })
    }

    @Test func callbacksCanBeDoubledAndReversed() async throws {
        let (_, requests) = try await call(DialledPerson(), delivery: .init(copies: 2, isReversed: true))
        let numbers = requests.filter { $0.path == "/leg" }.compactMap { $0.form["SequenceNumber"] }
        #expect(numbers == ["3", "3", "2", "2", "1", "1", "0", "0"])
    }
}
