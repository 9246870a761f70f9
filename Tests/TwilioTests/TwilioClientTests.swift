import AsyncHTTPClient
import Foundation
import Kernel
import TestSupport
import Testing
import Twilio

@Suite("REST client")
struct TwilioClientTests {
    private let number: E164
    private let call: CallSid
    private let account: AccountSid

    init() throws {
        number = try #require(E164("+4312345"))
        call = try #require(CallSid("CA1"))
        account = try #require(AccountSid("AC1"))
    }

    @Test func aNumberIsFoundByEqualityAfterAPartialMatchAndOverPages() async throws {
        let first = """
            {"incoming_phone_numbers": [\(resource("PN1", "+43123456")), \(resource("PN2", "+1431234567"))],
             "next_page_uri": "/2010-04-01/Accounts/AC1/IncomingPhoneNumbers.json?Page=1&PageToken=x"}
            """
        let second = """
            {"incoming_phone_numbers": [\(resource("PN3", "+4312345", #""trunk_sid": "TK1","#))], "next_page_uri": null}
            """
        let pages = { @Sendable (request: LoopbackServer.Request) -> LoopbackServer.Answer in
            .init(200, request.target.contains("Page=1") ? second : first)
        }
        try await LoopbackServer.run(answering: pages) { server in
            let found = try await client(server).incomingNumber(exactly: number)
            #expect(found?.sid.value == "PN3")
            #expect(found?.number == number)
            #expect(found?.voiceURL == "https://a.example/voice")
            #expect(found?.voiceFallbackURL == nil)
            #expect(found?.override == .trunk(sid: "TK1"))
            let request = try #require(server.requests.first)
            #expect(
                request.target
                    == "/2010-04-01/Accounts/AC1/IncomingPhoneNumbers.json?PhoneNumber=%2B4312345&PageSize=100"
            )
            let expected = "Basic " + Data("AC1:token".utf8).base64EncodedString()
            #expect(request.headers["authorization"] == expected)
        }
    }

    @Test func aNumberThatOnlyMatchesInPartIsNotOurs() async throws {
        let page = #"{"incoming_phone_numbers": [\#(resource("PN1", "+43123456"))], "next_page_uri": null}"#
        try await LoopbackServer.run(answering: .init(200, page)) { server in
            let found = try await client(server).incomingNumber(exactly: number)
            #expect(found == nil)
        }
    }

    @Test func anApplicationInPlaceOfTheURLIsReported() async throws {
        let owned = resource("PN1", "+4312345", #""trunk_sid": "", "voice_application_sid": "AP1","#)
        let page = #"{"incoming_phone_numbers": [\#(owned)]}"#
        try await LoopbackServer.run(answering: .init(200, page)) { server in
            let found = try await client(server).incomingNumber(exactly: number)
            #expect(found?.override == .application(sid: "AP1"))
        }
    }

    @Test func aNumberIsDirectedToAddressesAndDetachedFromWhatStoodBeforeThem() async throws {
        let answer = resource("PN1", "+4312345", #""voice_method": "POST", "trunk_sid": null,"#)
        let sid = try #require(NumberSid("PN1"))
        try await LoopbackServer.run(answering: .init(200, answer)) { server in
            let found = try await client(server).direct(
                sid,
                to: VoiceAddresses(
                    voice: "https://a.example/voice",
                    fallback: "https://b.example/voice?x=1",
                    status: "https://a.example/status"
                )
            )
            #expect(found.number == number && found.override == nil && found.voiceMethod == "POST")
            let request = try #require(server.requests.first)
            #expect(request.method == "POST")
            #expect(request.target == "/2010-04-01/Accounts/AC1/IncomingPhoneNumbers/PN1.json")
            #expect(
                request.body == "VoiceUrl=https%3A%2F%2Fa.example%2Fvoice&VoiceMethod=POST"
                    + "&VoiceFallbackUrl=https%3A%2F%2Fb.example%2Fvoice%3Fx%3D1&VoiceFallbackMethod=POST"
                    + "&StatusCallback=https%3A%2F%2Fa.example%2Fstatus&StatusCallbackMethod=POST"
                    + "&VoiceApplicationSid=&TrunkSid="
            )
        }
    }

    @Test(arguments: ["https://elsewhere.example/", "/2010-04-01/Accounts/AC2/IncomingPhoneNumbers.json"])
    func aPageElsewhereIsNotFollowed(next: String) async throws {
        let page = #"{"incoming_phone_numbers": [], "next_page_uri": "\#(next)"}"#
        try await LoopbackServer.run(answering: .init(200, page)) { server in
            await #expect(throws: TwilioError.unexpectedAnswer) {
                try await client(server).incomingNumber(exactly: number)
            }
            #expect(server.requests.count == 1)
        }
    }

    @Test func callsAreRedirectedHungUpAndRead() async throws {
        let answer = """
            {"sid": "CA1", "parent_call_sid": null, "status": "completed", "duration": "80",
             "start_time": "Sun, 22 Nov 2026 09:54:13 +0000", "end_time": "Sun, 22 Nov 2026 09:55:33 +0000"}
            """
        try await LoopbackServer.run(answering: .init(200, answer)) { server in
            let client = try client(server)
            try await client.redirect(call: call, to: "https://a.example/x?a=1&b=ä")
            try await client.complete(call: call)
            let read = try await client.call(call)
            #expect(read?.status == .completed)
            #expect(read?.durationSeconds == 80)
            #expect(read?.endedAt == Date(timeIntervalSince1970: 1_795_341_333))
            #expect(server.requests.map(\.method) == ["POST", "POST", "GET"])
            #expect(Set(server.requests.map(\.target)) == ["/2010-04-01/Accounts/AC1/Calls/CA1.json"])
            #expect(
                server.requests.map(\.body) == [
                    "Url=https%3A%2F%2Fa.example%2Fx%3Fa%3D1%26b%3D%C3%A4&Method=POST", "Status=completed", "",
                ]
            )
        }
    }

    @Test(
        "Refusals keep status and number and say whether to try again",
        arguments: [
            (401, #"{"code": 20003}"#, .unauthorized), (404, #"{"code": 20404}"#, .refused(status: 404, code: 20_404)),
            (400, #"{"code": 21220}"#, .refused(status: 400, code: 21_220)),
            (400, "<html>", .refused(status: 400, code: nil)), (429, "", .rateLimited(retryAfterSeconds: 7)),
            (503, "", .failed(status: 503)), (200, "[]", .unexpectedAnswer),
        ] as [(Int, String, TwilioError)]
    )
    func refusals(status: Int, body: String, error: TwilioError) async throws {
        let answer = LoopbackServer.Answer(status, headers: ["Retry-After": "7"], body)
        try await LoopbackServer.run(answering: answer) { server in
            await #expect(throws: error) { try await client(server).complete(call: call) }
            #expect(error.isRetryable == (status == 429 || status == 503))
            #expect(error.meansCallIsOver == (status == 404 || body.contains("21220")))
        }
    }

    @Test func aCallTheAccountDoesNotKnowIsNil() async throws {
        try await LoopbackServer.run(answering: .init(404, "{}")) { server in
            let found = try await client(server).call(call)
            #expect(found == nil)
        }
    }

    @Test func aConnectionThatBreaksIsUnavailable() async throws {
        let broken = LoopbackServer.Answer(200, pieces: [Array("{".utf8)], ending: .abort)
        try await LoopbackServer.run(answering: broken) { server in
            let client = try client(server)
            await #expect(throws: TwilioError.unavailable) { try await client.complete(call: call) }
        }
    }

    @Test func regionNeedsAnEdge() throws {
        #expect(try TwilioAPIBase(override: nil, region: nil, edge: nil).url == "https://api.twilio.com")
        #expect(
            try TwilioAPIBase(override: nil, region: "ie1", edge: "dublin").url == "https://api.dublin.ie1.twilio.com"
        )
        #expect(
            try TwilioAPIBase(override: nil, region: nil, edge: "frankfurt").url
                == "https://api.frankfurt.us1.twilio.com"
        )
        #expect(try TwilioAPIBase(override: "http://127.0.0.1:9/", region: nil, edge: nil).url == "http://127.0.0.1:9")
        #expect(throws: TwilioAPIBase.Invalid.regionWithoutEdge) {
            try TwilioAPIBase(override: nil, region: "ie1", edge: nil)
        }
        #expect(throws: TwilioAPIBase.Invalid.malformedName) {
            try TwilioAPIBase(override: nil, region: "ie1.evil/", edge: "dublin")
        }
        #expect(throws: TwilioAPIBase.Invalid.malformedURL) {
            try TwilioAPIBase(override: "ftp://a", region: nil, edge: nil)
        }
        #expect(throws: TwilioAPIBase.Invalid.urlWithRegion) {
            try TwilioAPIBase(override: "https://a", region: "ie1", edge: "dublin")
        }
    }

    @Test func anAnswerThatNeverEndsMeetsItsLimit() async throws {
        let endless = LoopbackServer.Answer(200, pieces: [Array("{".utf8)], ending: .silence)
        try await LoopbackServer.run(answering: endless) { server in
            let client = try client(server, time: .over)
            await #expect(throws: TwilioError.timeout) { try await client.complete(call: call) }
        }
    }

    private func client(_ server: LoopbackServer, time: TimeSource = .still) throws -> TwilioClient {
        TwilioClient(
            credentials: TwilioCredentials(accountSid: account, token: Secret("token")),
            base: try TwilioAPIBase(override: server.url, region: nil, edge: nil),
            http: .shared,
            time: time
        )
    }

    private func resource(_ sid: String, _ number: String, _ more: String = "") -> String {
        """
        {"sid": "\(sid)", "account_sid": "AC1", "phone_number": "\(number)", \(more)
         "voice_url": "https://a.example/voice", "voice_fallback_url": "", "status_callback": null}
        """
    }
}
