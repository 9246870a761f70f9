import Synchronization

/// How often a measured value fell into each of a fixed set of buckets. Safe from any thread.
package final class Histogram: Sendable {
    /// The buckets of this house, in seconds, so that panels compare.
    package enum Buckets {
        /// For what a caller waits for: 5 ms to 10 s.
        package static let latency: [Double] = [
            0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2.5, 5, 10,
        ]
        /// For what happens between two audio frames: 50 µs to 100 ms.
        package static let realTime: [Double] = [
            0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.02, 0.05, 0.1,
        ]
        /// For the length of a call: 5 s to 1 h.
        package static let callLength: [Double] = [5, 15, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600]
    }

    struct Totals {
        /// One for each bucket and one for what is larger than all of them; not cumulative.
        var counts: [Int]
        var sum = 0.0
    }

    let bounds: [Double]
    private let totals: Mutex<Totals>

    /// - Parameter buckets: upper bounds; sorted and made unique here.
    init(buckets: [Double]) {
        let bounds = Set(buckets.filter(\.isFinite)).sorted()
        self.bounds = bounds
        totals = Mutex(Totals(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    /// Records a value; one that is not finite is ignored.
    package func observe(_ value: Double) {
        guard value.isFinite else { return }
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        totals.withLock { totals in
            totals.counts[bucket] += 1
            totals.sum += value
        }
    }

    package var count: Int { snapshot().counts.reduce(0, +) }

    func snapshot() -> Totals { totals.withLock { $0 } }
}
