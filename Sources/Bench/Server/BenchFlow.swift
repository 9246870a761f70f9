import Flows

/// The flow of a measured call: the caller speaks first, every turn is answered, and no limit is ever reached.
enum BenchFlow {
    /// How long it must be quiet before a turn is over …
    static let endOfTurnMs = 200
    /// … and how long somebody must speak over the agent to silence it.
    static let bargeInMs = 200

    /// - Parameter reminderAfterSeconds: silence after which the caller is asked; never within a day if nil.
    static func document(reminderAfterSeconds: Int?) -> FlowDocument {
        let conversation = ConversationNode(
            systemPrompt: "Du nimmst Anrufe entgegen und antwortest in einem Satz.",
            onEnd: "ende",
            endOfTurn: EndOfTurn(by: .silence, silenceMs: endOfTurnMs),
            bargeIn: BargeIn(enabled: true, minimumMs: bargeInMs, listenerWords: []),
            silence: SilencePolicy(afterMs: (reminderAfterSeconds ?? 86_400) * 1_000)
        )
        return FlowDocument(
            language: "de-AT",
            voice: FlowVoice(name: "de-DE-Chirp3-HD-Leda"),
            entry: "gespraech",
            nodes: ["gespraech": .conversation(conversation), "ende": .hangUp],
            limits: FlowLimits(callSeconds: 86_400, modelTokens: .max, synthesisedCharacters: .max),
            aiDisclosureWaiver: DisclosureWaiver(reason: "Hier spricht niemand: Messung.")
        )
    }
}
