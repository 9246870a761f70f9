import Testing

@testable import Bench

@Suite("Statistics of the benchmarks")
struct StatisticsTests {
    /// Smirnov's table (1948) of 1 - K, and the usual critical values of the test.
    @Test(
        "Kolmogorov's distribution has the published values",
        arguments: [
            (0.30, 0.999991), (0.50, 0.963945), (0.80, 0.544142), (1.00, 0.270000), (1.22385, 0.1), (1.35810, 0.05),
            (1.50, 0.022218), (1.62762, 0.01), (1.94947, 0.001), (2.00, 0.000671),
        ]
    )
    func kolmogorov(value: Double, probability: Double) {
        #expect(abs(KolmogorovSmirnov.exceeding(value) - probability) < 5e-6)
    }

    @Test("both series of the distribution meet")
    func series() {
        let (below, above) = (KolmogorovSmirnov.exceeding(1 - 1e-12), KolmogorovSmirnov.exceeding(1 + 1e-12))
        #expect(abs(below - above) < 1e-9)
        #expect(KolmogorovSmirnov.exceeding(0) == 1)
    }

    /// Distances and exact probabilities by SciPy's `ks_2samp`.
    @Test(
        "two samples are as far apart as SciPy says",
        arguments: [(6.0, 1 / 15.0, 0.99889), (30.0, 0.3, 0.011556)]
    )
    func twoSamples(shift: Double, distance: Double, probability: Double) throws {
        let left = try #require(Sample((0..<60).map { Double($0 * 37 % 101) }))
        let right = try #require(Sample((0..<50).map { Double($0 * 53 % 97) + shift }))
        let test = KolmogorovSmirnov(left, right)
        #expect(abs(test.distance - distance) < 1e-12)
        #expect(abs(test.probability - probability) < 0.002)
    }

    @Test("two thousand values each are enough for a shift of six hundredths, as SciPy says")
    func largeSamples() throws {
        let left = try #require(Sample((0..<2_000).map { Double($0 * $0 * 7_919 % 100_003) }))
        let right = try #require(Sample((0..<2_000).map { Double($0 * $0 * 104_729 % 100_003) * 1.06 }))
        let test = KolmogorovSmirnov(left, right)
        #expect(abs(test.distance - 0.0615) < 1e-12)
        #expect(abs(test.probability - 0.00099) < 0.00005)
        #expect(left.median == 51_014)
        #expect(abs(right.median - 53_769.56) < 1e-6)
    }

    @Test("equal values are passed together")
    func ties() throws {
        let left = try #require(Sample([1, 1, 2, 3, 3, 3, 4]))
        let right = try #require(Sample([1, 3, 3, 5, 5, 6]))
        #expect(abs(KolmogorovSmirnov(left, right).distance - 0.5) < 1e-12)
        #expect(KolmogorovSmirnov(left, left).distance == 0)
        #expect(KolmogorovSmirnov(left, left).probability == 1)
    }

    @Test("the random numbers are SplitMix64's")
    func random() {
        // The first values of the authors' program for the seed 1234567.
        var random = SeededRandom(seed: 1_234_567)
        #expect(random.next() == 6_457_827_717_110_365_317)
        #expect(random.next() == 3_203_168_211_198_807_973)
        #expect(random.next() == 9_817_491_932_198_370_423)
    }

    @Test("the median is the middle, or between the two in the middle")
    func medians() throws {
        #expect(try #require(Sample([3, 1, 2])).median == 2)
        #expect(try #require(Sample([4, 1, 2, 3])).median == 2.5)
        #expect(Sample([]) == nil)
    }

    @Test("the interval of a difference of medians holds it, and not zero where the samples lie apart")
    func bootstrap() throws {
        var random = SeededRandom(seed: 7)
        let left = try #require(Sample((0..<400).map { _ in Double.random(in: 0..<1, using: &random) }))
        let same = try #require(Sample((0..<400).map { _ in Double.random(in: 0..<1, using: &random) }))
        let alike = MedianDifference(left, same, rounds: 200, using: &random)
        #expect(alike.interval.contains(0))
        let apart = MedianDifference(left, same.shifted(by: 0.5), rounds: 200, using: &random)
        #expect(apart.interval.contains(0.5))
        #expect(!apart.interval.contains(0))
    }

    @Test("a resampled median is one of the values, and varies")
    func resampling() throws {
        var random = SeededRandom(seed: 3)
        let sample = try #require(Sample([1, 2, 3, 4, 5]))
        let medians = (0..<200).map { _ in sample.resampledMedian(using: &random) }
        #expect(medians.allSatisfy(sample.sorted.contains))
        #expect(Set(medians).count > 2)
    }
}
