package import Kernel

/// A request in which the carrier asks what to do with a call: the voice webhook, its fallback and every `action`.
package struct VoiceRequest: Sendable, Equatable {
    package let callSid: CallSid
    package let accountSid: AccountSid
    /// Who calls, as the carrier writes it: usually E.164, but also a SIP address, a word such as `anonymous`, or empty.
    package let from: String
    /// Which number was dialled, as the carrier writes it.
    package let to: String
    package let status: CallStatus
    /// `inbound`, or what kind of outbound call it is.
    package let direction: String?
    /// The number from which the call was forwarded to us.
    package let forwardedFrom: String?
    package let parentCallSid: CallSid?
    /// After `<Connect><Stream>`: the stream that has ended.
    package let streamSid: StreamSid?
    /// At the fallback URL: why the first URL could not be used.
    package let errorCode: String?
    package let errorURL: String?

    package init(form: [(String, String)]) throws(FormError) {
        let fields = FormFields(form)
        callSid = try fields.sid("CallSid")
        accountSid = try fields.sid("AccountSid")
        from = try fields.raw("From")
        to = try fields.raw("To")
        status = CallStatus(fields.optional("CallStatus") ?? "")
        direction = fields.optional("Direction")
        forwardedFrom = fields.optional("ForwardedFrom")
        parentCallSid = try fields.optionalSid("ParentCallSid")
        streamSid = try fields.optionalSid("StreamSid")
        errorCode = fields.optional("ErrorCode")
        errorURL = fields.optional("ErrorUrl")
    }
}
