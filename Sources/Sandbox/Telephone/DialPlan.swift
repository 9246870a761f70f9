package import Kernel

/// A call to be made: who calls whom, what the caller does, and how the outside world behaves meanwhile.
package struct DialPlan: Sendable {
    /// What the carrier does when the far end's socket breaks without a closing handshake; which of the two it is, is
    /// not documented.
    package enum AbnormalEnd: String, Sendable, Codable, CaseIterable {
        /// The `action` of `<Connect>` is requested, as after an orderly end.
        case action
        /// The call ends.
        case drop
    }

    /// How status callbacks reach the far end.
    package struct Delivery: Sendable, Equatable {
        /// How often each is sent; at least 1.
        package var copies: Int
        /// Real time by which each is late.
        package var delay: Duration
        /// All are held back until the call is over and then sent last first.
        package var isReversed: Bool

        package init(copies: Int = 1, delay: Duration = .zero, isReversed: Bool = false) {
            self.copies = max(1, copies)
            self.delay = delay
            self.isReversed = isReversed
        }
    }

    /// As the carrier sends it: E.164, `anonymous`, a SIP URI, …
    package var from: String
    package var to: String
    package var voiceURL: String
    package var fallbackURL: String?
    /// The number's status callback; it gets the final event of the call.
    package var statusCallbackURL: String?
    package var steps: [CallerStep]
    package var person: DialledPerson

    package var account: CarrierAccount
    /// Nil for a new one.
    package var callSid: String?
    /// Audio runs this many times faster than real time.
    package var pace: Double
    /// Connects to this `host:port` in plain text whatever the URLs of the voice webhook's host say, as a proxy in front
    /// of the product would; signatures are made for the URLs.
    package var connectTo: String?
    package var abnormalEnd: AbnormalEnd
    /// The caller's line drops after so much audio time: no `stop`, the socket just breaks.
    package var dropAfterMs: Int?
    package var turnGapMs: Int
    /// Audio time that the caller waits for the agent before the call counts as failed; nil for 20 s, or 5 s of real
    /// time if that is more.
    package var patienceMs: Int?
    package var lingerMs: Int
    /// The whole call in audio time; what takes longer counts as failed.
    package var limitMs: Int
    package var delivery: Delivery
    /// How often each request for TwiML is sent, with the same idempotency token; every answer must be the same.
    package var webhookCopies: Int
    /// Numbers besides To and From that may be shown to a dialled person.
    package var ownNumbers: Set<String>

    package init(from: String, to: String, voiceURL: String, steps: [CallerStep], account: CarrierAccount) {
        self.from = from
        self.to = to
        self.voiceURL = voiceURL
        self.steps = steps
        self.account = account
        fallbackURL = nil
        statusCallbackURL = nil
        person = DialledPerson()
        callSid = nil
        pace = 1
        connectTo = nil
        abnormalEnd = .action
        dropAfterMs = nil
        turnGapMs = 600
        patienceMs = nil
        lingerMs = 1_500
        limitMs = 3_600_000
        delivery = Delivery()
        webhookCopies = 1
        ownNumbers = []
    }
}

/// The account at the carrier whose number is called.
package struct CarrierAccount: Sendable, Equatable {
    package let sid: String
    package let authToken: Secret

    package init(sid: String, authToken: Secret) {
        self.sid = sid
        self.authToken = authToken
    }
}

/// The person whom a call is handed to.
package struct DialledPerson: Sendable, Equatable {
    package enum Answer: String, Sendable, Codable, CaseIterable {
        /// Answers and presses the key if asked to.
        case accept
        case busy
        case noAnswer = "no-answer"
        case failed
        case canceled
        /// A mailbox answers, and presses nothing.
        case voicemail
        /// Answers and hangs up during the whisper.
        case decline
    }

    package var answer: Answer
    package var says: [String]
    package var key: String
    package var ringMs: Int
    /// How long the two talk until the person hangs up.
    package var talkMs: Int

    package init(
        answer: Answer = .accept,
        says: [String] = ["Grüß Gott, ich übernehme."],
        key: String = "1",
        ringMs: Int = 2_000,
        talkMs: Int = 6_000
    ) {
        self.answer = answer
        self.says = says
        self.key = key
        self.ringMs = ringMs
        self.talkMs = talkMs
    }
}
