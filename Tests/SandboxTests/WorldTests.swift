import AsyncHTTPClient
import Crypto
import CryptoExtras
import Foundation
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import Kernel
import NIOCore
import NIOHTTP1
import Sandbox
import Speech
import SwiftProtobuf
import Testing

/// A world of its own for one test.
private func withWorld(
    _ change: (inout WorldSettings) -> Void = { _ in },
    _ body: (SandboxWorld) async throws -> Void
) async throws {
    var settings = WorldSettings()
    settings.numbers = ["+4315550100", "+4315550101", "+43155501001", "+49301234567"]
    change(&settings)
    let world = try await SandboxWorld.start(settings)
    do {
        try await body(world)
    } catch {
        await world.shutdown()
        throw error
    }
    await world.shutdown()
}

private struct Reply {
    let status: Int
    let text: String

    var object: [String: Any] {
        get throws { try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:] }
    }
}

private func ask(
    _ world: SandboxWorld,
    _ method: HTTPMethod,
    _ path: String,
    headers: [(String, String)] = [],
    body: String? = nil
) async throws -> Reply {
    var request = HTTPClientRequest(url: world.httpBase + path)
    request.method = method
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    if let body { request.body = .bytes(ByteBuffer(string: body)) }
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
    let text = String(buffer: try await response.body.collect(upTo: 1 << 20))
    return Reply(status: Int(response.status.code), text: text)
}

private func expect(_ status: Int, _ reply: Reply, at location: SourceLocation = #_sourceLocation) {
    #expect(reply.status == status, sourceLocation: location)
}

private func expect(_ code: RPCError.Code, _ answer: RPCError.Code?, at location: SourceLocation = #_sourceLocation) {
    #expect(answer == code, sourceLocation: location)
}

private func basic(_ world: SandboxWorld, token: String? = nil) -> [(String, String)] {
    let token = token ?? world.settings.authToken.reveal()
    let value = Data("\(world.settings.accountSid):\(token)".utf8).base64EncodedString()
    return [("Authorization", "Basic \(value)")]
}

private func base64URL(_ data: Data) -> String {
    data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
}

/// A signed assertion, made by hand from the key file.
private func assertion(_ world: SandboxWorld, changes: [String: Any] = [:], key: Data? = nil) throws -> String {
    let file = try JSONSerialization.jsonObject(with: try world.serviceAccount.json()) as? [String: String] ?? [:]
    let now = Int(Date().timeIntervalSince1970)
    let claims: [String: Any] = [
        "iss": file["client_email"] ?? "", "sub": file["client_email"] ?? "", "aud": file["token_uri"] ?? "",
        "iat": now, "exp": now + 3_600, "scope": "https://www.googleapis.com/auth/cloud-platform",
    ].merging(changes) { $1 }
    let header = base64URL(Data(#"{"alg":"RS256","typ":"JWT"}"#.utf8))
    let signed = header + "." + base64URL(try JSONSerialization.data(withJSONObject: claims))
    let privateKey = try _RSA.Signing.PrivateKey(pemRepresentation: file["private_key"] ?? "")
    let signature = try privateKey.signature(
        for: SHA256.hash(data: Data(signed.utf8)),
        padding: .insecurePKCS1v1_5
    )
    return signed + "." + base64URL(signature.rawRepresentation)
}

private func token(_ world: SandboxWorld, changes: [String: Any] = [:]) async throws -> Reply {
    let form = CarrierForm.encode([
        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
        ("assertion", try assertion(world, changes: changes)),
    ])
    return try await ask(
        world,
        .POST,
        "/token",
        headers: [("Content-Type", "application/x-www-form-urlencoded")],
        body: form
    )
}

private func accessToken(_ world: SandboxWorld) async throws -> String {
    try await token(world).object["access_token"] as? String ?? ""
}

@Suite(.serialized)
struct CarrierRESTTests {
    private func path(_ world: SandboxWorld, _ rest: String) -> String {
        "/2010-04-01/Accounts/\(world.settings.accountSid)/\(rest)"
    }

    @Test func numbersMatchInPartAndComeInPages() async throws {
        try await withWorld { world in
            let found = try await ask(
                world,
                .GET,
                path(world, "IncomingPhoneNumbers.json?PhoneNumber=%2B4315550100"),
                headers: basic(world)
            )
            let numbers = try found.object["incoming_phone_numbers"] as? [[String: Any]] ?? []
            #expect(numbers.compactMap { $0["phone_number"] as? String } == ["+4315550100", "+43155501001"])
            let page = try await ask(
                world,
                .GET,
                path(world, "IncomingPhoneNumbers.json?PageSize=3"),
                headers: basic(world)
            )
            let next = try #require(try page.object["next_page_uri"] as? String)
            let rest = try await ask(world, .GET, next, headers: basic(world))
            #expect((try rest.object["incoming_phone_numbers"] as? [Any])?.count == 1)
        }
    }

    @Test func aNumberIsReadAndChanged() async throws {
        try await withWorld { world in
            world.exchange.register(
                Exchange.Number(phoneNumber: "+431", accountSid: world.settings.accountSid, sid: "PN1")
            )
            func change(_ form: String, _ sid: String = "PN1") async throws -> Reply {
                try await ask(
                    world,
                    .POST,
                    path(world, "IncomingPhoneNumbers/\(sid).json"),
                    headers: basic(world) + [("Content-Type", "application/x-www-form-urlencoded")],
                    body: form
                )
            }
            let application = "AP" + String(repeating: "1", count: 32)
            let trunk = "TK" + String(repeating: "2", count: 32)
            #expect(
                try await change("VoiceUrl=https%3A%2F%2Fa.example%2F&VoiceApplicationSid=\(application)").status == 200
            )
            #expect(try await change("TrunkSid=\(trunk)").status == 200)
            let read = try await ask(world, .GET, path(world, "IncomingPhoneNumbers/PN1.json"), headers: basic(world))
            #expect(try read.object["voice_url"] as? String == "https://a.example/")
            #expect(try read.object["trunk_sid"] as? String == trunk)
            #expect(try read.object["voice_application_sid"] as? String == "")
            let back = try await change("VoiceUrl=&TrunkSid=&VoiceMethod=GET")
            #expect(try back.object["voice_url"] as? String == "")
            let detached = try back.object["trunk_sid"]
            #expect(detached is NSNull)
            #expect(try back.object["voice_method"] as? String == "GET")
            for wrong in ["VoiceUrl=ftp%3A%2F%2Fa", "VoiceMethod=PUT", "TrunkSid=TK1"] {
                #expect(try await change(wrong).status == 400, "\(wrong)")
            }
            #expect(try await change("VoiceUrl=", "PN2").status == 404)
        }
    }

    @Test func aWrongKeyIsRefused() async throws {
        try await withWorld { world in
            let reply = try await ask(
                world,
                .GET,
                path(world, "IncomingPhoneNumbers.json"),
                headers: basic(world, token: "falsch")
            )
            #expect(reply.status == 401)
            #expect(try reply.object["code"] as? Int == 20003)
        }
    }

    @Test func anUnknownCallCannotBeRedirected() async throws {
        try await withWorld { world in
            let reply = try await ask(
                world,
                .POST,
                path(world, "Calls/CA123.json"),
                headers: basic(world) + [("Content-Type", "application/x-www-form-urlencoded")],
                body: "Status=completed"
            )
            #expect(reply.status == 404)
            #expect(try reply.object["code"] as? Int == 20404)
        }
    }
}

@Suite(.serialized)
struct VendorEndpointTests {
    @Test func tokensAreIssuedForGoodAssertionsOnly() async throws {
        try await withWorld { world in
            expect(200, try await token(world))
            let now = Int(Date().timeIntervalSince1970)
            for wrong: [String: Any] in [
                ["aud": "https://example.com"], ["exp": now - 1], ["exp": now + 7_200], ["iss": "x@y"],
                ["scope": "nothing"],
            ] {
                expect(400, try await token(world, changes: wrong))
            }
        }
    }

    @Test func theBalanceNeedsASecretTestKey() async throws {
        try await withWorld { world in
            let good = [("Authorization", "Bearer sk_test_123")]
            expect(200, try await ask(world, .GET, "/v1/balance", headers: good))
            expect(401, try await ask(world, .GET, "/v1/balance"))
            let live = [("Authorization", "Bearer pk_test_123")]
            expect(401, try await ask(world, .GET, "/v1/balance", headers: live))
        }
    }

    private func chat(_ world: SandboxWorld, user: String, tools: String = "") async throws -> Reply {
        let prompt =
            "Du bist freundlich. Öffnungszeiten: Mo. bis Fr. von 8 bis 17 Uhr. Ein Ölwechsel kostet 89 €."
        let body = """
            {"model":"m","stream":true,"messages":[{"role":"system","content":"\(prompt)"},\
            {"role":"user","content":"\(user)"}]\(tools)}
            """
        return try await ask(
            world,
            .POST,
            "/v1/chat/completions",
            headers: [
                ("Authorization", "Bearer \(world.settings.modelKey.reveal())"), ("Content-Type", "application/json"),
            ],
            body: body
        )
    }

    private func text(_ reply: Reply) throws -> String {
        try reply.text.split(separator: "\n").filter { $0.hasPrefix("data: {") }.map { line in
            let chunk = try JSONSerialization.jsonObject(with: Data(line.dropFirst(6).utf8)) as? [String: Any]
            let choice = (chunk?["choices"] as? [[String: Any]])?.first
            return (choice?["delta"] as? [String: Any])?["content"] as? String ?? ""
        }.joined()
    }

    @Test func theModelAnswersOutOfThePrompt() async throws {
        try await withWorld { world in
            let hours = try await chat(world, user: "Wann haben Sie geöffnet? Was sind Ihre Öffnungszeiten?")
            #expect(try text(hours) == "Öffnungszeiten: Mo. bis Fr. von 8 bis 17 Uhr.")
            #expect(hours.text.hasSuffix("data: [DONE]\n\n"))
            #expect(try text(try await chat(world, user: "Was kostet das?")) == "Ein Ölwechsel kostet 89 €.")
        }
    }

    @Test func theModelCallsToolsByName() async throws {
        let tools = """
            ,"tools":[{"type":"function","function":{"name":"hand_over","parameters":{"type":"object","properties":\
            {"target":{"type":"string","enum":["buero","werkstatt"]},"reason":{"type":"string"}},"required":\
            ["target","reason"]}}},{"type":"function","function":{"name":"end_call","parameters":{"type":"object"}}}]
            """
        try await withWorld { world in
            let handOver = try await chat(world, user: "Bitte mit der Werkstatt verbinden.", tools: tools)
            #expect(handOver.text.contains("\"name\":\"hand_over\""))
            #expect(handOver.text.contains("werkstatt"))
            #expect(handOver.text.contains("\"finish_reason\":\"tool_calls\""))
            let end = try await chat(world, user: "Danke, auf Wiederhören.", tools: tools)
            #expect(end.text.contains("\"name\":\"end_call\""))
        }
    }

    @Test func theModelRefusesWhatIsNotOfTheProtocol() async throws {
        try await withWorld { world in
            let key = [
                ("Authorization", "Bearer \(world.settings.modelKey.reveal())"), ("Content-Type", "application/json"),
            ]
            let path = "/v1/chat/completions"
            let wrong = [("Authorization", "Bearer nein"), ("Content-Type", "application/json")]
            let good = #"{"model":"m","messages":[{"role":"user","content":"Hallo"}]}"#
            expect(401, try await ask(world, .POST, path, headers: wrong, body: good))
            expect(200, try await ask(world, .POST, path, headers: key, body: good))
            for body in [
                "{", #"{"model":"m","messages":[]}"#,
                #"{"model":"m","messages":[{"role":"tool","content":"x","tool_call_id":"1"}]}"#,
                #"{"model":"m","messages":[{"role":"user"}]}"#,
            ] {
                expect(400, try await ask(world, .POST, path, headers: key, body: body))
            }
            world.faults.set(.model, .quota, times: 1)
            expect(429, try await ask(world, .POST, path, headers: key, body: good))
            expect(200, try await ask(world, .POST, path, headers: key, body: good))
        }
    }
}

@Suite(.serialized)
struct GoogleServiceTests {
    typealias Recognize = Google_Cloud_Speech_V2_StreamingRecognizeRequest
    private typealias Heard = Google_Cloud_Speech_V2_StreamingRecognizeResponse

    private func withClient<R: Sendable>(
        _ world: SandboxWorld,
        _ body: @Sendable (GRPCClient<HTTP2ClientTransport.Posix>) async throws -> R
    ) async throws -> R {
        let transport = try HTTP2ClientTransport.Posix(
            target: .ipv4(address: "127.0.0.1", port: world.grpcPort),
            transportSecurity: .plaintext
        )
        return try await withGRPCClient(transport: transport) { try await body($0) }
    }

    private func configuration(recognizer: String = "projects/p/locations/eu/recognizers/_") -> Recognize {
        var request = Recognize()
        request.recognizer = recognizer
        request.streamingConfig.config.model = "telephony"
        request.streamingConfig.config.languageCodes = ["de-AT"]
        request.streamingConfig.config.explicitDecodingConfig.encoding = .mulaw
        request.streamingConfig.config.explicitDecodingConfig.sampleRateHertz = 8_000
        request.streamingConfig.config.explicitDecodingConfig.audioChannelCount = 1
        request.streamingConfig.streamingFeatures.interimResults = true
        request.streamingConfig.streamingFeatures.enableVoiceActivityEvents = true
        return request
    }

    private func recognize(
        _ world: SandboxWorld,
        _ requests: [Recognize],
        token: String? = nil
    ) async throws -> [Google_Cloud_Speech_V2_StreamingRecognizeResponse] {
        let bearer: String
        if let token { bearer = token } else { bearer = try await accessToken(world) }
        return try await withClient(world) { client in
            let speech = Google_Cloud_Speech_V2_Speech.Client(wrapping: client)
            return try await speech.streamingRecognize(metadata: ["authorization": "Bearer \(bearer)"]) { writer in
                for request in requests { try await writer.write(request) }
            } onResponse: { response in
                var heard = [Google_Cloud_Speech_V2_StreamingRecognizeResponse]()
                for try await message in response.messages { heard.append(message) }
                return heard
            }
        }
    }

    private func audio(_ sound: [UInt8]) -> [Recognize] {
        stride(from: 0, to: sound.count, by: 800).map { start in
            var request = Recognize()
            request.audio = Data(sound[start..<min(start + 800, sound.count)])
            return request
        }
    }

    @Test func speechIsRecognisedWithEventsAndInterimResults() async throws {
        let silence = [UInt8](repeating: MuLaw.silence, count: 8_000)
        let text = "Ich möchte einen Termin am Dienstag"
        let sound = silence + ModemEncoder().encode(text) + silence + ModemEncoder().encode("Danke") + silence
        try await withWorld { world in
            let heard = try await recognize(world, [configuration()] + audio(sound))
            let finals = heard.flatMap(\.results).filter(\.isFinal)
            #expect(finals.compactMap { $0.alternatives.first?.transcript } == [text, "Danke"])
            let interims = heard.flatMap(\.results).filter { !$0.isFinal }
            #expect(!interims.isEmpty)
            #expect(interims.allSatisfy { text.hasPrefix($0.alternatives.first?.transcript ?? "-") })
            let events = heard.map(\.speechEventType).filter { $0 != .unspecified }
            #expect(events == [.speechActivityBegin, .speechActivityEnd, .speechActivityBegin, .speechActivityEnd])
            let began = try #require(heard.first { $0.speechEventType == .speechActivityBegin })
            let offset = began.speechEventOffset
            #expect(abs(Int(offset.seconds) * 1_000 + Int(offset.nanos) / 1_000_000 - 1_000) <= 20)
        }
    }

    @Test func whatIsPendingIsFinalWhenTheCallerHalfCloses() async throws {
        try await withWorld { world in
            let heard = try await recognize(world, [configuration()] + audio(ModemEncoder().encode("Bis gleich")))
            #expect(heard.last?.results.first?.isFinal == true)
            #expect(heard.last?.results.first?.alternatives.first?.transcript == "Bis gleich")
            #expect(!heard.contains { $0.speechEventType == .speechActivityEnd })
        }
    }

    @Test func theSchemaAndTheLimitsAreEnforced() async throws {
        try await withWorld { world in
            func code(_ requests: [Recognize], token: String? = nil) async throws -> RPCError.Code? {
                do {
                    _ = try await recognize(world, requests, token: token)
                    return nil
                } catch let error as RPCError {
                    return error.code
                }
            }
            let sound = audio([UInt8](repeating: MuLaw.silence, count: 800))
            expect(.unauthenticated, try await code([configuration()] + sound, token: "ya29.fremd"))
            expect(.invalidArgument, try await code(sound))
            expect(.invalidArgument, try await code([configuration(), configuration()]))
            expect(
                .invalidArgument,
                try await code([configuration(recognizer: "projects/p/locations/us/recognizers/_")])
            )
            var large = Recognize()
            large.audio = Data(repeating: MuLaw.silence, count: 25_601)
            expect(.invalidArgument, try await code([configuration(), large]))
            var chunk = Recognize()
            chunk.audio = Data(repeating: MuLaw.silence, count: 24_000)
            expect(.aborted, try await code([configuration()] + [Recognize](repeating: chunk, count: 102)))
            world.faults.set(.recognizer, .error, times: 1)
            expect(.unavailable, try await code([configuration()] + sound))
            let after = try await code([configuration()] + sound)
            #expect(after == nil)
        }
    }

    @Test func synthesisSpeaksTextThatCanBeReadBack() async throws {
        try await withWorld { world in
            let metadata: Metadata = ["authorization": "Bearer \(try await accessToken(world))"]
            let (batch, streamed) = try await withClient(world) { client in
                let speech = Google_Cloud_Texttospeech_V1_TextToSpeech.Client(wrapping: client)
                var request = Google_Cloud_Texttospeech_V1_SynthesizeSpeechRequest()
                request.input.text = "Grüß Gott."
                request.voice.languageCode = "de-DE"
                request.voice.name = "de-DE-Neural2-G"
                request.audioConfig.audioEncoding = .mulaw
                request.audioConfig.sampleRateHertz = 8_000
                let batch = try await speech.synthesizeSpeech(request, metadata: metadata).audioContent
                let streamed = try await speech.streamingSynthesize(metadata: metadata) { writer in
                    var first = Google_Cloud_Texttospeech_V1_StreamingSynthesizeRequest()
                    first.streamingConfig.voice.languageCode = "de-DE"
                    first.streamingConfig.voice.name = "de-DE-Chirp3-HD-Leda"
                    first.streamingConfig.streamingAudioConfig.audioEncoding = .mulaw
                    first.streamingConfig.streamingAudioConfig.sampleRateHertz = 8_000
                    try await writer.write(first)
                    var second = Google_Cloud_Texttospeech_V1_StreamingSynthesizeRequest()
                    second.input.text = "Wie geht es Ihnen?"
                    try await writer.write(second)
                } onResponse: { response in
                    var sound = Data()
                    for try await message in response.messages { sound += message.audioContent }
                    return sound
                }
                return (batch, streamed)
            }
            #expect(batch.prefix(4) == Data("RIFF".utf8))
            var first = ModemDecoder()
            #expect(heard(first.decode([UInt8](batch.dropFirst(44)))) == "Grüß Gott.")
            var second = ModemDecoder()
            #expect(heard(second.decode([UInt8](streamed))) == "Wie geht es Ihnen?")
        }
    }
}
