import Foundation

/// The two-sample test of Kolmogorov and Smirnov: whether two samples can come from one distribution.
struct KolmogorovSmirnov: Sendable, Equatable {
    /// The greatest distance between the two empirical distributions, 0 to 1.
    let distance: Double
    /// How likely a distance of that size is if there is one distribution only.
    let probability: Double

    init(_ left: Sample, _ right: Sample) {
        distance = Self.distance(left.sorted, right.sorted)
        let (m, n) = (Double(left.count), Double(right.count))
        // Stephens (1970): close to the exact probability from samples of about ten values on.
        let root = (m * n / (m + n)).squareRoot()
        probability = Self.exceeding((root + 0.12 + 0.11 / root) * distance)
    }

    private static func distance(_ left: [Double], _ right: [Double]) -> Double {
        var (i, j, greatest) = (0, 0, 0.0)
        while i < left.count, j < right.count {
            // Equal values are passed in both before the distributions are compared.
            let value = min(left[i], right[j])
            while i < left.count, left[i] == value { i += 1 }
            while j < right.count, right[j] == value { j += 1 }
            greatest = max(greatest, abs(Double(i) / Double(left.count) - Double(j) / Double(right.count)))
        }
        return greatest
    }

    /// The probability that Kolmogorov's distribution exceeds `value`.
    static func exceeding(_ value: Double) -> Double {
        guard value > 0 else { return 1 }
        if value < 1 {
            // The series that converges quickly for small values.
            let sum = (1...8).reduce(0.0) { sum, k in
                let odd = Double(2 * k - 1)
                return sum + exp(-odd * odd * .pi * .pi / (8 * value * value))
            }
            return min(1, max(0, 1 - (2 * Double.pi).squareRoot() / value * sum))
        }
        let sum = (1...8).reduce(0.0) { sum, k in
            let term = exp(-2 * Double(k * k) * value * value)
            return sum + (k.isMultiple(of: 2) ? -term : term)
        }
        return min(1, max(0, 2 * sum))
    }
}
