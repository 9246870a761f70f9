package import Foundation
package import Kernel

/// A request of the carrier's about a call that goes on.
package struct CallStep: Sendable, Hashable {
    package let callSid: CallSid
    package let accountSid: AccountSid
    /// The number that was called; nil where the carrier's text is none.
    package let called: E164?
    /// The stream that has ended, where the carrier names it.
    package let stream: StreamSid?
    /// The caller has hung up: the answer will not be heard.
    package let isOver: Bool
    /// Names a request and its repetitions.
    package let idempotencyToken: String?
    package let at: Date

    package init(
        callSid: CallSid,
        accountSid: AccountSid,
        called: E164?,
        stream: StreamSid? = nil,
        isOver: Bool = false,
        idempotencyToken: String? = nil,
        at: Date
    ) {
        self.callSid = callSid
        self.accountSid = accountSid
        self.called = called
        self.stream = stream
        self.isOver = isOver
        self.idempotencyToken = idempotencyToken
        self.at = at
    }
}

/// How ringing a person ended.
package struct DialReport: Sendable, Hashable {
    package enum Status: String, Sendable, Hashable {
        case completed
        case busy
        case noAnswer = "no_answer"
        case failed
        case canceled
    }

    package let status: Status
    /// The person's leg, if one was made.
    package let dialled: CallSid?
    /// Whole seconds of that leg.
    package let seconds: Int
    /// Whether caller and person were connected; nil if the carrier does not say.
    package let isBridged: Bool?

    package init(status: Status, dialled: CallSid?, seconds: Int, isBridged: Bool?) {
        self.status = status
        self.dialled = dialled
        self.seconds = seconds
        self.isBridged = isBridged
    }

    /// Nothing is known; whoever asks still has the caller on the line.
    static let unknown = DialReport(status: .failed, dialled: nil, seconds: 0, isBridged: false)
}
