import Calls
import Database
import Foundation
import HTTPTypes
import Kernel
import Localization
import TestSupport
import Testing
import Twilio

@testable import Web

struct TelephonyTests {
    private let sid = "CA00000000000000000000000000000001"

    @Test("a call is connected with the agent; everything after the stream has an address")
    func voiceConnects() async throws {
        try await withFixture { fixture in
            let answer = try await fixture.ask(.voice, fixture.voiceForm(sid))
            #expect(answer.status == 200)
            #expect(VoiceResponse.problems(in: answer.body) == [])
            #expect(answer.body.contains(#"<Connect action="https://voice.example/twilio/voice/continue""#))
            #expect(answer.body.contains(#"<Stream url="wss://voice.example/media""#))
            #expect(answer.body.contains(#"<Parameter name="token""#))
            let call = try #require(CallSid(sid))
            let offer = StreamOffer(ordinal: 0, from: TelephonyFixture.start)
            #expect(answer.body.contains(fixture.token.text(for: call, offer)))
            #expect(try await fixture.ask(.voice, fixture.voiceForm(sid)).body == answer.body)
            #expect(try await fixture.ask(.voiceFallback, fixture.voiceForm(sid)).body == answer.body)
            let pinned = try #require(try await fixture.desk.pinned(call))
            #expect(pinned.tenant == fixture.tenant)
            #expect(pinned.caller.e164?.value == "+436641234567")
        }
    }

    @Test("H4: the signature is checked against the configured address, before anything is looked up")
    func signature() async throws {
        try await withFixture { fixture in
            let form = fixture.voiceForm(sid)
            let url = TelephonyFixture.base + Endpoint.voice.path
            let wrong = [
                "", "AAAA", TelephonyFixture.signature("https://evil.example" + Endpoint.voice.path, form),
                TelephonyFixture.signature(url, form, token: "another"),
                TelephonyFixture.signature(url, fixture.voiceForm("CA2")),
            ]
            for signature in wrong {
                let answer = try await fixture.ask(.voice, form, signature: signature)
                #expect(answer.status == 403)
                #expect(answer.body == "forbidden")
            }
            let rotated = TelephonyFixture.signature(url, form, token: "old token")
            #expect(try await fixture.ask(.voice, form, signature: rotated).status == 200)
            let stranger = form.map { $0.0 == "AccountSid" ? ($0.0, "AC00000000000000000000000000000002") : $0 }
            #expect(try await fixture.ask(.voice, stranger).status == 403)
            let elsewhere = try await fixture.ask(.voice, form, contentType: "application/json")
            #expect(elsewhere.status == 415)
            #expect(try await fixture.ask(.voice, [("AccountSid", fixture.account.value)]).status == 400)
        }
    }

    @Test("A10: an unknown number hears a neutral sentence")
    func neutral() async throws {
        try await withFixture { fixture in
            for to in ["+43732999999", "sip:x@y.example", ""] {
                let answer = try await fixture.ask(.voice, fixture.voiceForm(sid, to: to))
                #expect(answer.status == 200)
                #expect(VoiceResponse.problems(in: answer.body) == [])
                #expect(answer.body.contains("nicht erreichbar"))
                #expect(answer.body.contains("<Hangup"))
            }
        }
    }

    @Test(
        "callers without a number are callers",
        arguments: ["anonymous", "Restricted", "+266696687", "", "sip:a@b.example", "+43664123456789"]
    )
    func callers(from: String) async throws {
        try await withFixture { fixture in
            let form = fixture.voiceForm(sid).map { $0.0 == "From" ? ($0.0, from) : $0 }
            let body1 = try await fixture.ask(.voice, form).body
            #expect(body1.contains("<Stream"))
        }
    }

    @Test("a hand-over dials the person with a whisper, and its end is asked for")
    func handOver() async throws {
        try await withFixture { fixture in
            try await begin(fixture, intent: true)
            let answer = try await fixture.ask(.callContinue, fixture.voiceForm(sid, status: "in-progress"))
            #expect(VoiceResponse.problems(in: answer.body) == [])
            #expect(answer.body.contains("Ich verbinde."))
            #expect(answer.body.contains(#"action="https://voice.example/twilio/dial/ended""#))
            #expect(answer.body.contains(#"callerId="+43732900100""#))
            #expect(answer.body.contains(#"url="https://voice.example/twilio/dial/whisper?call=\#(sid)""#))
            #expect(answer.body.contains(">+43732900200</Number>"))

            let leg = "CA00000000000000000000000000000090"
            let query = "?call=\(sid)"
            let whisper = try await fixture.ask(.whisper, fixture.voiceForm(leg), query: query)
            #expect(VoiceResponse.problems(in: whisper.body) == [])
            #expect(whisper.body.contains("<Gather"))
            #expect(whisper.body.contains("Pickerl"))
            #expect(whisper.body.contains("Drücken Sie die Eins"))

            let accepted = try await fixture.ask(
                .whisperAccepted,
                fixture.voiceForm(leg) + [("Digits", "1")],
                query: query
            )
            #expect(!accepted.body.contains("<Hangup"))
            let declined = try await fixture.ask(.whisperAccepted, fixture.voiceForm(leg), query: query)
            #expect(declined.body.contains("<Hangup"))

            let ended =
                fixture.voiceForm(sid, status: "in-progress") + [
                    ("DialCallStatus", "completed"), ("DialCallSid", leg), ("DialCallDuration", "61"),
                    ("DialBridged", "true"),
                ]
            let body2 = try await fixture.ask(.dialEnded, ended).body
            #expect(body2.contains("<Hangup"))
            let call = try #require(CallSid(sid))
            let reference = try #require(try await fixture.desk.reference(call))
            let segments = try await fixture.desk.segments(reference)
            #expect(segments.map { $0.end.timeIntervalSince($0.start) } == [61])
        }
    }

    @Test(
        "every DialCallStatus leads back into the flow",
        arguments: ["busy", "no-answer", "failed", "canceled", "completed", "something-new"]
    )
    func dialStatuses(status: String) async throws {
        try await withFixture { fixture in
            try await begin(fixture, intent: true)
            _ = try await fixture.ask(.callContinue, fixture.voiceForm(sid, status: "in-progress"))
            let ended =
                fixture.voiceForm(sid, status: "in-progress") + [
                    ("DialCallStatus", status), ("DialBridged", "false"),
                ]
            let answer = try await fixture.ask(.dialEnded, ended)
            #expect(VoiceResponse.problems(in: answer.body) == [])
            #expect(answer.body.contains("<Stream"))
        }
    }

    @Test("J1: after a stream that broke off the caller is connected again, also through the fallback address")
    func brokenStream() async throws {
        try await withFixture { fixture in
            try await begin(fixture, intent: false)
            let form = fixture.voiceForm(sid, status: "in-progress")
            let answer = try await fixture.ask(.voiceFallback, form + [("ErrorCode", "11200")])
            #expect(answer.body.contains("<Stream"))
            let call = try #require(CallSid(sid))
            let offer = StreamOffer(ordinal: 1, from: TelephonyFixture.start)
            #expect(answer.body.contains(fixture.token.text(for: call, offer)))
            #expect(try await fixture.ask(.callContinue, form).body == answer.body)
        }
    }

    @Test("news are taken once and in any order")
    func news() async throws {
        try await withFixture { fixture in
            try await begin(fixture, intent: false)
            let form = [("CallSid", sid), ("AccountSid", fixture.account.value)]
            let completed = form + [("CallStatus", "completed"), ("CallDuration", "33"), ("SequenceNumber", "3")]
            let ringing = form + [("CallStatus", "ringing"), ("SequenceNumber", "1")]
            for news in [completed, ringing, completed] {
                #expect(try await fixture.ask(.callStatus, news).status == 204)
            }
            let leg = form.map { $0.0 == "CallSid" ? ($0.0, "CA90") : $0 } + [("CallStatus", "answered")]
            #expect(try await fixture.ask(.dialStatus, leg, query: "?call=\(sid)").status == 204)
            let stream = form + [("StreamSid", "MZ1"), ("StreamEvent", "stream-stopped")]
            #expect(try await fixture.ask(.streamStatus, stream).status == 204)
            let call = try #require(CallSid(sid))
            let state = try await fixture.desk.pinned(call)?.state
            #expect(state == .ended)
            let unknown = [("CallSid", "CA77"), ("AccountSid", fixture.account.value), ("CallStatus", "busy")]
            #expect(try await fixture.ask(.callStatus, unknown).status == 204)
        }
    }

    @Test(
        "27: only an address of the web is a public base",
        arguments: [
            ("https://voice.example", "wss://voice.example/media"),
            ("https://voice.example:8443/", "wss://voice.example:8443/media"),
            ("http://127.0.0.1:8080", "ws://127.0.0.1:8080/media"), ("HTTPS://a.example", "wss://a.example/media"),
            ("ftp://a.example", nil), ("https://", nil), ("voice.example", nil), ("https://a.example/x", nil),
            ("https://a.example?x", nil), ("https://u:p@a.example", nil),
        ] as [(String, String?)]
    )
    func addresses(base: String, media: String?) {
        #expect(TelephonyAddresses(publicBaseURL: base)?.media == media)
    }

    private func withFixture(_ body: (TelephonyFixture) async throws -> Void) async throws {
        try await withTestDatabase { database in try await body(try await TelephonyFixture.make(database)) }
    }

    /// A call whose first stream is over.
    private func begin(_ fixture: TelephonyFixture, intent: Bool) async throws {
        _ = try await fixture.ask(.voice, fixture.voiceForm(sid))
        let call = try #require(CallSid(sid))
        let stream = try #require(StreamSid("MZ1"))
        let begun = try await fixture.desk.beginStream(
            call,
            account: nil,
            stream: stream,
            ordinal: 0,
            at: TelephonyFixture.start
        ).get()
        guard intent else { return }
        let queue = FactQueue(fixture.desk, time: .still, logger: silent, metrics: fixture.metrics)
        let session = SessionKey(call: begun.call.reference, stream: stream, epoch: begun.epoch)
        let journal = DeskJournal(queue, session, time: .still)
        journal.write(
            .intent(
                .handOver(
                    HandOverIntent(target: "werkstatt", node: "verbinden", summary: "Pickerl", announced: false)
                )
            )
        )
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await queue.run() }
            #expect(await journal.flush(within: .seconds(60)))
            group.cancelAll()
        }
    }
}
