/// What a running call wants to have written down, in the order it happened.
package enum CallFact: Sendable, Equatable {
    case turn(TurnRecord)
    case state(ResumableState)
    case intent(CallIntent)
    /// The stream is over after this much sound, in milliseconds of its own time.
    case streamEnded(StreamEnd, audioMs: Int)
    case used(ProviderUsage)
}

/// What a provider was used for in a call, for our own costs; never billed as such.
package struct ProviderUsage: Sendable, Equatable {
    package enum Kind: String, Sendable {
        case recognisedMilliseconds = "recognised_ms"
        case synthesisedCharacters = "synthesised_characters"
        case modelInputTokens = "model_input_tokens"
        case modelOutputTokens = "model_output_tokens"
    }

    package let kind: Kind
    package let provider: String
    package let amount: Int

    package init(kind: Kind, provider: String, amount: Int) {
        self.kind = kind
        self.provider = provider
        self.amount = amount
    }
}

/// Where the facts of one call go. Writing never waits, so that a slow database is never heard.
package protocol CallJournal: Sendable {
    func write(_ fact: CallFact)
    /// Tells that somebody else is to be heard now; kept by nobody.
    func note(_ voice: LiveVoice)
    /// Waits until everything written so far is stored, for `limit` at most; false if it is not stored by then.
    func flush(within limit: Duration) async -> Bool
}

extension CallJournal {
    package func note(_ voice: LiveVoice) {}
}
