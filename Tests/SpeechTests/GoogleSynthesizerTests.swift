import Kernel
import Logging
import Speech
import Telemetry
import Testing

@Suite("Google's synthesiser over gRPC")
struct GoogleSynthesizerTests {
    private static let chirp = Voice(name: "de-DE-Chirp3-HD-Leda", language: "de-DE", speakingRate: 1.2)
    private static let wavenet = Voice(name: "de-DE-Wavenet-G", language: "de-DE", speakingRate: 9)

    private func withSynthesizer<Result: Sendable>(
        _ service: TextToSpeechService,
        time: TestTime = TestTime(),
        _ body: @Sendable (GoogleSynthesizer) async throws -> Result
    ) async throws -> Result {
        try await withServer([service]) { endpoint in
            let synthesizer = try GoogleSynthesizer(
                configuration: GoogleSpeechConfiguration(textToSpeechEndpoint: endpoint),
                credentials: TestCredentials.numbered(),
                time: time.source,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
                metrics: Metrics()
            )
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await synthesizer.run() }
                defer { group.cancelAll() }
                return try await body(synthesizer)
            }
        }
    }

    private static func collect(_ sound: AsyncThrowingStream<[UInt8], any Error>) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await portion in sound { bytes += portion }
        return bytes
    }

    @Test("A Chirp 3 HD voice is streamed as mu-law at 8 kHz")
    func streams() async throws {
        let service = TextToSpeechService()
        let sound = try await withSynthesizer(service) {
            try await Self.collect($0.synthesize("Grüß Gott.", voice: Self.chirp))
        }
        #expect(sound == TextToSpeechService.sound("Grüß Gott."))
        let messages = service.seen.streamed
        #expect(messages.count == 2)
        let config = try #require(messages.first).streamingConfig
        #expect(config.voice.name == "de-DE-Chirp3-HD-Leda")
        #expect(config.voice.languageCode == "de-DE")
        #expect(config.streamingAudioConfig.audioEncoding == .mulaw)
        #expect(config.streamingAudioConfig.sampleRateHertz == 8_000)
        #expect(config.streamingAudioConfig.speakingRate == 1.2)
    }

    @Test("Any other voice is fetched, without its WAV header, at a pace that Google takes")
    func fetches() async throws {
        let service = TextToSpeechService()
        let sound = try await withSynthesizer(service) {
            try await Self.collect($0.synthesize("Auf Wiederhören.", voice: Self.wavenet))
        }
        #expect(sound == TextToSpeechService.sound("Auf Wiederhören."))
        let request = try #require(service.seen.batched.first)
        #expect(request.audioConfig.audioEncoding == .mulaw)
        #expect(request.audioConfig.speakingRate == 2)
    }

    @Test("A text above the limit goes in pieces, in order", arguments: [Self.chirp, Self.wavenet])
    func splits(voice: Voice) async throws {
        let service = TextToSpeechService()
        let text = (1...900).map { "Größe \($0)" }.joined(separator: ", ") + "."
        let sound = try await withSynthesizer(service) {
            try await Self.collect($0.synthesize(text, voice: voice))
        }
        let pieces =
            service.seen.batched.map(\.input.text) + service.seen.streamed.map(\.input.text).filter { !$0.isEmpty }
        #expect(pieces.count == 3)
        #expect(pieces.allSatisfy { $0.utf8.count <= 5_000 })
        #expect(pieces.joined(separator: " ") == text)
        #expect(sound == pieces.flatMap(TextToSpeechService.sound))
    }

    @Test("An empty text is no request and no sound")
    func empty() async throws {
        let service = TextToSpeechService()
        let sound = try await withSynthesizer(service) {
            try await Self.collect($0.synthesize(" \n", voice: Self.chirp))
        }
        #expect(sound.isEmpty)
        #expect(service.seen.streamed.isEmpty)
    }

    @Test("A failure before the first sound is tried once more", arguments: [Self.chirp, Self.wavenet])
    func retries(voice: Voice) async throws {
        let sound = try await withSynthesizer(TextToSpeechService(failures: [.unavailable])) {
            try await Self.collect($0.synthesize("Ja.", voice: voice))
        }
        #expect(sound == TextToSpeechService.sound("Ja."))
    }

    @Test("Then it is thrown, as what it is")
    func fails() async throws {
        await #expect(throws: SpeechError(.unavailable, provider: "google", code: "grpc_unavailable")) {
            _ = try await withSynthesizer(TextToSpeechService(failures: [.unavailable, .unavailable])) {
                try await Self.collect($0.synthesize("Ja.", voice: Self.chirp))
            }
        }
        await #expect(throws: SpeechError(.quota, provider: "google", code: "grpc_resource_exhausted")) {
            _ = try await withSynthesizer(TextToSpeechService(failures: [.resourceExhausted])) {
                try await Self.collect($0.synthesize("Ja.", voice: Self.chirp))
            }
        }
    }

    @Test("A synthesiser that says nothing fails by its deadline", arguments: [Self.chirp, Self.wavenet])
    func stalls(voice: Voice) async throws {
        let time = TestTime()
        await #expect(throws: SpeechError(.timeout, provider: "google", code: "no_sound")) {
            _ = try await withSynthesizer(TextToSpeechService(isStuck: true), time: time) { synthesizer in
                try await time.moving(by: .seconds(5)) {
                    try await Self.collect(synthesizer.synthesize("Ja.", voice: voice))
                }
            }
        }
    }

    @Test("A text longer than any sentence is refused")
    func tooLong() async throws {
        await #expect(throws: SpeechError(.invalid, provider: "google", code: "text_too_long")) {
            _ = try await withSynthesizer(TextToSpeechService()) {
                try await Self.collect($0.synthesize(String(repeating: "a", count: 20_001), voice: Self.chirp))
            }
        }
    }
}
