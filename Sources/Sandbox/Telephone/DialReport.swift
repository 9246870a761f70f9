/// What became of a call.
package struct DialReport: Sendable, Codable {
    package enum Ending: String, Sendable, Codable {
        case callerHungUp
        /// A `<Hangup>`, or the end of the instructions.
        case agentHungUp
        case rejected
        /// The instructions could not be had, and the fallback neither.
        case noInstructions
        case lineDropped
        /// The stream broke, and the carrier was set to end the call then.
        case streamBroke
        /// By the REST API.
        case completedByREST
        case limitReached
    }

    package struct Request: Sendable, Codable, Equatable {
        /// voice, fallback, action, dial, whisper, gather, redirect, status.
        package let kind: String
        package let url: String
        /// HTTP status; nil if there was no answer.
        package let status: Int?
        /// Real time until the answer was complete.
        package let milliseconds: Double
        /// The carrier's error, if the answer could not be used.
        package let errorCode: Int?
    }

    package struct Stream: Sendable, Codable, Equatable {
        package let sid: String
        package let startMs: Int
        package var audioMs: Int
        /// Audio time from the start of the stream to the first sound from the agent.
        package var firstSoundMs: Int?
        package var clears: Int
        package var marks: Int
        /// Media messages from the agent.
        package var agentMessages: Int
        /// Frames that the far end did not take in time.
        package var droppedFrames: Int
        /// How the stream ended: stopped, closed, broken, refused.
        package var end: String
    }

    package struct Dial: Sendable, Codable, Equatable {
        package let number: String
        package let callSid: String
        package let status: String
        package let bridged: Bool
        /// From the person's answer to the end of the leg.
        package let durationSeconds: Int
    }

    package let callSid: String
    package let from: String
    package let to: String
    package let ending: Ending
    /// Audio time from answer to end.
    package let durationMs: Int
    package let lines: [TranscriptLine]
    package let requests: [Request]
    package let streams: [Stream]
    package let dials: [Dial]
    /// Audio time from the caller's first sound while the agent spoke to the agent's `clear`.
    package let bargeInMs: [Int]
    /// Audio time from the end of the caller's words to the agent's first sound.
    package let answerMs: [Int]
    /// Why the call did not go as scripted; empty if it did.
    package let problems: [String]

    package var ok: Bool { problems.isEmpty }

    /// What the agent was heard to say, joined by line breaks.
    package var agentText: String {
        lines.filter { $0.speaker == .agent }.map(\.text).joined(separator: "\n")
    }
}
