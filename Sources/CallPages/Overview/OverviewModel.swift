import Calls
import Foundation
import Kernel
import Localization
import Site
import Tenants

/// What the overview says.
struct OverviewModel {
    private let visit: TenantVisit
    private let period: OverviewPeriod
    private let overview: CallOverview
    private let words: CallWords

    init(_ visit: TenantVisit, _ period: OverviewPeriod, _ overview: CallOverview) {
        self.visit = visit
        self.period = period
        self.overview = overview
        words = CallWords(visit)
    }

    private var figures: CallFigures { overview.figures }
    private var localizer: Localizer { visit.localizer }

    var model: Model {
        let chart = OverviewCharts(visit, period, figures)
        let hasCalls = figures.total > 0
        return [
            "now_line": .text(
                visit.text(
                    "calls.as_of",
                    ["date": localizer.weekdayDate(visit.now), "time": localizer.time(visit.now)]
                )
            ),
            "periods": .list(
                OverviewPeriod.Length.allCases.map { length in
                    [
                        "period_address": .text(
                            length == .today ? "/uebersicht" : "/uebersicht?zeitraum=\(length.rawValue)"
                        ),
                        "period_label": .text(visit.text("calls.overview_\(length.rawValue)")),
                        "period_chosen": .flag(length == period.length),
                    ]
                }
            ),
            "next_step": .object(nextStep),
            "figures": .list(keyFigures),
            "has_calls": .flag(hasCalls),
            "no_calls": .text(hasCalls ? nil : visit.text("calls.none_\(period.length.rawValue)")),
            "calls_heading": .text(visit.text(period.length == .today ? "calls.by_hour" : "calls.by_day")),
            "calls_title": .text(chart.callsTitle),
            "calls_chart": .markup(hasCalls ? chart.calls : ""),
            "legend": .list(legend),
            "has_answers": .flag(figures.answer != nil),
            "answers_title": .text(chart.answersTitle),
            "answers_chart": .markup(figures.answer == nil ? "" : chart.answers),
            "answers_median": .text(
                visit.text("calls.legend_median", ["ms": words.milliseconds(figures.answer?.median)])
            ),
            "answers_p95": .text(visit.text("calls.legend_p95", ["ms": words.milliseconds(figures.answer?.p95)])),
            "answers_goal": .text(visit.text("calls.legend_goal", ["ms": localizer.milliseconds(CallWords.slowMs)])),
            "may_watch": .flag(visit.may(.liveWatch)),
            "running": .text(running),
            "is_running": .flag(overview.running > 0),
            "month_heading": .text(visit.text("calls.minutes_month", ["month": month])),
            "bot_minutes": .text(minutes(overview.minutes.botMs)),
            "forward_minutes": .text(minutes(overview.minutes.forwardMs)),
            "newest": .list(overview.newest.map(row)),
            "has_newest": .flag(!overview.newest.isEmpty),
        ]
    }

    // MARK: What to do next

    /// Nil once the tenant's agent answers.
    private var nextStep: Model? {
        let setup = overview.setup
        let (name, path, permission): (String, String, Permission) =
            if !setup.hasNumber {
                ("number", "/rufnummern/neu", .numbersWrite)
            } else if !setup.answers {
                ("flow", "/rufnummern", .numbersAssign)
            } else if !setup.hasCalls {
                ("call", "/rufnummern", .numbersRead)
            } else {
                ("", "", .overviewRead)
            }
        guard !name.isEmpty else { return nil }
        let may = visit.may(permission)
        return [
            "step_title": .text(visit.text("calls.next_\(name)_title")),
            "step_text": .text(visit.text(may ? "calls.next_\(name)_text" : "calls.next_\(name)_ask")),
            "step_action": .text(may ? visit.text("calls.next_\(name)_action") : nil),
            "step_address": .text(path),
        ]
    }

    // MARK: Figures

    private var keyFigures: [Model] {
        let total = figures.total
        return [
            figure("calls", localizer.number(total), unit: nil, note: comparison),
            figure(
                "solved",
                share(figures.count(.solved)),
                unit: total > 0 ? "%" : nil,
                note: count(figures.count(.solved))
            ),
            figure("handed_over", share(figures.count(.handedOver)), unit: total > 0 ? "%" : nil, note: handedOver),
            figure(
                "answer",
                figures.answer.map { localizer.number($0.median) } ?? "–",
                unit: figures.answer == nil ? nil : "ms",
                note: figures.answer.map { visit.text("calls.answer_note", ["ms": localizer.milliseconds($0.p95)]) }
                    ?? visit.text("calls.answer_none")
            ),
        ]
    }

    private func figure(_ name: String, _ value: String, unit: String?, note: String) -> Model {
        [
            "figure_name": .text(visit.text("calls.figure_\(name)")), "figure_value": .text(value),
            "figure_unit": .text(unit), "figure_note": .text(note),
        ]
    }

    /// `78,7`, without the sign, which stands smaller beside it.
    private func share(_ count: Int) -> String {
        guard figures.total > 0 else { return "–" }
        return localizer.decimal((count * 1_000 + figures.total / 2) / figures.total, digits: 1)
    }

    private func count(_ count: Int) -> String {
        count == 1 ? visit.text("calls.count_one") : visit.text("calls.count", ["n": localizer.number(count)])
    }

    private var handedOver: String {
        let calls = count(figures.count(.handedOver))
        guard let seconds = figures.secondsToPerson else { return calls }
        return visit.text(
            "calls.handed_over_note",
            ["calls": calls, "duration": localizer.duration(seconds: seconds)]
        )
    }

    private var comparison: String {
        let difference = figures.total - figures.before
        let length = period.length.rawValue
        if difference == 0 { return visit.text("calls.same_\(length)") }
        return visit.text(
            difference > 0 ? "calls.more_\(length)" : "calls.fewer_\(length)",
            ["n": localizer.number(abs(difference))]
        )
    }

    private var legend: [Model] {
        OverviewCharts.groups.enumerated().map { index, group in
            let count = group.results.reduce(0) { $0 + figures.count($1) }
            return [
                "legend_class": .text("key-\(index + 1)"),
                "legend_label": .text(
                    visit.text("calls.legend_\(group.name)", ["n": localizer.number(count)])
                ),
            ]
        }
    }

    private var running: String {
        switch overview.running {
        case 0: visit.text("calls.running_none")
        case 1: visit.text("calls.running_one")
        default: visit.text("calls.running_many", ["n": localizer.number(overview.running)])
        }
    }

    // MARK: Minutes and calls

    private var month: String {
        // „22. November 2026“ without its day.
        localizer.longDate(visit.now).split(separator: Character(Localizer.space), maxSplits: 1).last.map(String.init)
            ?? ""
    }

    private func minutes(_ milliseconds: Int) -> String {
        visit.text("calls.minutes_unit", ["n": localizer.decimal((milliseconds + 3_000) / 6_000, digits: 1)])
    }

    private func row(_ line: CallLine) -> Model {
        let isToday = localizer.isSameDay(line.admittedAt, visit.now)
        return words.status(line).merging([
            "address": .text("/anrufe/\(line.id)"),
            "begin": .text(
                isToday
                    ? localizer.time(line.admittedAt)
                    : words.day(line.admittedAt) + Localizer.space + localizer.clock(line.admittedAt)
            ),
            "caller": .text(words.caller(line.caller)),
            "course": .text(words.course(line)),
            "duration": .text(words.duration(line)),
        ])
    }
}
