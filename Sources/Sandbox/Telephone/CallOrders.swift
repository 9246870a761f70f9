import Synchronization

/// What the REST API orders for a running call.
package enum CallOrder: Sendable, Equatable {
    /// Fetch instructions there instead.
    case redirect(url: String, method: String)
    case complete
}

/// The way from the REST API to the telephone. Holds the newest order only, as the carrier does.
package final class CallOrders: Sendable {
    private let newest = Mutex<CallOrder?>(nil)

    package init() {}

    package func give(_ order: CallOrder) {
        newest.withLock { $0 = order }
    }

    /// The order, once.
    func take() -> CallOrder? {
        newest.withLock { order in
            defer { order = nil }
            return order
        }
    }
}
