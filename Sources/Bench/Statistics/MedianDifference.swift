/// How far the median of one sample lies behind that of another, with an interval by bootstrap.
struct MedianDifference: Sendable, Equatable {
    /// Of the confidence interval.
    static let confidence = 0.99

    let value: Double
    let interval: ClosedRange<Double>

    /// - Parameter rounds: how often both samples are drawn anew, at least 200.
    init(_ left: Sample, _ right: Sample, rounds: Int = 2_000, using random: inout some RandomNumberGenerator) {
        value = right.median - left.median
        var drawn: [Double] = []
        drawn.reserveCapacity(rounds)
        for _ in 0..<max(200, rounds) {
            drawn.append(right.resampledMedian(using: &random) - left.resampledMedian(using: &random))
        }
        drawn.sort()
        let cut = Int(Double(drawn.count) * (1 - Self.confidence) / 2)
        interval = drawn[cut]...drawn[drawn.count - 1 - cut]
    }
}
