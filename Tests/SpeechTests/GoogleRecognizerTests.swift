import Kernel
import Logging
import Speech
import Synchronization
import Telemetry
import Testing

@Suite("Google's recogniser over gRPC")
struct GoogleRecognizerTests {
    private static let settings = RecognitionSettings(
        language: "de-AT",
        phrases: ["Zirbenholz", " ", "Zirbenholz", "Lederhosn"],
        model: "chirp_3"
    )

    final class Listener: Sendable {
        private let state = Mutex<[RecognitionEvent]>([])

        func put(_ event: RecognitionEvent) { state.withLock { $0.append(event) } }

        var events: [RecognitionEvent] { state.withLock { $0 } }

        var finals: [String] {
            events.compactMap { if case .final(let text, _) = $0 { text } else { nil } }
        }

        var words: String { finals.joined(separator: " ") }
    }

    /// Recognises `audio` against a server of our own.
    private func recognize(
        _ audio: AsyncStream<[UInt8]>,
        service: SpeechService,
        settings: RecognitionSettings = Self.settings,
        time: TestTime = TestTime(),
        limits: RecognitionLimits = RecognitionLimits(),
        listener: Listener = Listener()
    ) async throws -> Listener {
        try await withServer([service]) { endpoint in
            var configuration = try GoogleSpeechConfiguration(speechEndpoint: endpoint)
            configuration.recognition = limits
            let recognizer = try GoogleRecognizer(
                configuration: configuration,
                credentials: TestCredentials.numbered(),
                time: time.source,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
                metrics: Metrics()
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await recognizer.run() }
                defer { group.cancelAll() }
                try await recognizer.recognize(settings, audio: audio) { listener.put($0) }
            }
        }
        return listener
    }

    @Test("Words, speech and pauses arrive with the call's times")
    func recognises() async throws {
        let service = SpeechService()
        let sound =
            SpokenWords.silence(ms: 300) + SpokenWords.sound(1...3) + SpokenWords.silence(ms: 800)
            + SpokenWords.sound(4...4)
        let listener = try await recognize(SpokenWords.stream(sound), service: service)
        #expect(
            listener.events == [
                .speechBegan(atMs: 300), .partial("wort1"), .partial("wort1 wort2"), .partial("wort1 wort2 wort3"),
                .final("wort1 wort2 wort3", endMs: 1_200), .speechEnded(atMs: 1_200),
                .speechBegan(atMs: 2_000), .partial("wort4"), .final("wort4", endMs: 2_300),
            ]
        )
        #expect(service.seen.findings.isEmpty)
        #expect(service.seen.tokens == ["Bearer token-1"])
    }

    @Test("The first message says what Google needs to know")
    func configures() async throws {
        let service = SpeechService()
        _ = try await recognize(SpokenWords.stream(SpokenWords.silence(ms: 200)), service: service)
        let request = try #require(service.seen.configurations.first)
        #expect(request.recognizer == "projects/proj-1/locations/eu/recognizers/_")
        let config = request.streamingConfig.config
        #expect(config.model == "chirp_3")
        #expect(config.languageCodes == ["de-AT"])
        let phrases = config.adaptation.phraseSets.flatMap(\.inlinePhraseSet.phrases).map(\.value)
        #expect(phrases == ["Zirbenholz", "Lederhosn"])
    }

    /// How a caller speaks for twelve minutes.
    enum Manner: String, CaseIterable, CustomTestStringConvertible {
        case withPauses, inLongSentences, inMonologues, withoutPause

        /// Words of a sentence and the pause after it, for the nth sentence.
        func sentence(_ number: Int) -> (words: Int, pauseMs: Int) {
            switch self {
            case .withPauses: (3 + number * 7 % 9, 700 + number * 140 % 900)
            case .inLongSentences: (21 + number * 5 % 9, 600)
            case .inMonologues: (150 + number * 11 % 60, 700)
            case .withoutPause: (2_000, 0)
            }
        }

        var testDescription: String { rawValue }
    }

    @Test("J7: twelve minutes lose no word and double none", arguments: zip(Manner.allCases, [3, 0, 3, 1]))
    func rollsOver(manner: Manner, lag: Int) async throws {
        var sound: [UInt8] = []
        var word = 0
        var number = 0
        while sound.count < 12 * 60 * 8_000 {
            let (words, pauseMs) = manner.sentence(number)
            let count = min(words, (12 * 60 * 8_000 - sound.count) / (SpokenWords.wordMs * 8) + 1)
            sound += SpokenWords.sound(word..<word + count) + SpokenWords.silence(ms: pauseMs)
            word += count
            number += 1
        }
        var behaviour = SpeechService.Behaviour()
        behaviour.lag = lag
        let service = SpeechService(behaviour)
        let listener = try await recognize(SpokenWords.stream(sound), service: service)
        #expect(Self.firstDifference(listener.words, word) == nil)
        let streams = service.seen.streamsMs
        #expect(streams.count >= 3)
        #expect(streams.allSatisfy { $0 <= 241_000 })
        #expect(service.seen.findings.isEmpty)
    }

    /// Nil if exactly the words below `words` were heard; else a few words around the first wrong one.
    private static func firstDifference(_ heard: String, _ words: Int) -> String? {
        if heard == SpokenWords.text(0..<words) { return nil }
        let heard = heard.split(separator: " ")
        let index = heard.indices.first { heard[$0] != SpokenWords.text($0) } ?? heard.count
        return "at \(index): \(heard[max(0, index - 3)..<min(heard.count, index + 5)])"
    }

    @Test("J7: a stream that breaks in the middle of a word loses none", arguments: 0..<12)
    func reconnects(step: Int) async throws {
        var behaviour = SpeechService.Behaviour()
        behaviour.failures = [0: (afterMs: 15_000 + step * 130, failure: step % 2 == 0 ? .unavailable : .aborted)]
        behaviour.lag = step % 3
        let service = SpeechService(behaviour)
        var sound: [UInt8] = []
        for sentence in 0..<8 {
            sound += SpokenWords.sound(sentence * 10..<sentence * 10 + 10) + SpokenWords.silence(ms: 600)
        }
        let audio = SpokenWords.stream(sound, aheadMs: 300) { service.heardMs }
        let listener = try await recognize(audio, service: service)
        #expect(Self.firstDifference(listener.words, 80) == nil)
        #expect(service.seen.streamsMs.count == 2)
    }

    @Test("A stream that Google ends by itself is continued by another")
    func earlyEnd() async throws {
        var behaviour = SpeechService.Behaviour()
        behaviour.earlyEnds = [0: 2_000]
        let service = SpeechService(behaviour)
        let audio = SpokenWords.stream(SpokenWords.sound(0..<20), aheadMs: 300) { service.heardMs }
        let listener = try await recognize(audio, service: service)
        #expect(listener.words == SpokenWords.text(0..<20))
    }

    @Test("What fails twice is thrown, with a code and no text of Google's")
    func failsTwice() async throws {
        var behaviour = SpeechService.Behaviour()
        behaviour.failures = [0: (afterMs: 100, failure: .unavailable), 1: (afterMs: 100, failure: .internalError)]
        await #expect(throws: SpeechError(.unavailable, provider: "google", code: "grpc_internal")) {
            _ = try await recognize(SpokenWords.stream(SpokenWords.sound(0..<20)), service: SpeechService(behaviour))
        }
    }

    @Test("A request that Google does not accept is not repeated")
    func refuses() async throws {
        var behaviour = SpeechService.Behaviour()
        behaviour.failures = [0: (afterMs: 100, failure: .permissionDenied)]
        let service = SpeechService(behaviour)
        await #expect(throws: SpeechError(.refused, provider: "google", code: "grpc_permission_denied")) {
            _ = try await recognize(SpokenWords.stream(SpokenWords.sound(0..<20)), service: service)
        }
        #expect(service.seen.streamsMs.count == 1)
    }

    @Test("A rejected token is replaced once")
    func replacesToken() async throws {
        var behaviour = SpeechService.Behaviour()
        behaviour.acceptsAnyToken = false
        behaviour.acceptedToken = "token-2"
        let service = SpeechService(behaviour)
        let listener = try await recognize(SpokenWords.stream(SpokenWords.sound(0..<3)), service: service)
        #expect(listener.words == SpokenWords.text(0..<3))
        #expect(service.seen.tokens == ["Bearer token-1", "Bearer token-2"])
    }

    @Test("A variant of German that the model does not know becomes German")
    func replacesLanguage() async throws {
        var behaviour = SpeechService.Behaviour()
        behaviour.refusedLanguages = ["de-AT"]
        let service = SpeechService(behaviour)
        let listener = try await recognize(SpokenWords.stream(SpokenWords.sound(0..<3)), service: service)
        #expect(listener.words == SpokenWords.text(0..<3))
        #expect(service.seen.configurations.map { $0.streamingConfig.config.languageCodes } == [["de-AT"], ["de-DE"]])
    }

    @Test("While the caller sends nothing the stream is fed silence, and the sentence ends")
    func feedsSilence() async throws {
        let service = SpeechService()
        let time = TestTime()
        let listener = Listener()
        let (audio, input) = AsyncStream.makeStream(of: [UInt8].self)
        for chunk in SpokenWords.chunks(SpokenWords.sound(0..<3)) { input.yield(chunk) }
        // The clock runs much faster here than the connection.
        var limits = RecognitionLimits()
        limits.stalledTicks = .max
        limits.drainTicks = .max
        limits.preferredRollOverMs = .max
        limits.latestRollOverMs = .max
        async let done = recognize(audio, service: service, time: time, limits: limits, listener: listener)
        while listener.finals.isEmpty { await time.advance(.seconds(1)) }
        input.finish()
        _ = try await done
        #expect(listener.words == SpokenWords.text(0..<3))
        #expect(listener.events.last == .speechEnded(atMs: 900))
        #expect(service.seen.findings.isEmpty)
    }

    @Test("A server that accepts connections and never answers fails by the deadline")
    func neverAnswers() async throws {
        let silent = try SilentServer()
        let time = TestTime()
        let recognizer = try GoogleRecognizer(
            configuration: GoogleSpeechConfiguration(speechEndpoint: silent.endpoint),
            credentials: TestCredentials.numbered(),
            time: time.source,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            metrics: Metrics()
        )
        await #expect(throws: SpeechError(.timeout, provider: "google", code: "write_stalled")) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await recognizer.run() }
                defer { group.cancelAll() }
                try await time.moving(by: .seconds(1)) {
                    try await recognizer.recognize(
                        Self.settings,
                        audio: SpokenWords.stream(SpokenWords.sound(0..<9)),
                        onEvent: { _ in }
                    )
                }
            }
        }
    }

    @Test("Cancelling the call ends the recognition")
    func cancels() async throws {
        let (audio, input) = AsyncStream.makeStream(of: [UInt8].self)
        let listener = Listener()
        for chunk in SpokenWords.chunks(SpokenWords.sound(0..<3)) { input.yield(chunk) }
        await #expect(throws: CancellationError.self) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    _ = try await recognize(audio, service: SpeechService(), listener: listener)
                }
                while listener.events.isEmpty { await Task.yield() }
                group.cancelAll()
                try await group.waitForAll()
            }
        }
        input.finish()
    }

    @Test("J12: of a hundred calls on the shared connections, one failing disturbs no other")
    func manyCalls() async throws {
        var behaviour = SpeechService.Behaviour()
        behaviour.failures = [17: (afterMs: 500, failure: .permissionDenied)]
        let service = SpeechService(behaviour)
        let sound = SpokenWords.sound(0..<12)
        let outcomes = try await withServer([service]) { endpoint in
            let recognizer = try GoogleRecognizer(
                configuration: GoogleSpeechConfiguration(speechEndpoint: endpoint),
                credentials: TestCredentials.numbered(),
                time: TestTime().source,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
                metrics: Metrics()
            )
            return await withThrowingTaskGroup(of: Void.self) { run in
                run.addTask { try await recognizer.run() }
                defer { run.cancelAll() }
                return await withTaskGroup(of: String.self) { calls in
                    for _ in 0..<100 {
                        calls.addTask {
                            let listener = Listener()
                            do {
                                try await recognizer.recognize(Self.settings, audio: SpokenWords.stream(sound)) {
                                    listener.put($0)
                                }
                                return listener.words
                            } catch {
                                return "\(error)"
                            }
                        }
                    }
                    return await calls.reduce(into: [String]()) { $0.append($1) }
                }
            }
        }
        #expect(outcomes.filter { $0 == SpokenWords.text(0..<12) }.count == 99)
        #expect(outcomes.filter { $0.contains("grpc_permission_denied") }.count == 1)
    }
}
