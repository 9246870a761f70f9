package import Foundation
package import Kernel

/// A call as its first webhook announces it.
package struct CallArrival: Sendable, Hashable {
    package let callSid: CallSid
    package let accountSid: AccountSid
    package let caller: Caller
    package let called: E164
    package let at: Date

    package init(callSid: CallSid, accountSid: AccountSid, caller: Caller, called: E164, at: Date) {
        self.callSid = callSid
        self.accountSid = accountSid
        self.caller = caller
        self.called = called
        self.at = at
    }
}

/// Whether a call is taken.
package enum Admission: Sendable, Equatable {
    /// It is pinned to tenant, assignment and flow version; a repeated webhook gets the same answer (requirement A8).
    case admitted(PinnedCall)
    case refused(CallRefusal)
}

package enum CallRefusal: Sendable, Hashable {
    /// Nobody answers this number.
    case unknownNumber
    /// The request names another account than the number's (requirement A11).
    case wrongAccount
    case suspended
    case noLiveFlow
    /// As many calls as the tenant may have are going on already.
    case concurrency(overflow: E164?)
    /// The call is over already.
    case over

    /// As the column `refusal` has it, and the label of its counter.
    package var code: String {
        switch self {
        case .unknownNumber: "unknown_number"
        case .wrongAccount: "wrong_account"
        case .suspended: "suspended"
        case .noLiveFlow: "no_live_flow"
        case .concurrency: "concurrency"
        case .over: "over"
        }
    }
}
