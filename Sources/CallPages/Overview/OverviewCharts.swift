import Calls
import Foundation
import Localization
import Site
import Tenants

/// The two drawings of the overview, and the sentence that each of them says.
struct OverviewCharts {
    struct Group {
        let name: String
        let results: [CallResult]
    }

    /// The parts of a column, from the axis upwards; running calls have no result yet.
    static let groups = [
        Group(name: "solved", results: [.solved]),
        Group(name: "handed_over", results: [.handedOver]),
        Group(name: "other", results: [.dropped, .failed, .refused, .running]),
    ]

    private let visit: TenantVisit
    private let period: OverviewPeriod
    private let figures: CallFigures

    init(_ visit: TenantVisit, _ period: OverviewPeriod, _ figures: CallFigures) {
        self.visit = visit
        self.period = period
        self.figures = figures
    }

    private var localizer: Localizer { visit.localizer }

    // MARK: Calls

    var calls: String {
        ColumnChart(
            columns: shown.map { index in
                let bucket = figures.buckets[index]
                return ColumnChart.Column(
                    label: label(index),
                    parts: Self.groups.map { group in group.results.reduce(0) { $0 + (bucket.counts[$1] ?? 0) } },
                    isNow: isNow(index)
                )
            },
            number: { localizer.number($0) }
        ).svg
    }

    var callsTitle: String {
        guard let peak = figures.buckets.max(by: { $0.total < $1.total }), peak.total > 0 else { return "" }
        return visit.text(
            period.length == .today ? "calls.chart_hours" : "calls.chart_days",
            [
                "when": when(peak.start), "n": localizer.number(peak.total), "total": localizer.number(figures.total),
            ]
        )
    }

    // MARK: Answers

    var answers: String {
        LineChart(
            points: answered.map { index in
                let answer = figures.buckets[index].answer
                return LineChart.Point(label: label(index), values: answer.map { ($0.median, $0.p95) })
            },
            goal: CallWords.slowMs,
            goalText: visit.text("calls.goal_p95"),
            number: { localizer.number($0) },
            withUnit: { localizer.milliseconds($0) }
        ).svg
    }

    var answersTitle: String {
        guard let whole = figures.answer,
            let peak = figures.buckets.filter({ $0.answer != nil })
                .max(by: { ($0.answer?.p95 ?? 0) < ($1.answer?.p95 ?? 0) })
        else { return "" }
        return visit.text(
            "calls.chart_answers",
            [
                "median": localizer.milliseconds(whole.median), "p95": localizer.milliseconds(whole.p95),
                "when": when(peak.start), "peak": localizer.milliseconds(peak.answer?.p95 ?? 0),
                "goal": localizer.milliseconds(CallWords.slowMs),
            ]
        )
    }

    // MARK: Parts

    /// Of today: office hours, and every hour beside them that was called in or is now.
    private var shown: [Int] {
        guard period.length == .today else { return Array(figures.buckets.indices) }
        let used = figures.buckets.indices.filter { figures.buckets[$0].total > 0 || isNow($0) }
        let first = min(7, used.first ?? 7)
        let last = max(18, used.last ?? 18)
        return figures.buckets.indices.filter { (first...last).contains($0) }
    }

    private var answered: [Int] {
        guard period.length == .today else { return shown }
        let used = shown.filter { figures.buckets[$0].answer != nil }
        guard let first = used.first, let last = used.last else { return [] }
        return Array(first...max(last, first))
    }

    private func isNow(_ index: Int) -> Bool {
        let next = index + 1 < period.starts.count ? period.starts[index + 1] : period.end
        return period.starts[index] <= visit.now && visit.now < next
    }

    /// Below a column: the hour, or the day where there is room for it.
    private func label(_ index: Int) -> String {
        let start = period.starts[index]
        switch period.length {
        case .today: return localizer.number(localizer.hour(start))
        case .week: return day(start)
        case .month: return (period.starts.count - 1 - index).isMultiple(of: 7) ? day(start) : ""
        }
    }

    private func when(_ start: Date) -> String {
        period.length == .today
            ? visit.text("calls.at_hour", ["hour": localizer.number(localizer.hour(start))]) : day(start)
    }

    /// `19.11.`, `19 Nov`.
    private func day(_ date: Date) -> String { String(localizer.date(date).dropLast(visit.language == .de ? 4 : 5)) }
}
