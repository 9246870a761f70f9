import Foundation
import Kernel
import Sandbox
import Testing

/// What Google and the model do to a call when they fail. The caller is answered in the end, or speaks with a person, and
/// in each case hears why it takes so long.
///
/// The product's patience with providers is real time, so that a call with a provider that says nothing lasts seconds.
extension EndToEnd.FaultProviderTests {
    enum Outcome: Sendable {
        /// The caller hears the answer to the question.
        case answer
        /// The caller is told and speaks with a person.
        case person
    }

    struct Failure: Sendable, CustomTestStringConvertible {
        let fault: Fault
        var times: Int?
        let outcome: Outcome
        /// What the caller must have heard besides.
        var hears: [String] = []

        var testDescription: String { "\(fault.rawValue)\(times.map { ", \($0) times" } ?? "")" }
    }

    private static let question = "Wann haben Sie offen?"
    private static let answer = "8 bis 18 Uhr"
    private static let apology = "technisches Problem"
    private static let filler = "Einen Moment"
    private static let misunderstood = "nicht verstanden"

    @Test("the model stalls, breaks off, refuses or answers nonsense", .timeLimit(.minutes(10)))
    func model() async throws {
        let failures = [
            Failure(fault: .stall, outcome: .person, hears: [Self.filler, Self.apology]),
            Failure(fault: .stall, times: 1, outcome: .answer, hears: [Self.filler]),
            Failure(fault: .stallMidway, outcome: .person, hears: [Self.apology]),
            Failure(fault: .error, outcome: .person, hears: [Self.apology]),
            Failure(fault: .error, times: 1, outcome: .answer),
            Failure(fault: .errorMidway, outcome: .person, hears: [Self.apology]),
            Failure(fault: .quota, outcome: .person, hears: [Self.apology]),
            Failure(fault: .quota, times: 1, outcome: .answer),
            Failure(fault: .denied, outcome: .person, hears: [Self.apology]),
            Failure(fault: .garbage, outcome: .person, hears: [Self.apology]),
        ]
        try await judge(failures, of: .model, steps: [.waitForTurn, .say(Self.question)])
    }

    @Test("the recogniser freezes or is away", .timeLimit(.minutes(10)))
    func recogniser() async throws {
        let failures = [
            Failure(fault: .stall, outcome: .person, hears: [Self.misunderstood, Self.apology]),
            Failure(fault: .stall, times: 1, outcome: .answer, hears: [Self.misunderstood]),
            Failure(fault: .error, outcome: .person, hears: [Self.apology]),
            Failure(fault: .error, times: 1, outcome: .answer),
            Failure(fault: .errorMidway, times: 1, outcome: .answer),
            Failure(fault: .denied, outcome: .person, hears: [Self.apology]),
        ]
        let steps: [CallerStep] = [.waitForTurn, .say(Self.question), .waitForTurn, .say(Self.question)]
        try await judge(failures, of: .recognizer, steps: steps)
    }

    /// Without a voice the agent cannot say that it hands over: the carrier's own voice does.
    @Test("the synthesiser fails, in the middle of a call", .timeLimit(.minutes(10)))
    func synthesiser() async throws {
        let failures = [
            Failure(fault: .error, outcome: .person),
            Failure(fault: .error, times: 1, outcome: .answer),
            Failure(fault: .errorMidway, outcome: .person),
            Failure(fault: .stall, outcome: .person),
            Failure(fault: .stall, times: 1, outcome: .answer),
        ]
        try await judge(failures, of: .synthesizer, steps: [.waitForTurn, .say(Self.question)], afterGreeting: true)
    }

    @Test("Google gives no token: the caller never hears the agent, and speaks with a person", .timeLimit(.minutes(10)))
    func token() async throws {
        let failure = Failure(fault: .denied, outcome: .person)
        try await judge([failure], of: .token, steps: [.waitForTurn])
    }

    @Test("where there is nobody to hand over to, the caller hears an apology", .timeLimit(.minutes(10)))
    func nobody() async throws {
        let options = StageOptions { options in
            options.pace = 6
            options.flow = Self.flowWithoutTargets
        }
        let (report, call) = try await withStage(options) { stage in
            stage.world.faults.set(.model, .error)
            let report = await stage.dial(Self.patient(stage.plan([.waitForTurn, .say(Self.question)])))
            return (report, try await stage.settled(report.callSid))
        }
        #expect(report.agentText.contains(Self.apology), "\(report.transcript)")
        #expect(report.ending == .agentHungUp)
        #expect(report.dials.isEmpty)
        #expect(call?.outcome == "failed")
        #expect(call?.openLegs == 0)
    }

    // MARK: One after the other on one stage

    private func judge(
        _ failures: [Failure],
        of target: FaultTarget,
        steps: [CallerStep],
        afterGreeting: Bool = false
    ) async throws {
        let options = StageOptions { options in
            options.pace = 6
            options.limit = .seconds(540)
        }
        try await withStage(options) { stage in
            for failure in failures {
                let report = await Self.call(stage, target, failure, steps, afterGreeting: afterGreeting)
                try await Self.judge(report, failure, "\(target.rawValue) \(failure.testDescription)", stage)
            }
        }
    }

    private static func call(
        _ stage: Stage,
        _ target: FaultTarget,
        _ failure: Failure,
        _ steps: [CallerStep],
        afterGreeting: Bool
    ) async -> DialReport {
        let faults = stage.world.faults
        if !afterGreeting { faults.set(target, failure.fault, times: failure.times) }
        defer { faults.clearAll() }
        return await stage.dial(patient(stage.plan(steps))) { line in
            guard afterGreeting, line.speaker == .agent, faults.current.isEmpty, line.text.contains("KI-Assistent")
            else { return }
            faults.set(target, failure.fault, times: failure.times)
        }
    }

    /// A caller who waits as long as it takes.
    private static func patient(_ plan: DialPlan) -> DialPlan {
        var plan = plan
        plan.patienceMs = 600_000
        plan.lingerMs = 600_000
        plan.limitMs = 900_000
        return plan
    }

    private static func judge(_ report: DialReport, _ failure: Failure, _ name: String, _ stage: Stage) async throws {
        let heard = report.agentText + "\n" + report.text(of: .announcement)
        let told: Comment = "\(name)\n\(report.transcript)\n\(stage.log.lines.suffix(20).joined(separator: "\n"))"
        for text in failure.hears { #expect(heard.contains(text), told) }
        switch failure.outcome {
        case .answer:
            #expect(heard.contains(answer), told)
            #expect(report.dials.isEmpty, told)
        case .person:
            #expect(heard.contains("verbinde Sie"), told)
            #expect(report.dials.map(\.bridged) == [true], told)
            #expect(report.text(of: .person).contains("ich übernehme"), told)
        }
        let call = try #require(try await stage.settled(report.callSid), told)
        #expect(call.state == "ended", told)
        #expect(call.openLegs == 0, told)
        let segments = try await stage.segments(report)
        let spoken = report.streams.reduce(0) { $0 + $1.audioMs }
        #expect(abs(segments.milliseconds(.bot) - spoken) <= 1_000, told)
        let forwarded = report.dials.reduce(0) { $0 + ($1.bridged ? $1.durationSeconds : 0) }
        #expect(abs(segments.milliseconds(.forward) - forwarded * 1_000) <= 1_000, told)
    }

    private static let flowWithoutTargets = FlowText(
        json: """
            {
                "schema": 1, "language": "de-AT", "entry": "begruessung",
                "voice": { "name": "de-DE-Chirp3-HD-Leda", "speakingRate": 1.0 },
                "nodes": {
                    "begruessung": {
                        "type": "greeting", "next": "gespraech", "text": "Hier ist der KI-Assistent der Firma Muster."
                    },
                    "gespraech": {
                        "type": "conversation", "tools": ["end_call"], "onEnd": "ende",
                        "systemPrompt": "Wir haben von 8 bis 18 Uhr geöffnet."
                    },
                    "ende": { "type": "hangUp" }
                }
            }
            """
    )
}
