package import Telemetry

/// The figures of running calls. No label names a tenant or a call.
package struct CallMetrics: Sendable {
    let active: Gauge
    let started: Counter
    let overflowed: Counter
    let droppedAudio: Counter
    let interruptions: Counter
    let firstSound: Histogram
    let endOfTurn: Histogram
    let firstToken: Histogram
    let recogniserFailures: Counter
    let synthesiserFailures: Counter
    let modelFailures: Counter

    package init(_ metrics: Metrics) {
        active = metrics.gauge("voiceagent_calls_active", help: "Calls whose media stream is open.")
        started = metrics.counter("voiceagent_calls_started_total", help: "Media streams taken.")
        overflowed = metrics.counter(
            "voiceagent_call_mailbox_overflows_total",
            help: "Calls handed over because their mailbox was full."
        )
        droppedAudio = metrics.counter(
            "voiceagent_recogniser_audio_dropped_total",
            help: "Pieces of 100 ms that were dropped because the recogniser did not keep up."
        )
        interruptions = metrics.counter("voiceagent_interruptions_total", help: "Times a caller stopped the agent.")
        func stage(_ name: String) -> Histogram {
            metrics.histogram(
                "voiceagent_turn_latency_seconds",
                help: "From the end of the caller's voice to a stage of the answer.",
                buckets: Histogram.Buckets.latency,
                labels: [("stage", name)]
            )
        }
        endOfTurn = stage("end_of_turn")
        firstToken = stage("first_token")
        firstSound = stage("first_sound")
        func failures(_ stage: String) -> Counter {
            metrics.counter(
                "voiceagent_provider_failures_total",
                help: "Requests to a provider that failed during a call.",
                labels: [("stage", stage)]
            )
        }
        recogniserFailures = failures("recogniser")
        synthesiserFailures = failures("synthesiser")
        modelFailures = failures("model")
    }

    func observe(_ turn: TurnRecord) {
        if turn.interrupted { interruptions.increment() }
        func observe(_ stage: String, _ histogram: Histogram) {
            if let milliseconds = turn.latency[stage] { histogram.observe(Double(milliseconds) / 1_000) }
        }
        observe("end_of_turn_ms", endOfTurn)
        observe("first_token_ms", firstToken)
        observe("first_sound_ms", firstSound)
    }
}
