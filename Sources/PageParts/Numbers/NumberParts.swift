import Audit
import Foundation
import Localization
package import Numbers
package import Site

extension CheckedVisit {
    /// What `numbers/status` needs.
    package func status(_ line: NumberLine) -> Model {
        let (tone, icon): (String, String) =
            switch line.state {
            case .active: ("ok", "ok")
            case .silent: ("warn", "warning")
            case .unassigned: ("off", "none")
            case .resting: ("off", "clock")
            case .past: ("off", "none")
            }
        let note: String? =
            switch line.state {
            case .resting:
                line.restsUntil.map { text("numbers_page.state_resting_until", ["date": localizer.date($0)]) }
            case .silent: text("numbers_page.state_silent_note")
            case .active, .unassigned, .past: nil
            }
        return [
            "state_tone": .text(tone), "state_icon": .text(icon), "state_label": .text(text(line.state.key)),
            "state_note": .text(note),
        ]
    }

    /// What `numbers/checklist` needs.
    package func checklist(_ check: NumberCheck, spelling: String? = nil) -> Model.Value {
        .list(
            check.results.map { result in
                let (tone, icon): (String, String) =
                    switch result.outcome {
                    case .passed: ("is-ok", "ok")
                    case .failed: ("is-bad", "error")
                    case .silent: ("is-warn", "warning")
                    case .open: ("is-open", "pending")
                    }
                return [
                    "step_tone": .text(tone), "step_icon": .text(icon), "step_title": .text(text(result.titleKey)),
                    "step_outcome": .text(text(result.outcomeKey)),
                    "step_text": .text(
                        result.step == .spelling && result.outcome != .open
                            ? spelling ?? text(result.explanationKey) : text(result.explanationKey)
                    ),
                ]
            }
        )
    }

    /// What `numbers/timeline` needs.
    ///
    /// - Parameter tenant: the name that is shown with each event; nil shows none.
    package func timeline(_ events: [NumberEvent], tenant: (NumberEvent) -> String?) -> Model.Value {
        .list(
            events.enumerated().map { index, event in
                [
                    "event_at": .text(localizer.dateTime(event.at)),
                    "event_machine": .text(Localizer.machine(event.at)),
                    "event_tenant": .text(tenant(event)),
                    "event_text": .text(
                        text(
                            event.key,
                            [
                                "flow": event.flowName ?? "",
                                "until": event.restsUntil.map { localizer.date($0) } ?? "",
                            ]
                        )
                    ),
                    "event_by": .text(origin(of: event)),
                    "event_is_newest": .flag(index == 0),
                ]
            }
        )
    }

    private func origin(of event: NumberEvent) -> String? {
        let actor: String? = event.actor.map { actor in
            guard actor.kind == .person else { return text("numbers_page.by_\(actor.kind.rawValue)") }
            return actor.person.map { text("numbers_page.by_person", ["name": $0]) }
                ?? text("numbers_page.by_person_unknown")
        }
        let reason = event.reason.map { text("numbers_page.with_reason", ["reason": $0]) }
        let parts = [actor, reason].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// `text`, where a number of running calls chooses between the keys `_none`, `_one` and `_many`.
    package func runningText(_ key: String, _ calls: Int, _ arguments: [String: String] = [:]) -> String {
        switch calls {
        case 0: text("\(key)_none", arguments)
        case 1: text("\(key)_one", arguments)
        default: text("\(key)_many", arguments.merging(["n": localizer.number(calls)]) { first, _ in first })
        }
    }
}
