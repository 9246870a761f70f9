import Calls

/// What the system would say itself. In a measured call only the reminders can be heard.
enum BenchTexts {
    static let german = SpokenTexts(
        filler: "Einen Moment, bitte.",
        reminders: ["Sind Sie noch da?", "Ich höre Sie leider nicht."],
        apology: "Es tut mir leid.",
        apologyForward: "Ich verbinde Sie.",
        noAnswerGoodbye: "Auf Wiederhören.",
        transferAnnouncement: "Ich verbinde Sie.",
        callLimit: "Auf Wiederhören.",
        tokensLimit: "Auf Wiederhören.",
        notUnderstood: "Wie bitte?",
        resumed: "Da sind wir wieder."
    )
}
