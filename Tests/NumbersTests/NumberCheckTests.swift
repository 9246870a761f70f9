import PhoneNumbers
import Testing

@testable import Numbers

struct NumberCheckTests {
    @Test(
        "A11: what was refused stops the check at its question; the later ones were not asked",
        arguments: [
            (NumberRefusal.unreadable(.tooShort), ["failed", "open", "open", "open", "open"]),
            (.notAtCarrier, ["passed", "failed", "open", "open", "open"]),
            (.routedElsewhere, ["passed", "passed", "failed", "open", "open"]),
            (.taken, ["passed", "passed", "passed", "failed", "open"]),
            (.quarantined, ["passed", "passed", "passed", "passed", "failed"]),
        ]
    )
    func stops(refusal: NumberRefusal, outcomes: [String]) throws {
        let check = try #require(NumberCheck(refusal))
        #expect(check.results.map(\.outcome.rawValue) == outcomes)
        #expect(check.results.map(\.step) == NumberCheck.Step.allCases)
    }

    @Test func aCarrierThatIsSilentFailsNothing() {
        #expect(NumberCheck.withoutCarrier().results.map(\.outcome) == [.passed, .silent, .open, .open, .open])
        #expect(NumberCheck.withoutCarrier(asking: NumberCheck.ofCarrier).results.map(\.outcome) == [.silent, .open])
    }

    @Test func otherRefusalsAreNoCheck() {
        #expect(NumberCheck(.unknownFlow) == nil)
        #expect(NumberCheck(.taken, asking: NumberCheck.ofCarrier) == nil)
        #expect(NumberCheck(nil)?.results.allSatisfy { $0.outcome == .passed } == true)
    }
}
