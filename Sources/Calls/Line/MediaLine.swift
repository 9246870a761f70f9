package import Kernel

/// The way back to the caller: commands from any thread, performed in order on the stream's event loop.
package protocol MediaLine: Sendable {
    func send(_ command: LineCommand)
}

package enum LineCommand: Sendable, Equatable {
    /// Raw mu-law 8 kHz to be played after what is queued already. Dropped if `generation` is older than the newest
    /// `clear`, so that no frame follows a clear.
    case play(audio: [UInt8], generation: Int)
    /// A marker that the far end returns when everything before it has been played; dropped like `play`.
    case mark(String, generation: Int)
    /// Empties the far end's buffer and opens a new generation.
    case clear(generation: Int)
    /// Asks the ears for an alarm once the call's audio time has reached `atMs`; replaces one of the same id.
    case alarm(id: Int, atMs: Int)
    case cancelAlarm(id: Int)
    /// Closes the socket in an orderly way, which lets the carrier go on with the call.
    case close
}

/// What the media stream tells a call. Made, called and released on the stream's event loop, one call at a time;
/// nothing in it may block or wait.
package protocol CallEars: AnyObject {
    /// One frame of raw mu-law 8 kHz. `atMs` is the stream's own time of the frame's first sample.
    func heard(_ audio: UnsafeRawBufferPointer, atMs: Int)
    /// The far end has played everything before this mark, or has emptied its buffer of it.
    func played(mark: String)
    func pressed(_ digit: Character)
    func setAlarm(id: Int, atMs: Int)
    func cancelAlarm(id: Int)
    /// The stream is over; nothing is called afterwards.
    func ended(_ end: StreamEnd)
}

/// The first message of a media stream, with what the handshake said.
package struct StreamOpening: Sendable {
    package let streamSid: StreamSid
    package let accountSid: AccountSid?
    package let callSid: CallSid
    /// The `<Parameter>` values of the TwiML.
    package let parameters: [String: String]

    package init(
        streamSid: StreamSid,
        accountSid: AccountSid?,
        callSid: CallSid,
        parameters: [String: String]
    ) {
        self.streamSid = streamSid
        self.accountSid = accountSid
        self.callSid = callSid
        self.parameters = parameters
    }
}

package enum StreamDecision: Sendable {
    /// `makeEars` is called once, on the stream's event loop.
    case accepted(makeEars: @Sendable () -> any CallEars)
    /// The socket is closed with 1008; the text is a stable code for the log.
    case refused(String)
}

/// Whoever takes the media streams of a server.
package protocol MediaSessions: Sendable {
    /// Decides about a stream that has said `start`. The socket keeps at most five seconds of sound meanwhile.
    func open(_ opening: StreamOpening, line: any MediaLine) async -> StreamDecision
}
