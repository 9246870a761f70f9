import Synchronization

/// Many calls at once, begun at a steady rate.
package struct LoadRun: Sendable {
    package struct Summary: Sendable, Codable {
        package let calls: Int
        package let ok: Int
        package let failed: Int
        /// Audio time from the start of the stream to the first sound, in milliseconds.
        package let firstSoundMs: Percentiles?
        /// Real time of the first request for instructions, in milliseconds.
        package let instructionsMs: Percentiles?
        package let answerMs: Percentiles?
        package let bargeInMs: Percentiles?
        /// How often each problem occurred.
        package let problems: [String: Int]
    }

    package struct Percentiles: Sendable, Codable, Equatable {
        package let count: Int
        package let p50: Double
        package let p95: Double
        package let p99: Double
        package let max: Double

        /// Nil for no values.
        package init?(_ values: [Double]) {
            guard let last = values.max() else { return nil }
            let sorted = values.sorted()
            let at = { (share: Double) in sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))] }
            count = values.count
            p50 = at(0.5)
            p95 = at(0.95)
            p99 = at(0.99)
            max = last
        }
    }

    private let calls: Int
    private let rate: Double
    private let telephone: Telephone

    /// - Parameters:
    ///   - calls: how many calls in all.
    ///   - rate: how many begin in a second of real time.
    package init(calls: Int, rate: Double, telephone: Telephone) {
        self.calls = calls
        self.rate = rate
        self.telephone = telephone
    }

    /// - Parameters:
    ///   - plan: the plan of the call with that index.
    ///   - onReport: called as each call is over.
    package func run(
        plan: @escaping @Sendable (Int) -> DialPlan,
        onReport: @escaping @Sendable (DialReport) -> Void = { _ in }
    ) async -> Summary {
        let reports = await withTaskGroup(of: DialReport.self) { group in
            let started = ContinuousClock.now
            for index in 0..<calls {
                let begin = started + .seconds(Double(index) / rate)
                group.addTask { [telephone] in
                    // A cancelled run begins its remaining calls at once, and each ends at once.
                    do { try await Task.sleep(until: begin) } catch {}
                    return await telephone.dial(plan(index))
                }
            }
            var reports = [DialReport]()
            for await report in group {
                onReport(report)
                reports.append(report)
            }
            return reports
        }
        return Self.summary(of: reports)
    }

    static func summary(of reports: [DialReport]) -> Summary {
        var problems = [String: Int]()
        for report in reports {
            for problem in report.problems { problems[problem, default: 0] += 1 }
        }
        return Summary(
            calls: reports.count,
            ok: reports.count { $0.ok },
            failed: reports.count { !$0.ok },
            firstSoundMs: Percentiles(reports.compactMap { $0.streams.first?.firstSoundMs }.map(Double.init)),
            instructionsMs: Percentiles(reports.compactMap { $0.requests.first?.milliseconds }),
            answerMs: Percentiles(reports.flatMap(\.answerMs).map(Double.init)),
            bargeInMs: Percentiles(reports.flatMap(\.bargeInMs).map(Double.init)),
            problems: problems
        )
    }
}
