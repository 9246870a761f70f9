package import Kernel
package import LanguageModel

/// What shall become of the call once the agent's stream is closed. Stored before the socket is closed, and read by
/// the webhook that the carrier requests next.
package enum CallIntent: Codable, Sendable, Equatable {
    /// Connect the caller to a person.
    case handOver(HandOverIntent)
    /// Hang up; everything has been said.
    case hangUp(CallEnding)
}

package struct HandOverIntent: Codable, Sendable, Equatable {
    /// The target's key in the flow.
    package var target: String
    /// The hand-over node whose branches follow a failure; nil for a rescue, after which the call ends with an apology.
    package var node: String?
    /// The caller's wish in a sentence, whispered to the person; empty if unknown. Personal data.
    package var summary: String
    /// Whether the caller has heard yet that they are being connected; if not, the webhook's answer says it.
    package var announced: Bool
    /// The number of somebody who takes the call over, in place of a target of the flow. If they do not answer, the
    /// agent goes on. Personal data.
    package var number: E164?

    /// Stands for the target where somebody takes over.
    package static let takeOver = "takeover"

    package init(target: String, node: String?, summary: String, announced: Bool, number: E164? = nil) {
        self.target = target
        self.node = node
        self.summary = summary
        self.announced = announced
        self.number = number
    }
}

/// Why the agent ended a call.
package enum CallEnding: String, Codable, Sendable {
    /// The flow came to its end.
    case completed
    /// The caller stayed silent.
    case noAnswer
    /// The call reached its longest duration, or its tokens or characters were used up.
    case limit
    /// A provider failed and there was nobody to hand over to.
    case failed
}

/// What another node needs to go on with a call at the same question (requirement J3). Stored after each turn.
package struct ResumableState: Codable, Sendable, Equatable {
    /// The flow's node to go on at.
    package var node: String
    package var history: [ChatMessage]
    /// The ordinal of the next transcript turn.
    package var nextTurn: Int
    /// Audio time of the call's earlier streams, in milliseconds.
    package var elapsedMs: Int
    package var usedTokens: Int
    package var usedCharacters: Int
    /// The target the model chose, for a hand-over node that names none.
    package var chosenTarget: String?
    /// What the agent said last, to be said again after a break; personal data.
    package var lastWords: String?
    /// Whether the stream broke off, so that the caller is owed a word about the pause.
    package var afterBreak: Bool

    package init(
        node: String,
        history: [ChatMessage] = [],
        nextTurn: Int = 0,
        elapsedMs: Int = 0,
        usedTokens: Int = 0,
        usedCharacters: Int = 0,
        chosenTarget: String? = nil,
        lastWords: String? = nil,
        afterBreak: Bool = true
    ) {
        self.node = node
        self.history = history
        self.nextTurn = nextTurn
        self.elapsedMs = elapsedMs
        self.usedTokens = usedTokens
        self.usedCharacters = usedCharacters
        self.chosenTarget = chosenTarget
        self.lastWords = lastWords
        self.afterBreak = afterBreak
    }

    /// The state after a hand-over that failed: the call goes on at the branch the flow names.
    package func continuing(at node: String) -> ResumableState {
        var state = self
        state.node = node
        state.afterBreak = false
        state.chosenTarget = nil
        return state
    }
}
