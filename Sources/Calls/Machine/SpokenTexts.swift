package import Flows
package import Localization

/// The sentences the agent says on the system's account in one call: the flow's own wording where it has one.
package struct SpokenTexts: Sendable, Equatable {
    package var filler: String
    package var reminders: [String]
    package var apology: String
    package var apologyForward: String
    package var noAnswerGoodbye: String
    package var transferAnnouncement: String
    package var callLimit: String
    package var tokensLimit: String
    package var notUnderstood: String
    package var resumed: String

    package init(
        filler: String,
        reminders: [String],
        apology: String,
        apologyForward: String,
        noAnswerGoodbye: String,
        transferAnnouncement: String,
        callLimit: String,
        tokensLimit: String,
        notUnderstood: String,
        resumed: String
    ) {
        self.filler = filler
        self.reminders = reminders
        self.apology = apology
        self.apologyForward = apologyForward
        self.noAnswerGoodbye = noAnswerGoodbye
        self.transferAnnouncement = transferAnnouncement
        self.callLimit = callLimit
        self.tokensLimit = tokensLimit
        self.notUnderstood = notUnderstood
        self.resumed = resumed
    }

    package init(_ texts: SpeechTexts, overrides: SpeechOverrides) {
        filler = overrides.filler ?? texts.filler
        reminders = texts.reminders
        apology = overrides.apology ?? texts.apology
        apologyForward = overrides.apologyForward ?? texts.apologyForward
        noAnswerGoodbye = overrides.noAnswerGoodbye ?? texts.noAnswerGoodbye
        transferAnnouncement = overrides.transferAnnouncement ?? texts.transferAnnouncement
        callLimit = overrides.callLimit ?? texts.callLimit
        tokensLimit = overrides.tokensLimit ?? texts.tokensLimit
        notUnderstood = texts.notUnderstood
        resumed = texts.resumed
    }
}
