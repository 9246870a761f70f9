/// Measured values, at least one of them.
struct Sample: Sendable, Equatable {
    let sorted: [Double]

    /// Nil for no values.
    init?(_ values: [Double]) {
        guard !values.isEmpty else { return nil }
        sorted = values.sorted()
    }

    private init(sorted: [Double]) {
        self.sorted = sorted
    }

    var count: Int { sorted.count }
    var median: Double { Self.middle(of: sorted.count) { sorted[$0] } }

    /// Every value later by `shift`.
    func shifted(by shift: Double) -> Self { Self(sorted: sorted.map { $0 + shift }) }

    /// Between the first and the third quarter, by nearest rank.
    var interquartileRange: Double {
        func rank(_ share: Double) -> Double {
            sorted[max(0, Int((share * Double(sorted.count)).rounded(.up)) - 1)]
        }
        return rank(0.75) - rank(0.25)
    }

    /// The median of as many values, drawn from these with replacement.
    func resampledMedian(using random: inout some RandomNumberGenerator) -> Double {
        // By rank, which needs no sorting.
        var draws = [Int](repeating: 0, count: count)
        for _ in sorted.indices { draws[Int.random(in: sorted.indices, using: &random)] += 1 }
        func value(_ rank: Int) -> Double {
            var passed = 0
            for (index, times) in draws.enumerated() {
                passed += times
                if passed > rank { return sorted[index] }
            }
            return sorted[count - 1]
        }
        return Self.middle(of: count, value)
    }

    private static func middle(of count: Int, _ value: (Int) -> Double) -> Double {
        count.isMultiple(of: 2) ? (value(count / 2 - 1) + value(count / 2)) / 2 : value(count / 2)
    }
}
