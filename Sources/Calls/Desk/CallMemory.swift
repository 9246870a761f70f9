package import Foundation
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
        var awaited: [CallSid: Date] = [:]
    }

    /// How long a conversation with a person may last at the carrier, and the ringing before it.
    private static let longestDialling: TimeInterval = 4 * 3_600 + 600

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

    // MARK: Calls that come back

    /// Calls whose next request is made at this process's own address, because our answer named it: a stream was offered,
    /// or a person is rung or speaks. A process that shall go stays for them.
    package func awaited(at instant: Date) -> Int {
        contents.withLock { contents in
            contents.awaited = contents.awaited.filter { $0.value > instant }
            return contents.awaited.count
        }
    }

    func await(_ sid: CallSid, after answer: CallAnswer, at instant: Date) {
        let stay: TimeInterval? =
            switch answer {
            case .stream: MediaToken.lifetime
            case .dial: Self.longestDialling
            case .announce, .hangUp, .forbidden: nil
            }
        contents.withLock { contents in
            if contents.awaited.count >= capacity {
                contents.awaited = contents.awaited.filter { $0.value > instant }
            }
            // Beyond the capacity a call is not waited for: it goes on at the fallback address.
            guard contents.awaited.count < capacity || contents.awaited[sid] != nil else { return }
            contents.awaited[sid] = stay.map { instant.addingTimeInterval($0) }
        }
    }

    func awaitNoLonger(_ sid: CallSid) {
        _ = contents.withLock { $0.awaited.removeValue(forKey: sid) }
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
