/// What the system says itself in one language (decision 21). A flow may word some of it differently.
package struct SpeechTexts: Sendable, Hashable {
    package let language: Language
    /// The number called leads nowhere, the tenant is suspended or no flow is live: the caller learns no difference.
    package var notReachable: String
    /// Too many calls at once, or the carrier's limit.
    package var busy: String
    /// A failure that ends the call.
    package var apology: String
    /// A failure after which the caller is connected to a person.
    package var apologyForward: String
    /// An answer takes longer than usual.
    package var filler: String
    /// The caller says nothing: each said once, in this order.
    package var reminders: [String]
    /// The caller said nothing through every reminder.
    package var noAnswerGoodbye: String
    /// Said before the caller is connected.
    package var transferAnnouncement: String
    /// The person could not be reached and the flow states no way on.
    package var forwardFailed: String
    /// The session goes on after an interruption of ours.
    package var resumed: String
    /// The caller spoke and no words were recognised.
    package var notUnderstood: String
    /// The call has reached its longest duration.
    package var callLimit: String
    /// The call has used what it may use of model and voice.
    package var tokensLimit: String
    /// Said to the person who picked up, before they accept.
    package var whisperPressKey: String
    /// Said to a person who accepted.
    package var whisperAccepted: String
    /// Said to a person who pressed nothing.
    package var whisperDeclined: String
    private let whisper: Message
    private let whisperWithoutWish: Message
    private let unknownCaller: String

    /// - Throws: `CatalogError` naming every text that is missing.
    package init(_ catalog: Catalog, _ language: Language) throws {
        var missing: [String] = []
        func message(_ key: String, _ placeholders: Set<String> = []) -> Message? {
            let message = catalog.message("speech.\(key)", language)
            if message?.placeholders != placeholders { missing.append("\(language.rawValue): speech.\(key)") }
            return message
        }
        func text(_ key: String) -> String { message(key)?.text() ?? "" }

        self.language = language
        notReachable = text("not_reachable")
        busy = text("busy")
        apology = text("apology")
        apologyForward = text("apology_forward")
        filler = text("filler")
        reminders = [text("reminder_1"), text("reminder_2")]
        noAnswerGoodbye = text("no_answer_goodbye")
        transferAnnouncement = text("transfer_announcement")
        forwardFailed = text("forward_failed")
        resumed = text("resumed")
        notUnderstood = text("not_understood")
        callLimit = text("call_limit")
        tokensLimit = text("tokens_limit")
        whisperPressKey = text("whisper_press_key")
        whisperAccepted = text("whisper_accepted")
        whisperDeclined = text("whisper_declined")
        let whisper = message("whisper", ["caller", "wish"])
        let whisperWithoutWish = message("whisper_without_wish", ["caller"])
        unknownCaller = text("whisper_unknown_caller")
        guard missing.isEmpty, let whisper, let whisperWithoutWish else {
            throw CatalogError(defects: missing.sorted())
        }
        self.whisper = whisper
        self.whisperWithoutWish = whisperWithoutWish
    }

    /// What the person who picked up hears about the call.
    ///
    /// - Parameters:
    ///   - caller: the caller's number in digits, nil if it is withheld. It is spoken digit by digit.
    ///   - wish: what the caller wants in the agent's words, nil if that is not known.
    package func whisper(caller: String?, wish: String?) -> String {
        let spoken = caller.map { $0.filter(\.isNumber).map(String.init).joined(separator: " ") } ?? unknownCaller
        // The sentence brings its own full stop.
        let wish = wish.map { String($0.reversed().drop { ".!? ".contains($0) }.reversed()) }
        if let wish, !wish.isEmpty {
            return whisper.text(["caller": spoken, "wish": wish])
        }
        return whisperWithoutWish.text(["caller": spoken])
    }
}
