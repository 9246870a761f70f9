package import Kernel

/// A port: makes the carrier ask again what to do with a call, whoever was leading it.
///
/// The way back to a caller whose process is gone or frozen: the carrier does not notice by itself that nobody speaks
/// on the media stream any more (requirement J2).
package struct CallRecall: Sendable {
    package enum Outcome: Sendable, Equatable {
        /// The carrier will ask.
        case asked
        /// There is no such call any more.
        case over
        /// Not now; it may be tried again.
        case unavailable
        /// Repeating it would not help.
        case refused
    }

    package let ask: @Sendable (CallSid) async -> Outcome

    package init(ask: @escaping @Sendable (CallSid) async -> Outcome) {
        self.ask = ask
    }
}
