import Kernel
import Numbers
import Testing
import Twilio

@Suite("Where the carrier brings a number's calls")
struct CarrierRouteTests {
    private static let ours = VoiceAddresses(
        voice: "https://voice.example/twilio/voice",
        fallback: "https://voice.example/twilio/voice/fallback",
        status: "https://voice.example/twilio/call/status"
    )
    private static let sister = "https://b.example/twilio/voice"

    private func route(
        _ voice: String?,
        fallback: String? = Self.ours.fallback,
        method: String? = "POST",
        _ override: IncomingNumber.Override? = nil
    ) throws -> CarrierRoute {
        CarrierRoute(
            IncomingNumber(
                sid: try #require(NumberSid("PN1")),
                accountSid: try #require(AccountSid("AC1")),
                number: try #require(E164("+4312345")),
                voiceURL: voice,
                voiceMethod: method,
                voiceFallbackURL: fallback,
                statusCallback: nil,
                override: override
            ),
            ours: Self.ours
        )
    }

    @Test(
        "our own address is ours in every spelling",
        arguments: [
            ours.voice, "HTTPS://Voice.Example/twilio/voice", "https://voice.example:443/twilio/voice",
        ]
    )
    func own(_ voice: String) throws {
        #expect(try route(voice) == .ours)
        #expect(try route(voice, fallback: sisterFallback) == .ours)
        #expect(try route(voice, fallback: nil) == .withoutFallback)
        #expect(try route(voice, fallback: "https://voice.example/other") == .withoutFallback)
    }

    private var sisterFallback: String { Self.sister + "/fallback" }

    @Test("another process of ours is one that we stand in for")
    func sisters() throws {
        #expect(try route(Self.sister) == .ours)
        #expect(try route(Self.sister, fallback: sisterFallback) == .elsewhere(.host("b.example")))
        #expect(try route("https://b.example/twilio/voice2") == .elsewhere(.host("b.example")))
    }

    @Test("everything else is elsewhere, and nothing of an address is told but its host")
    func elsewhere() throws {
        #expect(try route(nil) == .elsewhere(.nowhere))
        #expect(try route("https://a.example/x?token=geheim") == .elsewhere(.host("a.example")))
        #expect(try route(Self.ours.voice + "?a=1") == .elsewhere(.host("voice.example")))
        #expect(try route("http://voice.example/twilio/voice", fallback: nil) == .elsewhere(.host("voice.example")))
        #expect(try route(Self.ours.voice, method: "GET") == .elsewhere(.wrongMethod))
        #expect(try route(Self.ours.voice, .trunk(sid: "TK1")) == .elsewhere(.trunk(sid: "TK1")))
        #expect(try route(Self.ours.voice, .application(sid: "AP1")) == .elsewhere(.application(sid: "AP1")))
    }
}
