package import Foundation
package import Kernel

/// News of a call or of one of its legs. They may come in any order and more than once; (`callSid`, `sequenceNumber`)
/// names one.
package struct StatusCallback: Sendable, Equatable {
    package let callSid: CallSid
    package let accountSid: AccountSid
    /// The caller's call, if this is a leg that `<Dial>` created.
    package let parentCallSid: CallSid?
    package let status: CallStatus
    package let sequenceNumber: Int?
    package let timestamp: Date?
    /// Whole seconds; only with the last event.
    package let callDurationSeconds: Int?
    /// Started minutes as the carrier bills them; only with `completed`. Never derived from the seconds, nor they from it.
    package let billedMinutes: Int?
    package let sipResponseCode: Int?

    package init(form: [(String, String)]) throws(FormError) {
        let fields = FormFields(form)
        callSid = try fields.sid("CallSid")
        accountSid = try fields.sid("AccountSid")
        parentCallSid = try fields.optionalSid("ParentCallSid")
        status = CallStatus(try fields.raw("CallStatus"))
        sequenceNumber = try fields.optionalCount("SequenceNumber")
        timestamp = try fields.optionalTime("Timestamp")
        callDurationSeconds = try fields.optionalCount("CallDuration")
        billedMinutes = try fields.optionalCount("Duration")
        sipResponseCode = try fields.optionalCount("SipResponseCode")
    }
}
