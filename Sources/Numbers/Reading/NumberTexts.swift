package import Foundation

/// The keys of the catalog for what is said about numbers.
extension NumberState {
    package var key: String { "numbers_page.state_\(rawValue)" }
}

extension NumberCheck.Result {
    package var titleKey: String { "numbers_page.step_\(step.rawValue)" }

    /// What was found, and what to do about it.
    package var explanationKey: String {
        outcome == .open ? "numbers_page.step_open" : "\(titleKey)_\(outcome.rawValue)"
    }

    /// The outcome in a word, for those who do not see its sign.
    package var outcomeKey: String {
        "numbers_page.step_state_" + (outcome == .silent ? NumberCheck.Outcome.failed : outcome).rawValue
    }
}

extension NumberEvent {
    /// Its text may have the placeholders `flow` and `until`.
    package var key: String {
        switch kind {
        case .claimed: "numbers_page.event_claimed"
        case .movedIn: "numbers_page.event_moved_in"
        case .assigned: "numbers_page.event_assigned"
        case .reassigned: "numbers_page.event_reassigned"
        case .unassigned: "numbers_page.event_unassigned"
        case .released: "numbers_page.event_released"
        case .movedOut: "numbers_page.event_moved_out"
        }
    }

    package var flowName: String? {
        switch kind {
        case .assigned(let flow), .reassigned(let flow), .unassigned(let flow): flow
        case .claimed, .movedIn, .released, .movedOut: nil
        }
    }

    package var restsUntil: Date? {
        if case .released(let until) = kind { until } else { nil }
    }
}
