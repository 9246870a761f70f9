import Kernel
import Telemetry

/// What is counted about recognition.
struct RecognitionFigures: Sendable {
    let opened: Counter
    let replaced: Counter
    let reopened: Counter
    let failed: Counter
    let active: Gauge

    init(provider: String, metrics: Metrics) {
        func counter(_ outcome: String) -> Counter {
            metrics.counter(
                "voiceagent_speech_recogniser_streams_total",
                help: "Streams to a recogniser: opened for a call, replaced before their end, reopened, failed.",
                labels: [("provider", provider), ("outcome", outcome)]
            )
        }
        opened = counter("opened")
        replaced = counter("replaced")
        reopened = counter("reopened")
        failed = counter("failed")
        active = metrics.gauge(
            "voiceagent_speech_recognitions",
            help: "Recognitions in progress.",
            labels: [("provider", provider)]
        )
    }
}
