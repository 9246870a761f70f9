import Synchronization

/// Where the outside world can be made to fail.
package enum FaultTarget: String, Sendable, Codable, CaseIterable {
    case model
    case recognizer
    case synthesizer
    case token
    case carrier
    case stripe
    case post
}

/// How it fails.
package enum Fault: String, Sendable, Codable, CaseIterable {
    /// Takes the request and says nothing; for the model before the first token.
    case stall
    /// Begins to answer and then says nothing more.
    case stallMidway = "stall-midway"
    /// Answers with the vendor's error for an outage: 500, or UNAVAILABLE.
    case error
    /// Begins to answer and then fails.
    case errorMidway = "error-midway"
    /// Answers that there were too many requests: 429, or RESOURCE_EXHAUSTED.
    case quota
    /// Refuses the caller: 401, 403, or PERMISSION_DENIED.
    case denied
    /// Answers what is not of the protocol.
    case garbage
}

/// The switches for faults. A fault may last for a number of requests or until it is taken back.
package final class Faults: Sendable {
    private struct Entry {
        let fault: Fault
        var remaining: Int?
    }

    private let entries = Mutex<[FaultTarget: Entry]>([:])

    package init() {}

    /// - Parameter times: for how many requests; nil until `clear`.
    package func set(_ target: FaultTarget, _ fault: Fault, times: Int? = nil) {
        entries.withLock { $0[target] = Entry(fault: fault, remaining: times) }
    }

    package func clear(_ target: FaultTarget) {
        entries.withLock { $0[target] = nil }
    }

    package func clearAll() {
        entries.withLock { $0.removeAll() }
    }

    package var current: [FaultTarget: Fault] {
        entries.withLock { $0.mapValues(\.fault) }
    }

    /// The fault that a request meets now; counts the request.
    func meet(_ target: FaultTarget) -> Fault? {
        entries.withLock { entries in
            guard var entry = entries[target] else { return nil }
            if let remaining = entry.remaining {
                entry.remaining = remaining - 1
                entries[target] = remaining > 1 ? entry : nil
                guard remaining > 0 else { return nil }
            }
            return entry.fault
        }
    }
}
