package import Flows
package import Foundation
package import Kernel
package import Localization

/// Which call, and whose.
package struct CallReference: Sendable, Hashable {
    package let tenant: TenantID
    package let id: CallID

    package init(tenant: TenantID, id: CallID) {
        self.tenant = tenant
        self.id = id
    }
}

package enum CallState: String, Sendable, Hashable {
    /// Pinned; no sound yet.
    case admitted
    /// The media stream is or was open.
    case streaming
    /// A person is being rung, or speaks with the caller.
    case forwarding
    case ended
}

/// How a call ended.
package enum CallOutcome: String, Sendable, Hashable {
    /// The flow came to its end.
    case completed
    /// A person took over.
    case handedOver = "handed_over"
    /// The caller said nothing.
    case noAnswer = "no_answer"
    /// A bound was reached.
    case limit
    /// We failed.
    case failed
    /// The caller hung up.
    case abandoned
}

/// A call with everything it was pinned to at its first webhook (requirement A8). Nothing of it is looked up again by
/// the number that was called.
package struct PinnedCall: Sendable, Equatable {
    package let reference: CallReference
    package let callSid: CallSid
    package let accountSid: AccountSid
    package let caller: Caller
    package let called: E164
    package let assignment: NumberAssignmentID
    package let version: FlowVersionID
    /// The flow, with its bounds no wider than the tenant's.
    package let document: FlowDocument
    package let timeZone: String
    /// Where the call goes if it cannot be served.
    package let overflow: E164?
    package let admittedAt: Date
    package let state: CallState
    /// What the session left to be done with the call.
    package let intent: CallIntent?
    /// Counts the takeovers of this call; whoever has an older one may not write (requirement J2).
    package let epoch: Int64
    /// How many media streams the call has had.
    package let streams: Int

    package init(
        reference: CallReference,
        callSid: CallSid,
        accountSid: AccountSid,
        caller: Caller,
        called: E164,
        assignment: NumberAssignmentID,
        version: FlowVersionID,
        document: FlowDocument,
        timeZone: String,
        overflow: E164?,
        admittedAt: Date,
        state: CallState,
        intent: CallIntent?,
        epoch: Int64,
        streams: Int
    ) {
        self.reference = reference
        self.callSid = callSid
        self.accountSid = accountSid
        self.caller = caller
        self.called = called
        self.assignment = assignment
        self.version = version
        self.document = document
        self.timeZone = timeZone
        self.overflow = overflow
        self.admittedAt = admittedAt
        self.state = state
        self.intent = intent
        self.epoch = epoch
        self.streams = streams
    }

    package var tenant: TenantID { reference.tenant }
    package var id: CallID { reference.id }
    /// In which language the system's own sentences are said.
    package var language: Language { document.systemLanguage }
}
