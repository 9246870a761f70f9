import Kernel
import Synchronization

/// The calls that this process has seen lately, for the minutes in which the database is away (decision 13).
///
/// Holds at most `capacity`; the oldest goes first.
package final class CallMemory: Sendable {
    private struct Contents {
        var calls: [CallSid: PinnedCall] = [:]
        var order: [CallSid] = []
        var overflows: [E164: Overflow] = [:]
    }

    private let capacity: Int
    private let contents = Mutex(Contents())

    package init(capacity: Int = 10_000) {
        self.capacity = max(2, capacity)
    }

    func remember(_ call: PinnedCall) {
        contents.withLock { contents in
            if contents.calls.updateValue(call, forKey: call.callSid) == nil { contents.order.append(call.callSid) }
            guard contents.order.count > capacity else { return }
            // Half at once, so that forgetting costs little per call.
            for sid in contents.order.prefix(capacity / 2) { contents.calls[sid] = nil }
            contents.order.removeFirst(capacity / 2)
        }
    }

    func call(_ sid: CallSid) -> PinnedCall? {
        contents.withLock { $0.calls[sid] }
    }

    /// What a number's callers get while the database is away.
    struct Overflow: Equatable {
        let number: E164?
        let language: String
    }

    func remember(_ overflow: Overflow, of number: E164) {
        contents.withLock { contents in
            if contents.overflows.count >= capacity, contents.overflows[number] == nil {
                contents.overflows.removeAll(keepingCapacity: true)
            }
            contents.overflows[number] = overflow
        }
    }

    func overflow(of number: E164) -> Overflow? {
        contents.withLock { $0.overflows[number] }
    }
}
