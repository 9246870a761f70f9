package import Kernel

extension VoiceResponse {
    package enum Verb: Sendable, Equatable {
        case say(Say)
        /// Plays a file of sound, once.
        case play(url: String)
        /// Waits in silence for whole seconds.
        case pause(seconds: Int)
        case hangup
        /// Goes on with the TwiML that a POST to this URL answers.
        case redirect(to: String)
        /// Refuses a call that has not been answered, free of charge.
        case reject(Rejection)
        case connect(ConnectStream)
        case dial(Dial)
        case gather(Gather)

        /// A sentence in the carrier's own voice for that language.
        package static func say(_ text: String, language: String) -> Self {
            .say(Say(text, language: language))
        }
    }

    /// A sentence spoken by the carrier's own synthesiser.
    package struct Say: Sendable, Equatable {
        package let text: String
        /// BCP 47, for example `de-DE`.
        package let language: String
        /// A voice of the carrier, for example `Polly.Vicki-Neural`; nil for its default.
        package let voice: String?

        package init(_ text: String, language: String, voice: String? = nil) {
            self.text = text
            self.language = language
            self.voice = voice
        }
    }

    package enum Rejection: String, Sendable {
        case busy
        /// The caller hears that the number is not in service.
        case rejected
    }

    /// `<Connect><Stream>`: the call's sound in both directions over a WebSocket, until we close it.
    package struct ConnectStream: Sendable, Equatable {
        package struct Parameter: Sendable, Equatable {
            package let name: String
            package let value: String

            package init(_ name: String, _ value: String) {
                self.name = name
                self.value = value
            }
        }

        /// `wss:`, without a query; `ws:` is for loopback only.
        package let url: String
        /// Come back in the stream's `start` message; name and value together stay below 500 characters.
        package let parameters: [Parameter]
        /// Asked by POST what to do when the stream has ended; without it the call would end.
        package let action: String
        package let statusCallback: String?
        /// A name of ours that the stream's callbacks repeat.
        package let name: String?

        package init(
            url: String,
            parameters: [Parameter],
            action: String,
            statusCallback: String? = nil,
            name: String? = nil
        ) {
            self.url = url
            self.parameters = parameters
            self.action = action
            self.statusCallback = statusCallback
            self.name = name
        }
    }

    /// `<Dial>`: rings people, the first of whom to accept is connected with the caller.
    package struct Dial: Sendable, Equatable {
        /// At most ten.
        package let numbers: [DialNumber]
        /// The number the person sees; it must belong to the account or be the call's own.
        package let callerID: E164
        /// How long the person's telephone rings, in seconds, 5–600.
        package let timeoutSeconds: Int
        /// After how many seconds the connection is cut, 1–14,400; nil for the carrier's four hours.
        package let timeLimitSeconds: Int?
        /// Asked by POST what to do when the dialling or the conversation has ended. Verbs after `<Dial>` are never reached.
        package let action: String

        package init(
            numbers: [DialNumber],
            callerID: E164,
            timeoutSeconds: Int,
            timeLimitSeconds: Int? = nil,
            action: String
        ) {
            self.numbers = numbers
            self.callerID = callerID
            self.timeoutSeconds = timeoutSeconds
            self.timeLimitSeconds = timeLimitSeconds
            self.action = action
        }
    }

    /// `<Number>` in `<Dial>`: one person to ring.
    package struct DialNumber: Sendable, Equatable {
        package enum Event: String, Sendable, CaseIterable {
            case initiated
            case ringing
            case answered
            case completed
        }

        package let number: E164
        /// TwiML that the person hears before being connected.
        package let whisper: String?
        package let statusCallback: String?
        /// Which events are reported; without any the carrier reports `completed` only.
        package let events: [Event]

        package init(_ number: E164, whisper: String? = nil, statusCallback: String? = nil, events: [Event] = []) {
            self.number = number
            self.whisper = whisper
            self.statusCallback = statusCallback
            self.events = events
        }
    }

    /// `<Gather>`: waits for keys, speaking meanwhile.
    package struct Gather: Sendable, Equatable {
        package let prompts: [Say]
        /// How many keys end it, at least 1.
        package let digits: Int
        /// After how many seconds without a key it ends, at least 1.
        package let timeoutSeconds: Int
        /// Asked by POST with the keys as `Digits`, also when none was pressed.
        package let action: String

        package init(prompts: [Say], digits: Int, timeoutSeconds: Int, action: String) {
            self.prompts = prompts
            self.digits = digits
            self.timeoutSeconds = timeoutSeconds
            self.action = action
        }
    }
}
