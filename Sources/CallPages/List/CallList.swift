import Calls
import Foundation
import Kernel
import Localization
import Site
import Tenants

/// How the list of calls is looked at, read from the address.
struct CallList {
    static let path = "/anrufe"
    /// In the order of the filter.
    static let results: [CallResult] = [.solved, .handedOver, .dropped, .failed, .refused, .running]

    let state: ListState
    let filter: CallFilter
    let order: CallOrder
    let period: CallPeriod
    /// Words were asked for and may not be looked for, because the period is too long.
    let wordsNeedPeriod: Bool
    /// Nothing can match: what is searched for is no number, and words may not be read.
    let isImpossible: Bool

    init(_ visit: TenantVisit) {
        state = ListState(
            visit.query,
            path: Self.path,
            filters: [
                ListState.Filter("zeitraum", CallPeriod.values, standard: CallPeriod.standard),
                ListState.Filter("ergebnis", Self.results.map(\.rawValue)),
                // Which flows and numbers there are is known to the database only.
                ListState.Filter("flow", Self.identity(visit.query.text("flow"))),
                ListState.Filter("nummer", Self.number(visit.query.text("nummer"))),
            ],
            free: ["von", "bis"],
            sorts: ["beginn", "dauer"]
        )
        period = CallPeriod(
            state.filter("zeitraum"),
            first: state.value("von"),
            last: state.value("bis"),
            now: visit.now,
            visit.localizer
        )
        order =
            state.sort == "dauer"
            ? .duration(longestFirst: state.isDescending) : .begin(newestFirst: state.isDescending)
        let digits = state.search.isEmpty ? nil : CallFilter.digits(in: state.search)
        let wantsWords = !state.search.isEmpty && digits == nil
        let mayReadWords = visit.may(.transcriptsRead)
        let allowsWords = period.allowsWords(at: visit.now)
        wordsNeedPeriod = wantsWords && mayReadWords && !allowsWords
        isImpossible = wantsWords && !(mayReadWords && allowsWords)
        filter = CallFilter(
            from: period.from,
            until: period.until,
            result: state.filter("ergebnis").flatMap(CallResult.init(rawValue:)),
            flow: state.filter("flow").flatMap { FlowID($0) },
            called: state.filter("nummer").flatMap { E164($0) },
            callerDigits: digits,
            words: wantsWords && mayReadWords && allowsWords ? state.search : nil
        )
    }

    private static func identity(_ text: String?) -> [String] {
        text.flatMap { FlowID($0) }.map { [$0.description] } ?? []
    }

    private static func number(_ text: String?) -> [String] { text.flatMap { E164($0) }.map { [$0.value] } ?? [] }
}
