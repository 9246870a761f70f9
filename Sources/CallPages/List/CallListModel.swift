import Calls
import Foundation
import Kernel
import Localization
import PhoneNumbers
import Site
import Tenants

/// What the list of calls says.
struct CallListModel {
    private let visit: TenantVisit
    private let list: CallList
    private let words: CallWords

    init(_ visit: TenantVisit, _ list: CallList) {
        self.visit = visit
        self.list = list
        words = CallWords(visit)
    }

    func model(_ found: CallReading.Page) -> Model {
        let total = list.isImpossible ? 0 : found.total
        let lines = list.isImpossible ? [] : found.lines
        let state = list.state
        let base = visit.listModel(
            state,
            total: total,
            shown: lines.count,
            filters: filters(found.choices),
            searchLabel: visit.text(visit.may(.transcriptsRead) ? "calls.search_words" : "calls.search_number"),
            exportPath: visit.may(.callsExport) ? "/anrufe.csv" : nil
        )
        let isEmpty = lines.isEmpty
        return base.merging([
            "count": .text(count(total)),
            "span": .text(span),
            "sorted": .text(visit.text(sortKey)),
            "chips": .list(chips(found.choices)),
            "filters_open": .text(filtersOpen),
            "is_custom": .flag(state.value("zeitraum") == "custom"),
            "first_day": .text(state.value("von")),
            "last_day": .text(state.value("bis")),
            "words_need_period": .flag(list.wordsNeedPeriod),
            "is_partial": .flag(found.isPartial),
            "column_begin": .object(visit.column("beginn", label: visit.text("calls.column_begin"), state)),
            "column_duration": .object(visit.column("dauer", label: visit.text("calls.column_duration"), state)),
            "caption": .text(visit.text("calls.caption", ["count": count(total), "sorted": visit.text(sortKey)])),
            "rows": .list(lines.map(row)),
            "has_rows": .flag(!isEmpty),
            "nothing_found": .flag(isEmpty && found.choices.hasCalls),
            "nothing_yet": .flag(isEmpty && !found.choices.hasCalls),
            "may_watch": .flag(visit.may(.liveWatch)),
            "may_see_numbers": .flag(visit.may(.numbersRead)),
        ])
    }

    private func row(_ line: CallLine) -> Model {
        words.status(line).merging([
            "address": .text("/anrufe/\(line.id)"),
            "day": .text(words.day(line.admittedAt)),
            "clock": .text(visit.localizer.clock(line.admittedAt)),
            "machine_time": .text(Localizer.machine(line.admittedAt)),
            "caller": .text(words.caller(line.caller)),
            "course": .text(words.course(line)),
            "flow_name": .text(line.flow?.name),
            "flow_version": .text(line.flow.map { "v\($0.version)" }),
            "duration": .text(words.duration(line)),
            "answer": .text(line.answerMs.map(visit.localizer.milliseconds)),
            "is_slow": .flag((line.answerMs ?? 0) > CallWords.slowMs),
        ])
    }

    private func count(_ total: Int) -> String {
        total == 1 ? visit.text("calls.count_one") : visit.text("calls.count", ["n": visit.localizer.number(total)])
    }

    /// „13.11. bis 19.11.2026“.
    private var span: String {
        guard let from = list.period.from else {
            guard let until = list.period.until else { return visit.text("calls.span_all") }
            return visit.text("calls.span_until", ["date": visit.localizer.date(until.addingTimeInterval(-1))])
        }
        let last = list.period.until.map { $0.addingTimeInterval(-1) } ?? visit.now
        if visit.localizer.isSameDay(from, last) { return visit.localizer.date(from) }
        let until = visit.localizer.date(last)
        let isSameYear = visit.localizer.date(from).suffix(4) == until.suffix(4)
        let start =
            visit.language == .de && isSameYear
            ? String(visit.localizer.date(from).dropLast(4)) : visit.localizer.date(from)
        return visit.text("calls.span", ["from": start, "until": until])
    }

    private var sortKey: String {
        switch list.order {
        case .begin(newestFirst: true): "calls.sorted_newest"
        case .begin(newestFirst: false): "calls.sorted_oldest"
        case .duration(longestFirst: true): "calls.sorted_longest"
        case .duration(longestFirst: false): "calls.sorted_shortest"
        }
    }

    private var filtersOpen: String {
        let chosen = ["zeitraum", "ergebnis", "flow", "nummer"].count { name in
            name == "zeitraum" ? list.state.value(name) != CallPeriod.standard : list.state.filter(name) != nil
        }
        return chosen == 0
            ? visit.text("lists.filters")
            : visit.text("calls.filters_chosen", ["n": visit.localizer.number(chosen)])
    }

    private func filters(_ choices: CallReading.Choices) -> [ListFilterLabels] {
        let all = visit.text("lists.all")
        return [
            ListFilterLabels(
                name: "zeitraum",
                label: visit.text("calls.filter_period"),
                allLabel: visit.text("calls.period_all"),
                values: CallPeriod.values.map { ($0, visit.text("calls.period_\($0)")) }
            ),
            ListFilterLabels(
                name: "ergebnis",
                label: visit.text("calls.filter_result"),
                allLabel: all,
                values: CallList.results.map { ($0.rawValue, words.result($0)) }
            ),
            ListFilterLabels(
                name: "flow",
                label: visit.text("calls.filter_flow"),
                allLabel: all,
                values: choices.flows.map { ($0.id.description, $0.name) }
            ),
            ListFilterLabels(
                name: "nummer",
                label: visit.text("calls.filter_number"),
                allLabel: all,
                values: choices.numbers.map { ($0.value, $0.international) }
            ),
        ]
    }

    /// What narrows the list beside its period, each with the address that lets it go.
    private func chips(_ choices: CallReading.Choices) -> [Model] {
        let state = list.state
        var chips: [(String, String)] = []
        if let value = state.filter("ergebnis").flatMap(CallResult.init(rawValue:)) {
            chips.append(("ergebnis", words.result(value)))
        }
        if let value = state.filter("flow") {
            let name = choices.flows.first { $0.id.description == value }?.name
            chips.append(("flow", name ?? visit.text("calls.unknown_flow")))
        }
        if let value = state.filter("nummer").flatMap({ E164($0) }) { chips.append(("nummer", value.international)) }
        return chips.map { name, label in
            [
                "chip_label": .text(label),
                "chip_address": .text(state.address(setting: [name: ListState.all])),
            ]
        }
    }
}
