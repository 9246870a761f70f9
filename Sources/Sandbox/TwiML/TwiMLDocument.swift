/// A document of instructions for a call, as the carrier reads it.
package struct TwiMLDocument: Sendable, Equatable {
    package let verbs: [TwiMLVerb]
    /// What the carrier's schema does not know (its warning 12200): the call goes on, but somebody made a mistake.
    package let warnings: [String]
}

package enum TwiMLVerb: Sendable, Equatable {
    case say(String)
    case play(TwiMLPlay)
    case pause(seconds: Int)
    case hangup
    case redirect(url: String, method: String)
    case reject(reason: String)
    case gather(TwiMLGather)
    case connect(TwiMLConnect)
    case dial(TwiMLDial)
}

package enum TwiMLPlay: Sendable, Equatable {
    case digits(String)
    case url(String)
}

package struct TwiMLGather: Sendable, Equatable {
    package let action: String?
    package let method: String
    package let numDigits: Int?
    package let finishOnKey: String
    package let timeoutSeconds: Int
    package let actionOnEmptyResult: Bool
    /// Say, Play and Pause.
    package let prompts: [TwiMLVerb]
}

package struct TwiMLConnect: Sendable, Equatable {
    package let url: String
    package let name: String?
    package let parameters: [String: String]
    package let statusCallback: String?
    package let statusCallbackMethod: String
    package let action: String?
    package let method: String
}

package struct TwiMLDial: Sendable, Equatable {
    package struct Number: Sendable, Equatable {
        package let number: String
        /// Instructions for the person called, before the two are connected.
        package let url: String?
        package let method: String
        package let statusCallback: String?
        package let statusCallbackMethod: String
        package let statusCallbackEvents: [String]
    }

    package let numbers: [Number]
    package let action: String?
    package let method: String
    package let callerID: String?
    package let timeoutSeconds: Int
    package let timeLimitSeconds: Int
}

/// An error as the carrier numbers it.
package struct CarrierError: Error, Sendable, Equatable {
    package let code: Int
    package let detail: String

    package init(code: Int, detail: String) {
        self.code = code
        self.detail = detail
    }
}
