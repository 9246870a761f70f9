import Foundation
import Kernel
import Localization
import PhoneNumbers
import TestSupport
import Testing

@testable import Numbers

/// Whatever a page may have to say has its text.
struct NumberTextTests {
    private func texts() throws -> Catalog { try Catalog.load(resources: RepositoryFolder.resources) }

    @Test("Every state, outcome, event, kind and refusal has its text", arguments: Language.allCases)
    func texts(language: Language) throws {
        let catalog = try texts()
        var keys = NumberState.allCases.map(\.key)
        for step in NumberCheck.Step.allCases {
            let outcomes: [NumberCheck.Outcome] =
                switch step {
                case .spelling: [.passed, .open]
                case .account: [.passed, .failed, .silent, .open]
                case .route, .free, .rest: [.passed, .failed, .open]
                }
            for outcome in outcomes {
                let result = NumberCheck.Result(step: step, outcome: outcome)
                keys += [result.titleKey, result.explanationKey, result.outcomeKey]
            }
        }
        let kinds: [NumberEvent.Kind] = [
            .claimed, .movedIn, .assigned("x"), .reassigned("x"), .unassigned("x"), .released(until: Date()), .movedOut,
        ]
        keys += kinds.map { NumberEvent(at: Date(), kind: $0, tenant: TenantID()).key }
        keys += PhoneNumber.Kind.allCases.map { "numbers_page.kind_\($0.rawValue)" }
        for refusal in PhoneNumberRefusal.allCases {
            keys += ["numbers.refusal_\(refusal.rawValue)", "numbers_page.fix_\(refusal.rawValue)"]
        }
        for key in keys { #expect(catalog.message(key, language) != nil, "\(key)") }
    }
}
