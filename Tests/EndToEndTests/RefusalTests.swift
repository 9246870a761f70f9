import Flows
import Foundation
import Kernel
import Sandbox
import Tenants
import Testing

extension EndToEnd.RefusalTests {
    /// The same for every reason, so that a caller learns no difference.
    private static let neutral = "Dieser Anschluss ist derzeit nicht erreichbar."

    private func isTurnedAway(_ stage: Stage, calling number: E164) async throws {
        let report = await stage.dial([], to: number)
        #expect(report.problems == [], "\(report.transcript)")
        #expect(report.ending == .agentHungUp)
        #expect(report.text(of: .announcement).hasPrefix(Self.neutral), "\(report.transcript)")
        #expect(report.streams.isEmpty)
        #expect(try await stage.booked(report.callSid) == nil)
    }

    @Test("A10: a number of nobody's is answered by the neutral announcement, and nothing is written")
    func unknownNumber() async throws {
        try await withStage { stage in
            try await isTurnedAway(stage, calling: Founding.freshNumber())
            var plan = stage.plan([])
            plan.to = "sip:somebody@example.com"
            let report = await stage.dial(plan)
            #expect(report.text(of: .announcement).hasPrefix(Self.neutral), "\(report.transcript)")
        }
    }

    @Test("A10: a suspended tenant's callers hear the neutral announcement until it is active again")
    func suspended() async throws {
        try await withStage { stage in
            let tenant = stage.company.tenant.id
            try await stage.tenants.suspend(tenant, reason: "test", actor: Founding.actor)
            try await isTurnedAway(stage, calling: stage.company.number)
            try await stage.tenants.activate(tenant, reason: "test", actor: Founding.actor)
            let report = await stage.dial([.waitForTurn, .expect("Firma Muster"), .hangUp])
            #expect(report.problems == [], "\(report.transcript)")
        }
    }

    @Test("A10: a number whose flow has no live version is answered by the neutral announcement")
    func noLiveFlow() async throws {
        try await withStage { stage in
            let tenant = stage.company.tenant.id
            _ = try await stage.flows.importDraft(
                tenant,
                name: "entwurf",
                json: FlowText.reception(of: "Entwurf").json,
                actor: Founding.actor
            )
            let found = try await stage.flows.flow(tenant, name: "entwurf")
            let flow = try #require(found)
            let number = Founding.freshNumber()
            try await stage.founding.assign(number, to: tenant, flow)
            try await isTurnedAway(stage, calling: number)
        }
    }

    @Test("H4: what the carrier has not signed for our account is forbidden")
    func signatures() async throws {
        try await withStage(StageOptions { $0.drains = false }) { stage in try await checkSignatures(stage) }
    }

    private func checkSignatures(_ stage: Stage) async throws {
        let number = stage.company.number.value
        let hand = CarrierHand(stage)
        let form = hand.form(to: number)
        let foreign = hand.form(to: number, accountSid: "AC11111111111111111111111111111111")
        let altered = hand.form(to: number, status: "in-progress")
        let token = stage.account.authToken.reveal()
        let right = CarrierSignature.sign(url: stage.baseURL + "/twilio/voice", form: form, token: token)

        #expect(try await hand.post("/twilio/voice", form, signature: "").status == 403)
        #expect(try await hand.post("/twilio/voice", form, signature: "bm9uc2Vuc2U=").status == 403)
        #expect(try await hand.post("/twilio/voice", foreign).status == 403)
        #expect(try await hand.post("/twilio/voice", altered, signature: right).status == 403)
        #expect(try await hand.post("/twilio/voice?x=1", form, signature: right).status == 403)
        #expect(try await hand.post("/twilio/voice/fallback", form, signature: right).status == 403)
        #expect(try await stage.booked(hand.callSid) == nil)

        #expect(try await hand.post("/twilio/voice", form, signature: right).status == 200)
        #expect(try await stage.booked(hand.callSid) != nil)
    }

    // MARK: The media socket

    @Test("H5: a token opens one stream of its own call, and nothing else does")
    func mediaTokens() async throws {
        try await withStage { stage in
            let mine = CarrierHand(stage)
            let other = CarrierHand(stage)
            let token = try #require(try await mine.ring(stage.company.number.value).mediaToken)
            let otherToken = try #require(try await other.ring(stage.company.number.value).mediaToken)
            let socket = MediaHand(stage)

            // Refused at the door: no signature, a wrong one.
            #expect(try await socket.talk(mine.callSid, token, signature: "") == .notOpened(403))
            #expect(try await socket.talk(mine.callSid, token, signature: "bm9uc2Vuc2U=") == .notOpened(403))
            // Let in, and shut out at the `start` message.
            let forged = "0.99999999999." + String(repeating: "0", count: 64)
            let intruders: [(String, String?)] = [
                (mine.callSid, nil), (mine.callSid, ""), (mine.callSid, forged), (mine.callSid, otherToken),
                (other.callSid, token),
                (CarrierSid.make("CA"), token), (mine.callSid, token.replacing(/^0/, with: "1")),
                (mine.callSid, token.uppercased() + "0"),
            ]
            for (call, token) in intruders {
                #expect(try await socket.talk(call, token) == .shut, "\(call) \(token ?? "-")")
            }
            #expect(
                try await stage.figure("voiceagent_speech_recogniser_streams_total") ?? 0 == 0,
                "nobody was listened to"
            )
            #expect(try await stage.figure("voiceagent_calls_started_total") ?? 0 == 0)

            // The right one, once.
            #expect(try await socket.talk(mine.callSid, token) == .answered)
            #expect(try await socket.talk(mine.callSid, token) == .shut)
            #expect(try await stage.figure("voiceagent_calls_started_total") == 1)
            #expect(try await socket.talk(other.callSid, otherToken) == .answered)
            #expect(try await stage.becomesQuiet())
        }
    }
}
