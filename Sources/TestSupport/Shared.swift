import Synchronization

/// A value that several tasks of a test look at.
package final class Shared<Value: Sendable>: Sendable {
    private let state: Mutex<Value>

    package init(_ value: Value) {
        state = Mutex(value)
    }

    package var value: Value { state.withLock { $0 } }

    package func update(_ change: (inout Value) -> Void) {
        state.withLock { change(&$0) }
    }
}
