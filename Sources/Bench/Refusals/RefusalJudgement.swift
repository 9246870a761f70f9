import Foundation

/// Whether one can tell a foreign thing from an absent one by the time its refusal takes.
///
/// The two kinds must not lie further apart than two halves of one kind do. Both are judged by the test of Kolmogorov
/// and Smirnov: a route shows a difference if its probability is below one hundredth, divided by the number of routes
/// (Bonferroni). If halves of one kind differ by that measure, the machine was too restless and the run says nothing.
struct RefusalJudgement: Sendable {
    enum Verdict: Int32, Sendable {
        case alike = 0
        case different = 1
        case restless = 2
    }

    struct Line: Sendable {
        let route: RefusalRoute
        let requests: Int
        let foreignMedian: Double
        let absentMedian: Double
        /// From foreign to absent.
        let difference: MedianDifference
        let classes: KolmogorovSmirnov
        /// Between two random halves of the foreign ones.
        let halves: KolmogorovSmirnov
        /// How much later all of one kind would have had to be for the verdict to turn; nil if it has turned.
        let noticeable: Double?
    }

    private static let level = 0.01

    let lines: [Line]
    let threshold: Double

    /// - Parameter rounds: of the bootstrap.
    init(
        _ times: [RefusalRoute: RefusalTrial.Times],
        rounds: Int = 2_000,
        using random: inout SeededRandom
    ) {
        let threshold = Self.level / Double(max(1, times.count))
        self.threshold = threshold
        var lines: [Line] = []
        for route in RefusalRoute.allCases {
            guard let measured = times[route], let foreign = Sample(measured.foreign),
                let absent = Sample(measured.absent)
            else { continue }
            let mixed = measured.foreign.shuffled(using: &random)
            guard let first = Sample(Array(mixed.prefix(mixed.count / 2))),
                let second = Sample(Array(mixed.dropFirst(mixed.count / 2)))
            else { continue }
            lines.append(
                Line(
                    route: route,
                    requests: min(foreign.count, absent.count),
                    foreignMedian: foreign.median,
                    absentMedian: absent.median,
                    difference: MedianDifference(foreign, absent, rounds: rounds, using: &random),
                    classes: KolmogorovSmirnov(foreign, absent),
                    halves: KolmogorovSmirnov(first, second),
                    noticeable: Self.noticeable(foreign, absent, threshold)
                )
            )
        }
        self.lines = lines
    }

    var verdict: Verdict {
        if lines.contains(where: { $0.halves.probability < threshold }) { return .restless }
        return lines.contains { $0.classes.probability < threshold } ? .different : .alike
    }

    /// By halving, between nothing and more than the samples spread.
    private static func noticeable(_ left: Sample, _ right: Sample, _ threshold: Double) -> Double? {
        func isNoticed(_ shift: Double) -> Bool {
            KolmogorovSmirnov(left, right.shifted(by: shift)).probability < threshold
        }
        guard !isNoticed(0) else { return nil }
        var (low, high) = (0.0, 4 * max(left.interquartileRange, 1e-6))
        guard isNoticed(high) else { return nil }
        for _ in 0..<30 {
            let middle = (low + high) / 2
            if isNoticed(middle) { high = middle } else { low = middle }
        }
        return high
    }
}

extension RefusalJudgement {
    var text: String {
        var rows = [
            ["route", "each", "foreign", "absent", "ratio", "99 % of it", "D", "p", "halves D", "p", "notices"]
        ]
        rows += lines.map { line in
            let (low, high) = (line.difference.interval.lowerBound, line.difference.interval.upperBound)
            return [
                line.route.name,
                "\(line.requests)",
                "\(line.foreignMedian.text(3)) ms",
                "\(line.absentMedian.text(3)) ms",
                (line.absentMedian / line.foreignMedian).text(4),
                "\((1 + low / line.foreignMedian).text(4))–\((1 + high / line.foreignMedian).text(4))",
                line.classes.distance.text(4),
                line.classes.probability.text(4),
                line.halves.distance.text(4),
                line.halves.probability.text(4),
                line.noticeable.map { "\((100 * $0 / line.foreignMedian).text(1)) %" } ?? "-",
            ]
        }
        let sentence =
            switch verdict {
            case .alike: "alike: foreign and absent differ no more than two halves of one kind"
            case .different: "DIFFERENT: the time of a refusal tells foreign from absent"
            case .restless: "no verdict: even two halves of one kind differ; repeat it on a quieter machine"
            }
        return TextTable(rows, firstIsText: true).text + "\n\(sentence) (p at least \(threshold.text(5)))\n"
    }
}
