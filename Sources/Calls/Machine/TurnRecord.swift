/// One turn of the transcript. The texts are personal data.
package struct TurnRecord: Codable, Sendable, Equatable {
    package enum Speaker: String, Codable, Sendable {
        case caller
        case agent
        case person
        case system
    }

    package var ordinal: Int
    package var speaker: Speaker
    /// What was said, or was to be said.
    package var text: String
    /// What the caller heard of it, where the agent was interrupted.
    package var heard: String?
    package var interrupted: Bool
    /// Audio time of the call in milliseconds, over all its streams.
    package var startedMs: Int
    package var endedMs: Int
    /// Milliseconds from the end of the caller's voice to each stage of the answer, by the stage's name.
    package var latency: [String: Int]
    package var node: String

    package init(
        ordinal: Int,
        speaker: Speaker,
        text: String,
        heard: String? = nil,
        interrupted: Bool = false,
        startedMs: Int,
        endedMs: Int,
        latency: [String: Int] = [:],
        node: String
    ) {
        self.ordinal = ordinal
        self.speaker = speaker
        self.text = text
        self.heard = heard
        self.interrupted = interrupted
        self.startedMs = startedMs
        self.endedMs = endedMs
        self.latency = latency
        self.node = node
    }
}
