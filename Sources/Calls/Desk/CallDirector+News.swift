package import Database
package import Foundation
package import Kernel

extension CallDirector {
    /// The carrier reports where the call, a leg or a stream stands. A terminal state of the call ends it.
    ///
    /// - Parameter key: names the report and its repetitions.
    /// - Returns: false if the report is not believed.
    package func hear(
        _ kind: String,
        of callSid: CallSid,
        account: AccountSid,
        key: String,
        body: JSONText,
        ending: (at: Date, carrierSeconds: Int?)? = nil,
        at instant: Date
    ) async throws -> Bool {
        if ending != nil { memory.awaitNoLonger(callSid) }
        do {
            guard let call = try await desk.pinned(callSid) else { return true }
            guard call.accountSid == account else { return false }
            _ = try await desk.store(call.reference, kind: kind, key: key, body: body, at: instant)
            if let ending {
                // The report of the dialling itself may be lost.
                let outcome = try await isAccepted(call) ? .handedOver : outcome(of: call)
                try await desk.settle(call.reference, outcome, at: ending.at, carrierSeconds: ending.carrierSeconds)
            }
            return true
        } catch let error as DatabaseError where error.isAway {
            guard let call = memory.call(callSid), call.accountSid == account else { throw error }
            if let ending {
                let fact = SessionFact.settled(
                    outcome(of: call),
                    at: ending.at,
                    carrierSeconds: ending.carrierSeconds
                )
                queue.write(fact, of: SessionKey(call: call.reference, stream: nil, epoch: call.epoch))
            }
            return true
        }
    }
}
