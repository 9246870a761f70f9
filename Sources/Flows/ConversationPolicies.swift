/// How the model answers in a conversation.
package struct ModelSettings: Sendable, Hashable {
    /// 0 (always the likeliest word) to 2; 0.3 unless stated.
    package var temperature: Double
    /// The longest answer in tokens, 16 to 4,096; 400 unless stated.
    package var maxAnswerTokens: Int

    package init(temperature: Double = 0.3, maxAnswerTokens: Int = 400) {
        self.temperature = temperature
        self.maxAnswerTokens = maxAnswerTokens
    }
}

/// What decides that the caller has finished a turn.
package struct EndOfTurn: Sendable, Hashable {
    package enum Judge: String, Sendable, Hashable, CaseIterable {
        /// The caller has been silent for `silenceMs`.
        case silence
        /// The recogniser declared the utterance final.
        case recogniser
        /// Whichever comes first.
        case either
    }

    /// `either` unless stated.
    package var by: Judge
    /// Silence in milliseconds of audio time, 200 to 3,000; 700 unless stated.
    package var silenceMs: Int

    package init(by: Judge = .either, silenceMs: Int = 700) {
        self.by = by
        self.silenceMs = silenceMs
    }
}

/// When the caller's voice stops the agent.
package struct BargeIn: Sendable, Hashable {
    /// Words a listener says without wanting to speak.
    package static let germanListenerWords = ["mhm", "hm", "aha", "ja", "okay", "genau", "gut", "verstehe"]

    /// Yes unless stated.
    package var enabled: Bool
    /// How long the caller must have been speaking, in milliseconds of audio time, 0 to 2,000; 300 unless stated.
    package var minimumMs: Int
    /// Words that alone do not interrupt; the German ones unless stated. At most 50.
    package var listenerWords: [String]

    package init(
        enabled: Bool = true,
        minimumMs: Int = 300,
        listenerWords: [String] = BargeIn.germanListenerWords
    ) {
        self.enabled = enabled
        self.minimumMs = minimumMs
        self.listenerWords = listenerWords
    }
}

/// What happens when the caller says nothing.
package struct SilencePolicy: Sendable, Hashable {
    /// Silence before each reminder, in milliseconds of audio time, 2,000 to 60,000; 6,000 unless stated.
    package var afterMs: Int
    /// What is said, one after the other and each differently worded, 1 to 5; nil means the two of the installation.
    package var reminders: [String]?

    package init(afterMs: Int = 6_000, reminders: [String]? = nil) {
        self.afterMs = afterMs
        self.reminders = reminders
    }
}
