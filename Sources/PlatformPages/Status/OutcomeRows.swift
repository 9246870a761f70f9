import Calls
import Localization
import Site
import Tenants

/// Today's calls by what became of them, each with its share of all.
struct OutcomeRows {
    let figures: InstallationFigures
    let visit: PlatformVisit

    /// In the order in which they are shown.
    private static let outcomes: [CallOutcome] = [.completed, .handedOver, .abandoned, .noAnswer, .limit, .failed]

    var models: [Model] {
        let all = figures.callsToday + figures.refusedToday
        return rows.map { key, count in
            let perMille = all == 0 ? 0 : (count * 1_000 + all / 2) / all
            return [
                "outcome": .text(visit.text("platform.outcome_\(key)")),
                "outcome_count": .text(visit.localizer.number(count)),
                "outcome_share": .text(visit.localizer.percent(perMille: perMille)),
                // An SVG attribute, which knows only the point.
                "outcome_width": .text("\(perMille / 10).\(perMille % 10)%"),
            ]
        }
    }

    /// Every call of today in exactly one of them; those that nothing fell into are left out.
    var rows: [(key: String, count: Int)] {
        let known = Self.outcomes.map { ($0.rawValue, figures.outcomes[$0.rawValue] ?? 0) }
        let open = figures.outcomes[nil] ?? 0
        let other = figures.callsToday - open - known.reduce(0) { $0 + $1.1 }
        let rows = known + [("open", open), ("other", other), ("refused", figures.refusedToday)]
        return rows.filter { $0.1 > 0 }.map { (key: $0.0, count: $0.1) }
    }
}
