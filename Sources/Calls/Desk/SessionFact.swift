import Foundation
package import Kernel

/// Which session of which call; without a stream: the desk itself, between sessions.
package struct SessionKey: Sendable, Hashable {
    package let call: CallReference
    package let stream: StreamSid?
    package let epoch: Int64

    package init(call: CallReference, stream: StreamSid?, epoch: Int64) {
        self.call = call
        self.stream = stream
        self.epoch = epoch
    }
}

/// A fact of a session in the form in which it is stored. Writing one twice is writing it once.
enum SessionFact: Sendable, Equatable {
    case turn(TurnRecord)
    case state(ResumableState)
    case intent(CallIntent)
    case streamEnded(audioMs: Int, reason: String)
    /// All that the stream used of one kind at one provider.
    case used(ProviderUsage, at: Date)
    /// A person took over; see `CallDesk.endForwarding`.
    case forwarded(dialled: CallSid, seconds: Int, end: Date)
    case settled(CallOutcome, at: Date, carrierSeconds: Int?)

    /// Whether the call stands elsewhere once this is stored.
    var movesTheCall: Bool {
        switch self {
        case .streamEnded, .forwarded, .settled: true
        case .turn, .state, .intent, .used: false
        }
    }

    /// Money hangs on it, or the caller's way on.
    var mustNotBeLost: Bool {
        switch self {
        case .intent, .streamEnded, .forwarded, .settled: true
        case .turn, .state, .used: false
        }
    }
}
