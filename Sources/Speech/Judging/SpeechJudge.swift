package import Kernel
package import Logging
package import Telemetry

/// Speaks sentences and listens to them again through the configured providers: the check of an installation, and the
/// way in which an independent server can judge what we send.
package struct SpeechJudge: Sendable {
    package struct Plan: Sendable {
        /// Spoken and recognised, each on its own.
        package var sentences: [String]
        package var voices: [Voice]
        package var recognition: RecognitionSettings
        /// Silence after a sentence, in milliseconds, so that the recogniser sees its end.
        package var pauseMs = 1_500
        /// How often the sentences are said in one recognition; enough of them make streams roll over.
        package var repetitions = 1

        package init(sentences: [String], voices: [Voice], recognition: RecognitionSettings) {
            self.sentences = sentences
            self.voices = voices
            self.recognition = recognition
        }
    }

    /// What one voice said and what was understood of it.
    package struct Finding: Sendable, Equatable, Encodable {
        package let voice: String
        package let soundMs: Int
        package let said: String
        package let understood: String
        package let error: String?

        /// Whether every word was understood, in order; capitals and punctuation do not count.
        package var isRight: Bool { error == nil && Self.words(said) == Self.words(understood) }

        private static func words(_ text: String) -> [String] {
            text.split(whereSeparator: \.isWhitespace)
                .map { $0.lowercased().filter { $0.isLetter || $0.isNumber } }
                .filter { !$0.isEmpty }
        }
    }

    private let recognizer: any Recognizer
    private let synthesizer: any Synthesizer

    package init(recognizer: any Recognizer, synthesizer: any Synthesizer) {
        self.recognizer = recognizer
        self.synthesizer = synthesizer
    }

    /// Checks Google's services, holding the connections to them meanwhile.
    package static func checkGoogle(
        _ plan: Plan,
        configuration: GoogleSpeechConfiguration,
        credentials: GoogleCredentials,
        time: TimeSource,
        logger: Logger,
        metrics: Metrics
    ) async throws -> [Finding] {
        let recognizer = try GoogleRecognizer(
            configuration: configuration,
            credentials: credentials,
            time: time,
            logger: logger,
            metrics: metrics
        )
        let synthesizer = try GoogleSynthesizer(
            configuration: configuration,
            credentials: credentials,
            time: time,
            logger: logger,
            metrics: metrics
        )
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await recognizer.run() }
            group.addTask { try await synthesizer.run() }
            defer { group.cancelAll() }
            return try await Self(recognizer: recognizer, synthesizer: synthesizer).check(plan)
        }
    }

    /// One finding for each voice, in order. The providers' connections must be running.
    package func check(_ plan: Plan) async throws -> [Finding] {
        var findings: [Finding] = []
        for voice in plan.voices { findings.append(try await check(voice, plan)) }
        return findings
    }

    private func check(_ voice: Voice, _ plan: Plan) async throws -> Finding {
        let said = Array(repeating: plan.sentences, count: plan.repetitions).flatMap { $0 }
        var soundMs = 0
        do {
            var sounds: [[UInt8]] = []
            for sentence in plan.sentences {
                var sound: [UInt8] = []
                for try await portion in synthesizer.synthesize(sentence, voice: voice) { sound += portion }
                soundMs += sound.count / AudioTape.bytesPerMs
                sounds.append(sound + [UInt8](repeating: 0xFF, count: plan.pauseMs * AudioTape.bytesPerMs))
            }
            let understood = try await recognize(sounds, plan)
            return Finding(
                voice: voice.name,
                soundMs: soundMs,
                said: said.joined(separator: " "),
                understood: understood,
                error: nil
            )
        } catch let error as SpeechError {
            return Finding(
                voice: voice.name,
                soundMs: soundMs,
                said: said.joined(separator: " "),
                understood: "",
                error: error.description
            )
        }
    }

    private func recognize(_ sounds: [[UInt8]], _ plan: Plan) async throws -> String {
        let chunkBytes = 800
        // Held in memory as a whole: the plan bounds it.
        let audio = AsyncStream<[UInt8]> { input in
            for sound in Array(repeating: sounds, count: plan.repetitions).flatMap({ $0 }) {
                for start in stride(from: 0, to: sound.count, by: chunkBytes) {
                    input.yield(Array(sound[start..<min(start + chunkBytes, sound.count)]))
                }
            }
            input.finish()
        }
        let (events, output) = AsyncStream.makeStream(of: RecognitionEvent.self)
        try await recognizer.recognize(plan.recognition, audio: audio) { output.yield($0) }
        output.finish()
        var finals: [String] = []
        for await event in events {
            if case .final(let text, _) = event { finals.append(text) }
        }
        return finals.joined(separator: " ")
    }
}
