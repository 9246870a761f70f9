package import Kernel

/// What the carrier says on a media stream.
package enum MediaStreamEvent: Sendable, Equatable {
    /// The first message; it names the protocol and nothing of the call.
    case connected
    case start(StreamStart)
    /// One frame of the caller's voice, whose `payloadCount` bytes of raw mu-law wait in the decoder.
    ///
    /// `timestampMs` counts from the start of the stream. `sequence` counts the stream's messages and `chunk` its
    /// frames; both are nil if the message does not carry them.
    case media(timestampMs: Int, sequence: Int?, chunk: Int?, payloadCount: Int)
    /// A key the caller pressed: `0`–`9`, `*`, `#` or `A`–`D`.
    case dtmf(Character)
    /// Everything sent before the mark of this name has been played, or has been cleared.
    case mark(String)
    case stop
    /// An event this version does not know, or sound of a track that is not the caller's; it is to be ignored.
    case unknown(String)
}

/// The message that binds a stream to a call.
package struct StreamStart: Sendable, Equatable {
    package let streamSid: StreamSid
    package let callSid: CallSid
    package let accountSid: AccountSid?
    package let tracks: [String]
    /// The `<Parameter>` values of the TwiML.
    package let parameters: [String: String]

    package init(
        streamSid: StreamSid,
        callSid: CallSid,
        accountSid: AccountSid?,
        tracks: [String],
        parameters: [String: String]
    ) {
        self.streamSid = streamSid
        self.callSid = callSid
        self.accountSid = accountSid
        self.tracks = tracks
        self.parameters = parameters
    }
}

/// Why a message of a media stream was refused; the raw value is a stable code that carries no data of the message.
package enum MediaStreamError: String, Error, Sendable, Equatable {
    case malformedJSON = "malformed_json"
    /// A key that means something to us stands twice in one object.
    case duplicateKey = "duplicate_key"
    case missingField = "missing_field"
    case invalidField = "invalid_field"
    case invalidBase64 = "invalid_base64"
    /// The stream's sound is not mu-law, 8,000 Hz, one channel.
    case unsupportedFormat = "unsupported_format"
}
