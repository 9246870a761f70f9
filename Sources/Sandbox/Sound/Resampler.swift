import Foundation

/// Changes the sample rate with a windowed-sinc low-pass, so that nothing above the new band folds back.
package enum Resampler {
    package static func resample(_ samples: [Int16], from source: Int, to target: Int) -> [Int16] {
        guard source != target, source > 0, target > 0, !samples.isEmpty else { return samples }
        let step = Double(source) / Double(target)
        let cutoff = min(1, 1 / step) * 0.92
        let reach = 16 * max(1, step)
        let count = Int(Double(samples.count) / step)
        return (0..<count).map { index in
            let centre = Double(index) * step
            let first = max(0, Int((centre - reach).rounded(.up)))
            let last = min(samples.count - 1, Int(centre + reach))
            var sum = 0.0
            for position in first...max(first, last) where position < samples.count {
                sum += Double(samples[position]) * kernel(Double(position) - centre, cutoff: cutoff, reach: reach)
            }
            return Int16(max(-32_768, min(32_767, sum.rounded())))
        }
    }

    /// A sinc under a Hann window.
    private static func kernel(_ distance: Double, cutoff: Double, reach: Double) -> Double {
        guard abs(distance) < reach else { return 0 }
        let window = 0.5 + 0.5 * cos(Double.pi * distance / reach)
        guard abs(distance) > 1e-9 else { return cutoff * window }
        let angle = Double.pi * distance * cutoff
        return sin(angle) / angle * cutoff * window
    }
}
