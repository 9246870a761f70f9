import Synchronization

/// A number that only grows. Safe and cheap from any thread: one atomic addition.
package final class Counter: Sendable {
    private let total = Atomic<Int>(0)

    init() {}

    /// Adds `amount`; a negative amount is ignored, because a counter never falls.
    package func increment(by amount: Int = 1) {
        guard amount > 0 else { return }
        total.wrappingAdd(amount, ordering: .relaxed)
    }

    package var value: Int { total.load(ordering: .relaxed) }
}
