package import Kernel

/// What the carrier shall do with a call next. Kept with the event it answers, so that a repeated request gets the same
/// answer; it therefore holds nothing secret and nothing the caller said.
package enum CallAnswer: Codable, Sendable, Equatable {
    /// Connect the caller with the agent.
    case stream(StreamOffer)
    /// Ring a person.
    case dial(DialInstruction)
    /// Say a sentence and hang up.
    case announce(Announcement)
    case hangUp
    /// The request is not believed; nothing is done with the call.
    case forbidden
}

/// A sentence in the carrier's own voice.
package struct Announcement: Codable, Sendable, Hashable {
    package let text: String
    /// BCP 47.
    package let language: String

    package init(_ text: String, language: String) {
        self.text = text
        self.language = language
    }
}

package struct DialInstruction: Codable, Sendable, Hashable {
    package let number: E164
    /// The number the person sees: the tenant's own, which was called.
    package let callerID: E164
    package let timeoutSeconds: Int
    /// What the caller hears first; nil if the agent has said it.
    package let announcement: Announcement?
    /// Whether the person is told about the call before being connected.
    package let whispers: Bool

    package init(
        number: E164,
        callerID: E164,
        timeoutSeconds: Int,
        announcement: Announcement?,
        whispers: Bool
    ) {
        self.number = number
        self.callerID = callerID
        self.timeoutSeconds = timeoutSeconds
        self.announcement = announcement
        self.whispers = whispers
    }
}

/// What the person who picked up hears.
package enum WhisperAnswer: Sendable, Equatable {
    /// Told about the call, and connected at once or, with a `prompt`, on the key 1.
    case tell(Announcement, prompt: Announcement?)
    /// Connected now.
    case connect(Announcement)
    /// The person's leg ends.
    case decline(Announcement)
    case forbidden
}
