package import Kernel
package import LanguageModel
package import Logging
package import Speech

/// The providers one call talks to, and the names they are counted under.
package struct CallServices: Sendable {
    package var recogniser: any Recognizer
    package var synthesiser: any Synthesizer
    /// The same voice with a memory, for texts that many calls say alike.
    package var phrases: any Synthesizer
    package var model: any ChatModel
    package var recognitionModel: String
    package var time: TimeSource
    package var policy: CallPolicy
    package var detector: VoiceActivityDetector.Configuration
    package var metrics: CallMetrics
    package var logger: Logger
    package var speechProvider: String
    package var modelProvider: String

    package init(
        recogniser: any Recognizer,
        synthesiser: any Synthesizer,
        phrases: (any Synthesizer)? = nil,
        model: any ChatModel,
        recognitionModel: String,
        time: TimeSource,
        policy: CallPolicy = CallPolicy(),
        detector: VoiceActivityDetector.Configuration = VoiceActivityDetector.Configuration(),
        metrics: CallMetrics,
        logger: Logger,
        speechProvider: String = "google",
        modelProvider: String = "chat_completions"
    ) {
        self.recogniser = recogniser
        self.synthesiser = synthesiser
        self.phrases = phrases ?? synthesiser
        self.model = model
        self.recognitionModel = recognitionModel
        self.time = time
        self.policy = policy
        self.detector = detector
        self.metrics = metrics
        self.logger = logger
        self.speechProvider = speechProvider
        self.modelProvider = modelProvider
    }
}
