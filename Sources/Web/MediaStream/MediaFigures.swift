import Calls
import Telemetry

/// What is counted about media streams, over all of them.
struct MediaFigures: Sendable {
    /// What may be wrong with a stream that goes on nevertheless.
    enum Irregularity: String, CaseIterable {
        case gap
        case repetition
        case binary
        case unknownEvent = "unknown_event"
        case malformed
        case invalidBase64 = "invalid_base64"
        case droppedSound = "dropped_sound"
    }

    let active: Gauge
    let messages: Counter
    private let ended: [String: Counter]
    private let irregularities: [Irregularity: Counter]

    init(_ metrics: Metrics) {
        active = metrics.gauge("voiceagent_media_streams_active", help: "Media streams that are open.")
        messages = metrics.counter("voiceagent_media_messages_total", help: "Messages received on media streams.")
        ended = Dictionary(
            uniqueKeysWithValues: ["stopped", "closed_by_peer", "closed_by_us", "lost", "protocol_error"].map {
                let counter = metrics.counter(
                    "voiceagent_media_streams_total",
                    help: "Media streams that ended.",
                    labels: [("outcome", $0)]
                )
                return ($0, counter)
            }
        )
        irregularities = Dictionary(
            uniqueKeysWithValues: Irregularity.allCases.map {
                let counter = metrics.counter(
                    "voiceagent_media_irregularities_total",
                    help: "What was wrong on media streams that went on.",
                    labels: [("kind", $0.rawValue)]
                )
                return ($0, counter)
            }
        )
    }

    func count(_ end: StreamEnd) {
        ended[end.word]?.increment()
    }

    func count(_ irregularity: Irregularity, _ amount: Int = 1) {
        irregularities[irregularity]?.increment(by: amount)
    }
}

extension StreamEnd {
    /// A stable word for logs and metrics.
    var word: String {
        switch self {
        case .stopped: "stopped"
        case .closedByPeer: "closed_by_peer"
        case .closedByUs: "closed_by_us"
        case .lost: "lost"
        case .protocolError: "protocol_error"
        }
    }
}
