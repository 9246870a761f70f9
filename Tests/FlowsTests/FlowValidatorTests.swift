import Flows
import Foundation
import Kernel
import Localization
import Testing

struct FlowValidatorTests {
    @Test func deliveredExampleHasNoFindings() throws {
        let verdict = try anyTarget.judge(projectFile("Resources/flows/autohaus.json"))
        #expect(verdict.isAccepted)
        #expect(verdict.findings == [])
        #expect(verdict.document?.targets["werkstatt"]?.name == "Werkstatt")
    }

    @Test func sampleHasNoFindings() {
        #expect(anyTarget.lines(sampleFlow()) == [])
    }

    @Test func wayToAMissingNodeIsFound() {
        let flow = sampleFlow().conversation("gespraech") { $0.onNoAnswer = "fehlt" }.with { $0.entry = "nirgends" }
        #expect(anyTarget.lines(flow) == ["unknown_node /entry", "unknown_node /nodes/gespraech/onNoAnswer"])
    }

    @Test func unreachableNodeIsFound() {
        let flow = sampleFlow().with {
            $0.nodes["insel"] = .announcement(AnnouncementNode(text: "Niemand hört das.", next: "ende"))
        }
        #expect(anyTarget.lines(flow) == ["unreachable_node /nodes/insel"])
    }

    @Test func callMustBeginWithAGreeting() {
        #expect(anyTarget.lines(sampleFlow().with { $0.entry = "gespraech" }).contains("entry_not_greeting /entry"))
    }

    @Test func circleWithoutConversationIsFoundOnce() {
        let flow = sampleFlow().with {
            $0.nodes["verbinden"] = .handOver(HandOverNode(onFailed: "leider", onBusy: "gespraech"))
            $0.nodes["leider"] = .announcement(AnnouncementNode(text: "Leider besetzt.", next: "verbinden"))
        }
        let findings = anyTarget.findings(of: flow)
        #expect(findings.map(\.code) == [.loopWithoutConversation])
        #expect(findings.first?.arguments["nodes"] == "leider, verbinden")
    }

    @Test func circleThroughAConversationIsAllowed() {
        let flow = sampleFlow().with {
            $0.nodes["verbinden"] = .handOver(HandOverNode(onFailed: "leider"))
            $0.nodes["leider"] = .announcement(AnnouncementNode(text: "Leider besetzt.", next: "gespraech"))
        }
        #expect(anyTarget.lines(flow) == [])
    }

    @Test func nodeThatNeverEndsIsFound() {
        let flow = sampleFlow().conversation("gespraech") { $0.onEnd = "gespraech" }
        #expect(anyTarget.lines(flow).contains("no_way_out /nodes/gespraech"))
    }

    @Test func handOverNeedsAWayAndATarget() {
        let withoutWay = sampleFlow().conversation("gespraech") { $0.onHandOver = nil }
        #expect(anyTarget.lines(withoutWay).contains("hand_over_without_way /nodes/gespraech"))

        let withoutTarget = sampleFlow().conversation("gespraech") { $0.targets = [] }
        #expect(
            anyTarget.lines(withoutTarget) == [
                "hand_over_without_target /nodes/gespraech", "target_never_chosen /nodes/verbinden",
                "unused_target /targets/werkstatt",
            ]
        )

        let unknown = sampleFlow().conversation("gespraech") { $0.targets = ["werkstatt", "fehlt"] }
        #expect(anyTarget.lines(unknown) == ["unknown_target /nodes/gespraech/targets/1"])
    }

    @Test func targetIsMissedOnAnyWayWithoutAChoice() {
        let flow = sampleFlow().conversation("gespraech") { $0.onNoAnswer = "verbinden" }
        #expect(anyTarget.lines(flow) == ["target_never_chosen /nodes/verbinden"])
    }

    @Test func choiceThatWouldBeIgnoredIsFound() {
        let flow = sampleFlow().conversation("gespraech") { $0.targets = ["werkstatt", "verkauf"] }.with {
            $0.targets["verkauf"] = $0.targets["werkstatt"]
            $0.nodes["verbinden"] = .handOver(HandOverNode(target: "werkstatt", onFailed: "gespraech"))
        }
        #expect(anyTarget.lines(flow) == ["target_ignored /nodes/gespraech/onHandOver"])
    }

    @Test func refusedTargetIsNamedInWords() throws {
        let validator = FlowValidator { _ in "premium" }
        let finding = try #require(validator.findings(of: sampleFlow()).first)
        #expect(finding.pointer.description == "/targets/werkstatt/number")
        let catalog = try Catalog.load(resources: projectFolder.appendingPathComponent("Resources"))
        #expect(
            finding.text(catalog, .de)
                == "An diese Rufnummer darf nicht übergeben werden: Mehrwertnummern sind kein Ziel einer Übergabe."
        )
    }

    @Test(
        "K1: the greeting says before its first question that a machine speaks",
        arguments: [
            ("Hier ist die KI der Firma Muster.", true),
            ("Der KI-Assistent der Firma Muster. Was darf es sein?", true),
            ("Sie sprechen mit einer künstlichen Intelligenz.", true),
            ("Ich bin der digitale Assistent der Praxis.", true),
            ("Hier ist Ihre virtuelle Telefonassistentin.", true),
            ("You are speaking with our automated assistant.", true),
            ("This is the AI of Example Ltd.", true),
            ("Guten Tag, Firma Muster. Was kann ich für Sie tun?", false),
            ("Wie geht es Ihnen? Hier ist die KI.", false),
            ("Kinderarztpraxis Maier, hier ist Ki Müller.", false),
            ("Ihre Assistentin Lena am Apparat.", false),
        ]
    )
    func disclosure(text: String, discloses: Bool) {
        let flow = sampleFlow().with {
            $0.nodes["hallo"] = .greeting(GreetingNode(text: text, next: "gespraech"))
        }
        #expect(anyTarget.lines(flow) == (discloses ? [] : ["no_disclosure /nodes/hallo/text"]))
    }

    @Test("K1: a waiver with a reason turns the refusal into a warning") func waiver() {
        let flow = sampleFlow().with {
            $0.nodes["hallo"] = .greeting(GreetingNode(text: "Guten Tag.", next: "gespraech"))
            $0.aiDisclosureWaiver = DisclosureWaiver(reason: "Nur intern, alle wissen es.")
        }
        let findings = anyTarget.findings(of: flow)
        #expect(findings.map(\.code) == [.disclosureWaived])
        #expect(!findings.refuse)
    }

    @Test func oddWordingIsWarnedAbout() {
        let flow = sampleFlow().with {
            $0.voice.name = "en-GB-Chirp3-HD-Leda"
            $0.language = "fr"
            $0.lexicon = [LexiconEntry(word: "a", say: "b"), LexiconEntry(word: "a", say: "c")]
            $0.targets["niemand"] = $0.targets["werkstatt"]
        }
        #expect(
            anyTarget.lines(flow) == [
                "language_without_texts /language", "repeated_word /lexicon/1/word", "unused_target /targets/niemand",
                "voice_of_other_language /voice/name",
            ]
        )
    }

    @Test(arguments: Language.allCases) func everyFindingHasAText(language: Language) throws {
        let catalog = try Catalog.load(resources: projectFolder.appendingPathComponent("Resources"))
        for code in FlowFinding.Code.allCases {
            #expect(catalog.message("flows.\(code.rawValue)", language) != nil, "\(code.rawValue)")
        }
    }
}
