import GRPCCore
package import Kernel
package import Logging
package import Telemetry

/// Google Speech-to-Text v2. One instance serves all calls; each call has one stream at a time, replaced before
/// Google would end it.
package final class GoogleRecognizer: Recognizer {
    private let channel: GoogleChannel
    private let credentials: GoogleCredentials
    private let recognizer: String
    private let limits: RecognitionLimits
    private let languages = GoogleLanguages()
    private let time: TimeSource
    private let logger: Logger
    private let figures: RecognitionFigures

    package init(
        configuration: GoogleSpeechConfiguration,
        credentials: GoogleCredentials,
        time: TimeSource,
        logger: Logger,
        metrics: Metrics
    ) throws {
        channel = try GoogleChannel(endpoint: configuration.speechEndpoint, connections: configuration.connections)
        self.credentials = credentials
        recognizer = GoogleRecognition.recognizer(
            project: credentials.projectID,
            location: configuration.location
        )
        limits = configuration.recognition
        self.time = time
        self.logger = logger
        figures = RecognitionFigures(provider: SpeechError.google, metrics: metrics)
    }

    /// Keeps the connections to Google. Ends when the task is cancelled, which breaks off what is in progress, or after
    /// `shutdown`.
    package func run() async throws {
        try await channel.run()
    }

    /// Takes no further recognitions and lets `run` return once those that go on have ended.
    package func shutdown() {
        channel.shutdown()
    }

    package func recognize(
        _ settings: RecognitionSettings,
        audio: AsyncStream<[UInt8]>,
        onEvent: @escaping @Sendable (RecognitionEvent) -> Void
    ) async throws {
        let session = RecognitionSession(
            limits: limits,
            time: time,
            figures: figures,
            provider: SpeechError.google
        ) { number, isReopening, link in
            await self.converse(settings, isPatient: isReopening, link)
        }
        do {
            try await session.run(audio: audio, onEvent: onEvent)
        } catch let error as SpeechError {
            logger.warning(
                "A recognition failed",
                metadata: ["speech.provider": "\(error.provider)", "speech.error": "\(error.code)"]
            )
            throw error
        }
    }

    /// One stream. Returns its error, or nil if Google ended it in an orderly way.
    private func converse(
        _ settings: RecognitionSettings,
        isPatient: Bool,
        _ link: RecognitionLink
    ) async -> SpeechError? {
        let language = languages.tag(for: settings.language, model: settings.model)
        let configuration = GoogleRecognition.configuration(settings, language: language, recognizer: recognizer)
        var options = CallOptions.defaults
        // The first stream fails at once if Google cannot be reached; a later one waits for the connection, within
        // the time that a stream may take nothing.
        options.waitForReady = isPatient
        do {
            let token = try await credentials.token()
            let metadata = GoogleRecognition.metadata(token: token.reveal(), recognizer: recognizer)
            do {
                try await channel.withClient { client in
                    try await Google_Cloud_Speech_V2_Speech.Client(wrapping: client).streamingRecognize(
                        metadata: metadata,
                        options: options,
                        requestProducer: { writer in
                            try await writer.write(configuration)
                            await link.wrote()
                            for await message in link.messages {
                                try await writer.write(GoogleRecognition.audio(message))
                                await link.wrote()
                            }
                        },
                        onResponse: { response in
                            for try await message in response.messages {
                                for event in GoogleRecognition.events(message) { await link.heard(event) }
                            }
                        }
                    )
                }
                return nil
            } catch let error as RPCError where error.code == .unauthenticated {
                await credentials.reject(token)
                throw error
            } catch let error as RPCError where error.code == .invalidArgument {
                guard languages.refused(language, model: settings.model) else { throw error }
                logger.notice(
                    "A language was refused and is replaced",
                    metadata: ["speech.language": "\(language)", "speech.model": "\(settings.model)"]
                )
                return SpeechError(.invalid, provider: SpeechError.google, code: SpeechError.replacedLanguage)
            }
        } catch {
            return SpeechError(google: error)
        }
    }
}
