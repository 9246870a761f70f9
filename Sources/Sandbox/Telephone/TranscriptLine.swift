/// One line of a call as it was heard at the telephone.
package struct TranscriptLine: Sendable, Equatable, Codable {
    package enum Origin: String, Sendable, Codable {
        /// The agent, through the media stream.
        case agent
        /// The one who calls.
        case caller
        /// What the carrier itself says out of TwiML.
        case announcement
        /// The person who was dialled.
        case person
        /// What the dialled person hears before being connected.
        case whisper
        /// What happened on the line.
        case system

        package var germanName: String {
            switch self {
            case .agent: "Agent"
            case .caller: "Anrufer"
            case .announcement: "Ansage"
            case .person: "Person"
            case .whisper: "Flüstern"
            case .system: "System"
            }
        }
    }

    package let speaker: Origin
    /// What was heard; for the caller, what was said.
    package let text: String
    /// Audio time since the call was answered.
    package let startMs: Int
    package let endMs: Int
    /// The agent was cut off before the end of what had been queued.
    package let interrupted: Bool

    package init(speaker: Origin, text: String, startMs: Int, endMs: Int, interrupted: Bool = false) {
        self.speaker = speaker
        self.text = text
        self.startMs = startMs
        self.endMs = endMs
        self.interrupted = interrupted
    }

    /// `00:03.2  Agent: …`
    package var rendered: String {
        Self.time(startMs) + "  " + speaker.germanName + ": " + text + (interrupted ? " … (unterbrochen)" : "")
    }

    package static func time(_ ms: Int) -> String {
        let tenths = ms / 100
        let minutes = tenths / 600
        let seconds = tenths / 10 % 60
        return (minutes < 10 ? "0" : "") + "\(minutes):" + (seconds < 10 ? "0" : "") + "\(seconds).\(tenths % 10)"
    }
}
