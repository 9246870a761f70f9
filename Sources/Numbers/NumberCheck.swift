/// The questions that a number must pass before it is somebody's, in the order in which they are asked.
package struct NumberCheck: Sendable, Hashable {
    package enum Step: String, Sendable, CaseIterable {
        case spelling
        /// The carrier holds exactly this number, in our account.
        case account
        /// Nothing at the carrier overrides the address it would call us at.
        case route
        case free
        /// Its last owner's release is long enough ago.
        case rest
    }

    package enum Outcome: String, Sendable {
        case passed
        case failed
        /// The carrier did not answer.
        case silent
        /// Not asked, because an earlier one was not passed.
        case open
    }

    package struct Result: Sendable, Hashable {
        package let step: Step
        package let outcome: Outcome
    }

    package let results: [Result]

    /// - Parameters:
    ///   - refusal: nil if all were passed. There is no check where the act was refused for another reason.
    ///   - steps: those that the act asks.
    package init?(_ refusal: NumberRefusal?, asking steps: [Step] = Step.allCases) {
        guard let refusal else {
            self.init(results: steps.map { Result(step: $0, outcome: .passed) })
            return
        }
        guard let failed = refusal.step, steps.contains(failed) else { return nil }
        self.init(steps, stoppedAt: failed, .failed)
    }

    /// The carrier could not be asked.
    package static func withoutCarrier(asking steps: [Step] = Step.allCases) -> NumberCheck {
        NumberCheck(steps, stoppedAt: .account, .silent)
    }

    /// What the carrier said when it confirmed a number that is owned.
    package static let ofCarrier: [Step] = [.account, .route]

    private init(_ steps: [Step], stoppedAt step: Step, _ outcome: Outcome) {
        let place = steps.firstIndex(of: step) ?? steps.startIndex
        self.init(
            results: steps.enumerated().map { index, asked in
                Result(step: asked, outcome: index < place ? .passed : index == place ? outcome : .open)
            }
        )
    }

    private init(results: [Result]) {
        self.results = results
    }
}

extension NumberRefusal {
    /// The question that was not passed; nil for refusals that no number can help.
    package var step: NumberCheck.Step? {
        switch self {
        case .unreadable: .spelling
        case .notAtCarrier: .account
        case .routedElsewhere: .route
        case .taken: .free
        case .quarantined: .rest
        case .notOwned, .notAssigned, .unknownFlow: nil
        }
    }
}
