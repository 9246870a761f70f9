import Calls
import Foundation
import Kernel
import Sandbox
import Tenants
import TestSupport
import Testing

extension EndToEnd.CallTests {
    @Test("the demo's call: greeting, question, interruption, hand-over, the person, and the books")
    func demo() async throws {
        let options = StageOptions { options in
            options.pace = 6
        }
        try await withStage(options) { stage in
            let autohaus = try await stage.found("Autohaus Donau", flow: .autohaus())
            let script = try String(
                contentsOf: RepositoryExamples.demoCall,
                encoding: .utf8
            )
            let steps = try CallerStep.read(script: script, folder: RepositoryExamples.folder)
            let report = await stage.dial(steps, to: autohaus.number)
            #expect(report.problems == [], "\(report.transcript)\n\(stage.log.lines)")

            // The disclosure is the first that is heard (K1).
            let first = try #require(report.lines.first { $0.speaker == .agent })
            #expect(first.text.contains("KI-Assistent"))
            #expect(report.agentText.contains("Hafenstraße 12"))
            #expect(report.bargeInMs.count == 1)
            #expect(report.text(of: .whisper).contains("Drücken Sie die Eins"))
            #expect(report.text(of: .person).contains("ich übernehme"))
            #expect(report.dials.map(\.bridged) == [true])

            let turns = try await stage.turns(report)
            let cut = try #require(turns.first { $0.interrupted }, "\(turns)")
            #expect(cut.speaker == .agent)
            let heard = try #require(cut.heard)
            #expect(heard.count < cut.text.count)
            #expect(cut.text.hasPrefix(heard))
            let said = turns.filter { $0.speaker == .caller }.map(\.text)
            #expect(
                said == [
                    "Wann haben Sie offen?", "Entschuldigung, wo sind Sie eigentlich?",
                    "Verbinden Sie mich bitte mit der Werkstatt.",
                ]
            )

            let segments = try await stage.segments(report)
            #expect(segments.kinds == [.bot, .forward])
            let stream = try #require(report.streams.first)
            let dial = try #require(report.dials.first)
            #expect(abs(segments.milliseconds(.bot) - stream.audioMs) <= 1_000)
            #expect(abs(segments.milliseconds(.forward) - dial.durationSeconds * 1_000) <= 1_000)
            let call = try #require(try await stage.settled(report.callSid))
            #expect(call.state == "ended")
            #expect(call.outcome == "handed_over")
            let actions = try await stage.auditActions(autohaus.tenant.id)
            #expect(
                actions == [
                    "tenant.created", "flow.imported", "flow.staged", "flow.published", "number.claimed",
                    "number.assigned",
                ]
            )
        }
    }

    // MARK: The person

    /// What the person does, what the caller hears then, and what the carrier calls it.
    struct Branch: Sendable, CustomTestStringConvertible {
        let answer: DialledPerson.Answer
        let heard: String
        let status: String

        var testDescription: String { answer.rawValue }
    }

    static let branches = [
        Branch(answer: .busy, heard: "Dort ist gerade besetzt.", status: "busy"),
        Branch(answer: .noAnswer, heard: "Dort hebt niemand ab.", status: "no-answer"),
        Branch(answer: .failed, heard: "Die Verbindung ist gescheitert.", status: "failed"),
        Branch(answer: .canceled, heard: "Die Verbindung ist gescheitert.", status: "canceled"),
        Branch(answer: .voicemail, heard: "Dort hat niemand angenommen.", status: "completed"),
        Branch(answer: .decline, heard: "Dort hat niemand angenommen.", status: "completed"),
    ]

    @Test("17: when nobody takes the hand-over, the flow's branch is heard and the call goes on", arguments: branches)
    func handOverFails(_ branch: Branch) async throws {
        try await withStage { stage in
            var plan = stage.plan([
                .waitForTurn, .say("Verbinden Sie mich bitte mit der Werkstatt."), .waitForTurn,
                // The branch's sentence.
                .waitForTurn, .expect(branch.heard), .say("Wie ist Ihre Adresse?"), .waitForTurn,
                .expect("Hauptplatz 1"), .hangUp,
            ])
            plan.person = DialledPerson(answer: branch.answer, ringMs: 1_000)
            plan.patienceMs = 60_000
            let report = await stage.dial(plan)
            #expect(report.problems == [], "\(report.transcript)\n\(stage.log.lines)")
            #expect(report.dials.map(\.status) == [branch.status])
            #expect(report.dials.map(\.bridged) == [false])

            let segments = try await stage.segments(report)
            #expect(segments.kinds == [.bot, .bot], "only the agent's time is paid for")
            let spoken = report.streams.reduce(0) { $0 + $1.audioMs }
            #expect(abs(segments.milliseconds(.bot) - spoken) <= 1_000)
            let call = try #require(try await stage.settled(report.callSid))
            #expect(call.state == "ended")
            #expect(call.outcome == "abandoned")
        }
    }

    @Test("the caller who hangs up while the person's telephone rings costs no forwarding")
    func hangsUpDuringRinging() async throws {
        try await withStage { stage in
            var plan = stage.plan([
                .waitForTurn, .say("Verbinden Sie mich bitte mit der Werkstatt."), .waitForTurn, .silence(ms: 1_500),
                .hangUp,
            ])
            plan.person = DialledPerson(answer: .accept, ringMs: 15_000)
            let report = await stage.dial(plan)
            #expect(report.ending == .callerHungUp, "\(report.transcript)")
            let segments = try await stage.segments(report)
            #expect(segments.kinds == [.bot])
            #expect(try await stage.settled(report.callSid)?.state == "ended")
        }
    }

    // MARK: Silence, keys, listeners, goodbye

    @Test("a silent caller hears two different reminders and then the flow's branch for no answer")
    func silence() async throws {
        try await withStage(StageOptions { $0.flow = .reception(of: "Muster", silenceMs: 3_000) }) { stage in
            var plan = stage.plan([
                .waitForTurn, .waitForTurn, .expect("Sind Sie noch da?"), .waitForTurn,
                .expect("Ich höre Sie leider nicht."),
            ])
            plan.lingerMs = 20_000
            let report = await stage.dial(plan)
            #expect(report.problems == [], "\(report.transcript)")
            #expect(report.ending == .agentHungUp)
            #expect(report.agentText.hasSuffix("Ich lege jetzt auf, weil niemand spricht."))
            let call = try #require(try await stage.settled(report.callSid))
            #expect(call.outcome == "no_answer")
        }
    }

    @Test("the key 0 leads to a person")
    func zeroKey() async throws {
        try await withStage { stage in
            let report = await stage.dial([.waitForTurn, .digits("0"), .waitForTurn])
            #expect(report.problems == [], "\(report.transcript)")
            #expect(report.dials.map(\.bridged) == [true])
            let kinds = try await stage.segments(report).kinds
            #expect(kinds == [.bot, .forward])
        }
    }

    @Test("other keys are an answer of the caller's")
    func keys() async throws {
        try await withStage { stage in
            let report = await stage.dial([.waitForTurn, .digits("42"), .waitForTurn, .hangUp])
            #expect(report.problems == [], "\(report.transcript)")
            let said = try await stage.turns(report).filter { $0.speaker == .caller }.map(\.text)
            #expect(said == ["[Tasten gedrückt: 42]"])
        }
    }

    @Test("J7: a listener's word does not end the answer", arguments: ["mhm", "ja", "genau"])
    func listenerWord(_ word: String) async throws {
        try await withStage { stage in
            let report = await stage.dial([
                .waitForTurn, .say("Erzählen Sie mir alles."), .interrupt(afterMs: 1_200, say: word), .waitForTurn,
                .silence(ms: 9_000), .hangUp,
            ])
            #expect(report.problems == [], "\(report.transcript)")
            let answer = "Wir haben von 8 bis 18 Uhr geöffnet. Unsere Adresse ist Hauptplatz 1 in Linz."
            let heard = report.text(of: .agent)
            #expect(heard.contains("Hauptplatz 1 in Linz."), "\(report.transcript)")
            let turns = try await stage.turns(report)
            #expect(turns.filter { $0.speaker == .caller }.map(\.text) == ["Erzählen Sie mir alles."])
            let answers = turns.filter { $0.speaker == .agent && $0.text.contains("Uhr") }
            #expect(answers.count == 1)
            #expect(answers.allSatisfy { $0.text.hasPrefix(answer) })
            #expect(answers.allSatisfy { !$0.interrupted }, "\(turns)")
        }
    }

    @Test("K9: nothing of what was said in a call stands in the database in plain text, nor the caller's number")
    func sealed() async throws {
        try await withStage { stage in
            let report = await stage.dial([
                .waitForTurn, .say("Wann haben Sie offen?"), .waitForTurn,
                .say("Verbinden Sie mich mit einem Menschen."),
            ])
            let turns = try await stage.turns(report)
            #expect(turns.contains { $0.text.contains("offen") })
            #expect(turns.contains { $0.text.contains("Uhr geöffnet") })
            _ = try #require(try await stage.settled(report.callSid))
            let text = try await stage.database.plainText(of: stage.company.tenant.id)
            #expect(text.contains(report.callSid))
            for secret in ["Wann haben", "geöffnet", "Menschen", "Hauptplatz", Stage.caller, "KI-Assistent"] {
                #expect(!text.contains(secret), "\(secret)")
            }
        }
    }

    @Test("a caller who says goodbye hears the flow's goodbye, and the agent hangs up")
    func endCall() async throws {
        try await withStage { stage in
            let report = await stage.dial([.waitForTurn, .say("Danke, das war alles. Auf Wiederhören.")])
            #expect(report.problems == [], "\(report.transcript)")
            #expect(report.ending == .agentHungUp)
            #expect(report.agentText.contains("Danke für Ihren Anruf."))
            let call = try #require(try await stage.settled(report.callSid))
            #expect(call.outcome == "completed")
            #expect(try await stage.segments(report).kinds == [.bot])
        }
    }
}

enum RepositoryExamples {
    static let folder = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "docs/examples")
    static let demoCall = folder.appending(path: "demo-call.jsonl")
}
