package import Foundation
package import Kernel

/// News of a media stream.
package struct StreamStatus: Sendable, Equatable {
    package enum Event: Sendable, Hashable {
        case started
        case stopped
        case error
        /// A word this version does not know.
        case unrecognized(String)

        package init(_ word: String) {
            switch word {
            case "stream-started": self = .started
            case "stream-stopped": self = .stopped
            case "stream-error": self = .error
            default: self = .unrecognized(word)
            }
        }
    }

    package let callSid: CallSid
    package let accountSid: AccountSid
    package let streamSid: StreamSid
    package let streamName: String?
    package let event: Event
    /// What went wrong, in the carrier's words.
    package let error: String?
    package let timestamp: Date?

    package init(form: [(String, String)]) throws(FormError) {
        let fields = FormFields(form)
        callSid = try fields.sid("CallSid")
        accountSid = try fields.sid("AccountSid")
        streamSid = try fields.sid("StreamSid")
        streamName = fields.optional("StreamName")
        event = Event(try fields.raw("StreamEvent"))
        error = fields.optional("StreamError")
        timestamp = try fields.optionalTime("Timestamp")
    }
}
