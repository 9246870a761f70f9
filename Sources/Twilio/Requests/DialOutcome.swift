package import Kernel

/// How the attempt to reach a person ended, as reported to `<Dial action>`.
package struct DialOutcome: Sendable, Equatable {
    package enum Status: Sendable, Hashable {
        /// The person's leg was answered and is over. Whether somebody spoke to the caller is told by `isBridged`.
        case completed
        /// Reported for conferences only.
        case answered
        case busy
        case noAnswer
        case failed
        case canceled
        /// A word this version does not know.
        case unrecognized(String)

        package init(_ word: String) {
            switch word {
            case "completed": self = .completed
            case "answered": self = .answered
            case "busy": self = .busy
            case "no-answer": self = .noAnswer
            case "failed": self = .failed
            case "canceled": self = .canceled
            default: self = .unrecognized(word)
            }
        }
    }

    /// The call that waits for an answer.
    package let call: VoiceRequest
    package let status: Status
    /// The person's leg; missing if none was created.
    package let dialCallSid: CallSid?
    /// Whole seconds of the person's leg.
    package let durationSeconds: Int?
    /// Whether caller and person were connected; nil if the carrier does not say.
    package let isBridged: Bool?

    package init(form: [(String, String)]) throws(FormError) {
        let fields = FormFields(form)
        call = try VoiceRequest(form: form)
        status = Status(try fields.raw("DialCallStatus"))
        dialCallSid = try fields.optionalSid("DialCallSid")
        durationSeconds = try fields.optionalCount("DialCallDuration")
        isBridged = try fields.optionalFlag("DialBridged")
    }
}
