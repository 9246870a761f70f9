/// One version of a flow as the tenant wrote it: what the agent says and asks, node by node, and within which bounds.
///
/// The value is pure and complete: a call that is pinned to a version needs nothing else of the flow. Its JSON form is
/// published as `docs/flow.schema.json`; `FlowReader` reads it and `FlowValidator` judges it.
package struct FlowDocument: Sendable, Hashable {
    /// The generation of the language this document is written in. Only 1 exists.
    package var schema: Int
    /// What caller and agent speak, as a BCP 47 tag such as `de-AT`.
    package var language: String
    package var voice: FlowVoice
    /// The node a call begins with, always a greeting.
    package var entry: String
    /// The nodes by their key.
    package var nodes: [String: FlowNode]
    /// The people a call can be handed to, by the name the model knows them by.
    package var targets: [String: HandOverTarget]
    /// Words the recogniser should expect: names, streets, products. At most 500.
    package var phrases: [String]
    /// How the synthesiser shall speak words it would get wrong. At most 500.
    package var lexicon: [LexiconEntry]
    package var limits: FlowLimits
    package var speech: SpeechOverrides
    /// Set where the flow deliberately goes without telling the caller that a machine speaks (requirement K1).
    package var aiDisclosureWaiver: DisclosureWaiver?

    package init(
        schema: Int = 1,
        language: String,
        voice: FlowVoice,
        entry: String,
        nodes: [String: FlowNode],
        targets: [String: HandOverTarget] = [:],
        phrases: [String] = [],
        lexicon: [LexiconEntry] = [],
        limits: FlowLimits = FlowLimits(),
        speech: SpeechOverrides = SpeechOverrides(),
        aiDisclosureWaiver: DisclosureWaiver? = nil
    ) {
        self.schema = schema
        self.language = language
        self.voice = voice
        self.entry = entry
        self.nodes = nodes
        self.targets = targets
        self.phrases = phrases
        self.lexicon = lexicon
        self.limits = limits
        self.speech = speech
        self.aiDisclosureWaiver = aiDisclosureWaiver
    }
}

/// The voice the agent speaks with.
package struct FlowVoice: Sendable, Hashable {
    /// The synthesiser's name of the voice, such as `de-DE-Chirp3-HD-Leda`.
    package var name: String
    /// 1 is the voice's natural pace; 0.25 to 2.
    package var speakingRate: Double

    package init(name: String, speakingRate: Double = 1) {
        self.name = name
        self.speakingRate = speakingRate
    }

    /// The language the voice was made for, as its name begins: `de-DE`.
    package var language: String { name.split(separator: "-").prefix(2).joined(separator: "-") }
}

/// A word and how it is to be spoken.
package struct LexiconEntry: Sendable, Hashable {
    package var word: String
    package var say: String

    package init(word: String, say: String) {
        self.word = word
        self.say = say
    }
}

/// What one call may use at most (decision 19). Reaching a bound ends the call with a spoken sentence.
package struct FlowLimits: Sendable, Hashable {
    /// Length of the call with the agent in seconds, 30 to 14,400; half an hour unless stated.
    package var callSeconds: Int
    /// Tokens the model may read and write, 1,000 to 1,000,000; 60,000 unless stated.
    package var modelTokens: Int
    /// Characters that may be synthesised, 500 to 500,000; 40,000 unless stated.
    package var synthesisedCharacters: Int

    package init(callSeconds: Int = 1_800, modelTokens: Int = 60_000, synthesisedCharacters: Int = 40_000) {
        self.callSeconds = callSeconds
        self.modelTokens = modelTokens
        self.synthesisedCharacters = synthesisedCharacters
    }
}

/// The sentences of the system that this flow words differently; nil means the sentence of the installation's language
/// (decision 21).
package struct SpeechOverrides: Sendable, Hashable {
    /// Said when an answer takes longer than 700 ms.
    package var filler: String?
    /// Said before hanging up after a failure.
    package var apology: String?
    /// Said before handing over after a failure.
    package var apologyForward: String?
    /// Said when the caller stayed silent through every reminder.
    package var noAnswerGoodbye: String?
    /// Said before the caller is connected, where the hand-over node says nothing of its own.
    package var transferAnnouncement: String?
    /// Said when the call reaches its longest duration.
    package var callLimit: String?
    /// Said when the call has used its tokens or characters.
    package var tokensLimit: String?

    package init(
        filler: String? = nil,
        apology: String? = nil,
        apologyForward: String? = nil,
        noAnswerGoodbye: String? = nil,
        transferAnnouncement: String? = nil,
        callLimit: String? = nil,
        tokensLimit: String? = nil
    ) {
        self.filler = filler
        self.apology = apology
        self.apologyForward = apologyForward
        self.noAnswerGoodbye = noAnswerGoodbye
        self.transferAnnouncement = transferAnnouncement
        self.callLimit = callLimit
        self.tokensLimit = tokensLimit
    }
}

/// The owner's reasoned decision to go without the AI disclosure. It is written to the audit trail on publishing.
package struct DisclosureWaiver: Sendable, Hashable {
    /// 10 to 500 characters.
    package var reason: String

    package init(reason: String) {
        self.reason = reason
    }
}
