import Foundation
import GRPCCore
package import Kernel
package import Logging
import Synchronization
package import Telemetry

/// Google Text-to-Speech v1: streamed for Chirp 3 HD voices, one request a piece of text for the others. One instance
/// serves all calls.
package final class GoogleSynthesizer: Synthesizer {
    /// More than a flow's sentence can be; beyond it the text is refused.
    private static let maximumTextBytes = 20_000
    /// Ten minutes of sound. Whatever the text, a provider that sends more is broken.
    private static let maximumSoundBytes = 4_800_000
    /// One second of sound: what a listener who stops early has too much of.
    private static let portionBytes = 8_000

    private let channel: GoogleChannel
    private let credentials: GoogleCredentials
    private let soundTimeout: Duration
    private let time: TimeSource
    private let logger: Logger
    private let firstSound: Histogram
    private let finished: Counter
    private let failed: Counter

    package init(
        configuration: GoogleSpeechConfiguration,
        credentials: GoogleCredentials,
        time: TimeSource,
        logger: Logger,
        metrics: Metrics
    ) throws {
        channel = try GoogleChannel(
            endpoint: configuration.textToSpeechEndpoint,
            connections: configuration.connections
        )
        self.credentials = credentials
        soundTimeout = configuration.soundTimeout
        self.time = time
        self.logger = logger
        firstSound = metrics.histogram(
            "voiceagent_speech_synthesis_first_sound_seconds",
            help: "From the request of a sentence to its first sound.",
            labels: [("provider", SpeechError.google)]
        )
        func counter(_ outcome: String) -> Counter {
            metrics.counter(
                "voiceagent_speech_syntheses_total",
                help: "Sentences that were to be spoken.",
                labels: [("provider", SpeechError.google), ("outcome", outcome)]
            )
        }
        finished = counter("finished")
        failed = counter("failed")
    }

    /// Keeps the connections to Google. Ends when the task is cancelled, which breaks off what is in progress, or after
    /// `shutdown`.
    package func run() async throws {
        try await channel.run()
    }

    /// Takes no further texts and lets `run` return once those in progress have been spoken.
    package func shutdown() {
        channel.shutdown()
    }

    package func synthesize(_ text: String, voice: Voice) -> AsyncThrowingStream<[UInt8], any Error> {
        AsyncThrowingStream { sound in
            let work = Task {
                do {
                    try await speak(text, voice, into: SoundSink(sound, limit: Self.maximumSoundBytes))
                    finished.increment()
                    sound.finish()
                } catch  where Task.isCancelled {
                    sound.finish(throwing: CancellationError())
                } catch {
                    let error = SpeechError(google: error)
                    failed.increment()
                    logger.warning(
                        "A synthesis failed",
                        metadata: ["speech.provider": "\(error.provider)", "speech.error": "\(error.code)"]
                    )
                    sound.finish(throwing: error)
                }
            }
            sound.onTermination = { _ in work.cancel() }
        }
    }

    private func speak(_ text: String, _ voice: Voice, into sink: SoundSink) async throws {
        guard text.utf8.count <= Self.maximumTextBytes else {
            throw SpeechError(.invalid, provider: SpeechError.google, code: "text_too_long")
        }
        let pieces = TextPieces.split(text, maximumBytes: GoogleSynthesis.maximumTextBytes)
        guard !pieces.isEmpty else { return }
        let begin = time.now()
        sink.onFirst { self.firstSound.observe(self.time.now().timeIntervalSince(begin)) }
        do {
            try await attempt(pieces, voice, into: sink, isPatient: false)
        } catch let error as SpeechError where error.mayReopenStream && !sink.hasSound && !Task.isCancelled {
            // Nothing has been heard of it: asking again cannot double a word.
            try await attempt(pieces, voice, into: sink, isPatient: true)
        }
    }

    private func attempt(_ pieces: [String], _ voice: Voice, into sink: SoundSink, isPatient: Bool) async throws {
        var options = CallOptions.defaults
        options.waitForReady = isPatient
        let deadline = ProgressDeadline(limit: soundTimeout, time: time)
        sink.onSound { deadline.progressed() }
        let late = SpeechError(.timeout, provider: SpeechError.google, code: "no_sound")
        try await deadline.run(orThrow: late) { [options] in
            let token = try await self.credentials.token()
            do {
                try await self.channel.withClient { client in
                    let service = Google_Cloud_Texttospeech_V1_TextToSpeech.Client(wrapping: client)
                    let metadata = GoogleSynthesis.metadata(token: token.reveal())
                    if GoogleSynthesis.isStreamed(voice) {
                        try await Self.stream(pieces, voice, service, metadata, options, into: sink)
                    } else {
                        try await Self.fetch(pieces, voice, service, metadata, options, into: sink)
                    }
                }
            } catch {
                let failure = SpeechError(google: error)
                if failure.code == SpeechError.rejectedToken { await self.credentials.reject(token) }
                throw failure
            }
        }
    }

    private typealias Service = Google_Cloud_Texttospeech_V1_TextToSpeech.ClientProtocol

    private static func stream(
        _ pieces: [String],
        _ voice: Voice,
        _ service: some Service,
        _ metadata: Metadata,
        _ options: CallOptions,
        into sink: SoundSink
    ) async throws {
        try await service.streamingSynthesize(
            metadata: metadata,
            options: options,
            requestProducer: { writer in
                try await writer.write(GoogleSynthesis.configuration(voice))
                for piece in pieces { try await writer.write(GoogleSynthesis.input(piece)) }
            },
            onResponse: { response in
                for try await message in response.messages {
                    try sink.put([UInt8](message.audioContent))
                }
            }
        )
    }

    private static func fetch(
        _ pieces: [String],
        _ voice: Voice,
        _ service: some Service,
        _ metadata: Metadata,
        _ options: CallOptions,
        into sink: SoundSink
    ) async throws {
        var options = options
        // A sentence at a slow pace is larger than gRPC's 4 MiB only if it is longer than we accept anyway.
        options.maxResponseMessageBytes = maximumSoundBytes
        for piece in pieces {
            let response = try await service.synthesizeSpeech(
                GoogleSynthesis.batch(piece, voice),
                metadata: metadata,
                options: options
            )
            let sound: ArraySlice<UInt8>
            do {
                sound = try WaveSound.muLaw8000([UInt8](response.audioContent))
            } catch {
                throw SpeechError(.invalid, provider: SpeechError.google, code: "wave_\(error.rawValue)")
            }
            for start in stride(from: sound.startIndex, to: sound.endIndex, by: portionBytes) {
                try sink.put(Array(sound[start..<min(start + portionBytes, sound.endIndex)]))
            }
        }
    }
}
