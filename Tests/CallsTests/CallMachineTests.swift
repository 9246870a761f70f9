import Flows
import LanguageModel
import Testing

@testable import Calls

@Suite("One call as a value")
struct CallMachineTests {
    /// A call whose greeting has been heard.
    private func greeted(_ document: FlowDocument = .workshop()) -> MachinePlayer {
        var call = MachinePlayer(document)
        call.hearAll()
        return call
    }

    /// A call in which the caller has asked and the agent is answering.
    private func answering(_ answer: String) -> MachinePlayer {
        var call = greeted()
        call.speak("Wann haben Sie offen?")
        call.pass(800)
        call.answer(answer)
        return call
    }

    @Test("K1: the greeting with the AI disclosure is the first thing said")
    func greetingComesFirst() {
        let call = MachinePlayer(.workshop())
        #expect(call.saidTexts == ["Hier spricht der KI-Assistent."])
        #expect(call.asks.isEmpty)
    }

    @Test func endOfTurnBySilenceAsksTheModelOnce() {
        var call = greeted()
        call.send(.voiceBegan(atMs: call.nowMs))
        call.pass(500)
        call.send(.partial("Guten Tag"))
        call.send(.voiceCeased(atMs: call.nowMs))
        call.send(.final("Guten Tag"))
        #expect(call.asks.isEmpty)
        call.pass(700)
        #expect(call.asks.count == 1)
        #expect(call.asks.last?.request.messages.last == .user("Guten Tag"))
        call.pass(5_000)
        #expect(call.asks.count == 1)
    }

    @Test func endOfTurnWaitsForTheFinalTextButNotForEver() {
        var call = greeted()
        call.send(.voiceBegan(atMs: call.nowMs))
        call.pass(500)
        call.send(.partial("Ich brauche einen"))
        call.send(.voiceCeased(atMs: call.nowMs))
        call.pass(700)
        #expect(call.asks.isEmpty)
        call.pass(400)
        #expect(call.asks.last?.request.messages.last == .user("Ich brauche einen"))
    }

    @Test func recogniserAloneMayEndTheTurn() {
        var call = greeted(.workshop { $0.endOfTurn = EndOfTurn(by: .recogniser) })
        call.send(.voiceBegan(atMs: call.nowMs))
        call.pass(500)
        call.send(.voiceCeased(atMs: call.nowMs))
        call.pass(2_000)
        #expect(call.asks.isEmpty)
        call.send(.final("Guten Tag"))
        #expect(call.asks.count == 1)
    }

    @Test func callerWhoGoesOnTakesTheTurnBack() {
        var call = greeted()
        call.speak("Ich hätte gern")
        call.pass(700)
        #expect(call.asks.count == 1)
        call.speak("einen Termin")
        call.pass(700)
        #expect(call.asks.count == 2)
        #expect(call.asks.last?.request.messages.filter { $0.role == .user } == [.user("Ich hätte gern einen Termin")])
        call.answer("Gerne.")
        #expect(call.saidTexts.last == "Gerne.")
    }

    @Test func turnThatIsTakenBackStandsInTheTranscriptOnce() {
        var call = greeted()
        call.speak("Ich hätte gern")
        call.pass(700)
        call.speak("einen Termin")
        call.pass(700)
        #expect(call.turns.filter { $0.speaker == .caller }.map(\.text) == ["Ich hätte gern", "einen Termin"])
    }

    /// A call whose caller's turn was ended before the recogniser had finished its text.
    private func impatient(_ partial: String) -> MachinePlayer {
        var call = greeted()
        call.send(.voiceBegan(atMs: call.nowMs))
        call.pass(500)
        call.send(.partial(partial))
        call.send(.voiceCeased(atMs: call.nowMs))
        call.pass(1_200)
        return call
    }

    @Test func lateFinalTextThatSaysTheSameChangesNothing() {
        var call = impatient("wann haben Sie offen")
        call.send(.partial("wann haben Sie offen"))
        call.send(.final("Wann haben Sie offen?"))
        #expect(call.asks.count == 1)
        call.answer("Bis achtzehn Uhr.")
        call.hearAll()
        call.pass(2_000)
        #expect(call.asks.count == 1)
        #expect(call.turns.filter { $0.speaker == .caller }.map(\.text) == ["wann haben Sie offen"])
    }

    @Test func lateFinalTextDoesNotInterruptTheAnswer() {
        var call = impatient("wann haben Sie offen")
        call.answer("Bis achtzehn Uhr.")
        let sentence = call.said.last?.sentence ?? -1
        call.synthesise(sentence, lengthMs: 2_000)
        call.mark(sentence, heardMs: 0)
        call.pass(300)
        call.send(.final("Wann haben Sie offen?"))
        #expect(call.clears == 0)
        call.pass(1_700)
        call.mark(sentence, heardMs: 2_000, isEnd: true)
        call.speak("Danke, und am Samstag?")
        call.pass(700)
        let said = call.asks.last?.request.messages.filter { $0.role == .user }.map(\.content)
        #expect(said == ["wann haben Sie offen", "Danke, und am Samstag?"])
    }

    @Test func lateFinalTextWithMoreWordsIsAskedAsAWhole() {
        var call = impatient("ich hätte gern einen")
        call.send(.final("Ich hätte gern einen Termin."))
        call.pass(700)
        let said = call.asks.last?.request.messages.filter { $0.role == .user }.map(\.content)
        #expect(said == ["Ich hätte gern einen Termin."])
        #expect(call.turns.filter { $0.speaker == .caller }.map(\.text) == ["ich hätte gern einen", "Termin."])
    }

    @Test func newWordsAfterAnUnfinishedTextLoseNothing() {
        var call = impatient("ich hätte gern einen")
        call.speak("Termin am Montag")
        call.pass(700)
        let said = call.asks.last?.request.messages.filter { $0.role == .user }.map(\.content)
        #expect(said == ["ich hätte gern einen Termin am Montag"])
    }

    @Test func answersAreSpokenSentenceBySentence() {
        var call = greeted()
        call.speak("Wann haben Sie offen?")
        call.pass(700)
        call.send(.modelText(ask: call.lastAsk, "Wir haben von 8.30 Uhr"))
        #expect(call.said.count == 1)
        call.send(.modelText(ask: call.lastAsk, " bis 17 Uhr offen. Passt"))
        #expect(call.saidTexts.last == "Wir haben von 8.30 Uhr bis 17 Uhr offen.")
        call.send(.modelText(ask: call.lastAsk, " Ihnen das?"))
        call.send(.modelFinished(ask: call.lastAsk, nil))
        #expect(call.saidTexts.last == "Passt Ihnen das?")
    }

    @Test func bargeInAfterTheMinimumStopsTheAgentAndCutsTheHistory() {
        var call = answering("Wir haben Montag bis Freitag offen und am Samstag geschlossen.")
        let sentence = call.said.last?.sentence ?? -1
        call.synthesise(sentence, lengthMs: 4_000)
        call.mark(sentence, heardMs: 0)
        call.pass(500)
        call.mark(sentence, heardMs: 500)
        call.pass(500)
        call.mark(sentence, heardMs: 1_000)
        call.send(.voiceBegan(atMs: call.nowMs))
        call.pass(200)
        #expect(call.clears == 0)
        call.pass(100)
        #expect(call.clears == 1)
        call.send(.partial("Moment ich"))
        let turn = call.turns.last
        #expect(turn?.interrupted == true)
        #expect(turn?.heard == "Wir haben Montag bis")
        call.send(.final("Moment ich brauche Montag"))
        call.send(.voiceCeased(atMs: call.nowMs))
        call.pass(700)
        let messages = call.asks.last?.request.messages ?? []
        #expect(messages.suffix(2) == [.assistant("Wir haben Montag bis"), .user("Moment ich brauche Montag")])
    }

    @Test func listenerWordsDoNotInterrupt() {
        var call = answering("Wir haben von Montag bis Freitag offen. Kommen Sie gern vorbei.")
        call.send(.voiceBegan(atMs: call.nowMs))
        call.pass(150)
        call.send(.partial("mhm"))
        call.pass(400)
        call.send(.final("mhm genau"))
        call.send(.voiceCeased(atMs: call.nowMs))
        call.pass(1_000)
        #expect(call.clears == 0)
        #expect(call.asks.count == 1)
    }

    @Test func falseInterruptionIsResumedALittleBeforeTheCut() {
        var call = answering("Wir haben von Montag bis Freitag offen.")
        let sentence = call.said.last?.sentence ?? -1
        call.synthesise(sentence, lengthMs: 3_000)
        call.mark(sentence, heardMs: 0)
        call.pass(1_000)
        call.mark(sentence, heardMs: 1_000)
        call.send(.voiceBegan(atMs: call.nowMs))
        call.pass(350)
        #expect(call.clears == 1)
        call.send(.voiceCeased(atMs: call.nowMs))
        call.pass(1_500)
        #expect(call.said.last?.sentence == sentence)
        #expect(call.said.last?.fromMs == 1_000)
        #expect(call.said.last?.generation == 1)
        call.hearAll()
        #expect(call.turns.last?.interrupted == false)
    }

    @Test func marksOfAnOlderGenerationCountForNothing() {
        var call = answering("Ein Satz.")
        let sentence = call.said.last?.sentence ?? -1
        call.synthesise(sentence, lengthMs: 2_000)
        call.send(.voiceBegan(atMs: call.nowMs))
        call.pass(300)
        #expect(call.clears == 1)
        call.send(.played(PlayoutMark(generation: 0, sentence: sentence, heardMs: 2_000, isEnd: true)))
        call.send(.final("Nein, halt"))
        #expect(call.turns.last?.heard == "")
    }

    @Test func announcementIsNotInterrupted() {
        var call = answering("")
        call.answer("", tool: ToolCall(id: "1", name: "end_call", arguments: "{}"))
        #expect(call.saidTexts.last == "Auf Wiederhören.")
        call.send(.voiceBegan(atMs: call.nowMs))
        call.pass(1_000)
        #expect(call.clears == 0)
    }

    @Test func twoDifferentRemindersThenTheNoAnswerBranch() {
        var call = greeted()
        call.pass(6_000)
        #expect(call.saidTexts.last == "Sind Sie noch da?")
        call.hearAll()
        call.pass(6_000)
        #expect(call.saidTexts.last == "Ich höre Sie nicht.")
        call.hearAll()
        call.pass(6_000)
        #expect(call.saidTexts.last == "Ich beende das Gespräch.")
        call.hearAll()
        #expect(call.intent == .hangUp(.noAnswer))
    }

    @Test func flowsOwnNoAnswerBranchIsTaken() {
        var call = greeted(.workshop { $0.onNoAnswer = "abschied" })
        for _ in 0..<3 {
            call.pass(6_000)
            call.hearAll()
        }
        #expect(call.saidTexts.last == "Auf Wiederhören.")
        #expect(call.intent == .hangUp(.noAnswer))
    }

    @Test func fillerIsSaidOnceWhenTheModelIsSlow() {
        var call = greeted()
        call.speak("Was kostet das?")
        call.pass(700)
        call.expire(.filler(ask: call.lastAsk))
        #expect(call.saidTexts.last == "Einen Moment.")
        call.answer("Zehn Euro kostet das.")
        call.hearAll()
        #expect(call.turns.last?.text == "Zehn Euro kostet das.")
    }

    @Test func aSecondAttemptOfTheModelHasAFillerOfItsOwn() {
        var call = greeted()
        call.speak("Was kostet das?")
        call.pass(700)
        call.expire(.filler(ask: call.lastAsk))
        call.expire(.filler(ask: call.lastAsk))
        #expect(call.saidTexts.count { $0 == "Einen Moment." } == 1)
        call.hearAll()
        call.expire(.firstToken(ask: call.lastAsk))
        call.expire(.filler(ask: call.lastAsk))
        #expect(call.saidTexts.count { $0 == "Einen Moment." } == 2)
        call.answer("Zehn Euro.")
        call.hearAll()
        #expect(call.turns.last?.text == "Zehn Euro.")
    }

    @Test("J8: a model that stalls is asked once more, then a person takes over")
    func stalledModelIsRetriedThenHandedOver() {
        var call = greeted()
        call.speak("Was kostet das?")
        call.pass(700)
        call.expire(.firstToken(ask: call.lastAsk))
        #expect(call.asks.count == 2)
        call.expire(.firstToken(ask: call.lastAsk))
        #expect(call.saidTexts.last == "Es tut mir leid, ich verbinde Sie.")
        call.hearAll()
        guard case .handOver(let intent) = call.intent else {
            Issue.record("no hand-over")
            return
        }
        #expect(intent.target == "werkstatt")
        #expect(intent.node == "verbinden")
        #expect(intent.announced)
    }

    @Test func stallInTheMiddleGoesOnWithWhatWasSaid() {
        var call = greeted()
        call.speak("Was kostet das?")
        call.pass(700)
        call.send(.modelText(ask: call.lastAsk, "Das kostet zehn Euro. Und"))
        call.expire(.nextToken(ask: call.lastAsk))
        #expect(call.asks.count == 2)
        #expect(call.asks.last?.request.messages.last == .assistant("Das kostet zehn Euro. Und"))
    }

    @Test func answersToOlderQuestionsAreIgnored() {
        var call = greeted()
        call.speak("Was kostet das?")
        call.pass(700)
        let old = call.lastAsk
        call.expire(.firstToken(ask: old))
        call.send(.modelText(ask: old, "Zu spät gesagt. "))
        call.send(.modelFailed(ask: old, isRetryable: true))
        #expect(!call.saidTexts.contains("Zu spät gesagt."))
        #expect(call.asks.count == 2)
    }

    @Test func handOverByTheModelNamesTheWish() {
        var call = greeted()
        call.speak("Ich will mit der Werkstatt sprechen")
        call.pass(700)
        let arguments = #"{"target":"werkstatt","summary":"Herr Huber will einen Termin."}"#
        call.answer("Gern.", tool: ToolCall(id: "1", name: "hand_over", arguments: arguments))
        call.hearAll()
        #expect(call.saidTexts.suffix(2) == ["Gern.", "Ich verbinde Sie."])
        let expected = HandOverIntent(
            target: "werkstatt",
            node: "verbinden",
            summary: "Herr Huber will einen Termin.",
            announced: true
        )
        #expect(call.intent == .handOver(expected))
    }

    @Test("18: a target the flow does not offer is not dialled")
    func unknownTargetFallsBackToTheOffered() {
        var call = greeted()
        call.speak("Verbinden Sie mich")
        call.pass(700)
        let call900 = ToolCall(id: "1", name: "hand_over", arguments: #"{"target":"+43900123456"}"#)
        call.answer("", tool: call900)
        call.hearAll()
        guard case .handOver(let intent) = call.intent else {
            Issue.record("no hand-over")
            return
        }
        #expect(intent.target == "werkstatt")
    }

    @Test("K8: the key 0 reaches a person")
    func zeroReachesAPerson() {
        var call = greeted()
        call.send(.pressed("0"))
        call.hearAll()
        guard case .handOver = call.intent else {
            Issue.record("no hand-over")
            return
        }
    }

    @Test func keysBecomeATurn() {
        var call = greeted()
        for digit in "123" { call.send(.pressed(digit)) }
        call.pass(2_000)
        #expect(call.asks.last?.request.messages.last == .user("[Tasten gedrückt: 123]"))
    }

    @Test func synthesiserIsRetriedThenTheWebhookMustSpeak() {
        var call = answering("Ein Satz.")
        let sentence = call.said.last?.sentence ?? -1
        call.send(.synthesisFailed(sentence: sentence, generation: 0))
        #expect(call.said.last?.sentence == sentence)
        #expect(call.intent == nil)
        call.send(.synthesisFailed(sentence: sentence, generation: 0))
        guard case .handOver(let intent) = call.intent else {
            Issue.record("no hand-over")
            return
        }
        #expect(!intent.announced)
    }

    @Test func frozenRecogniserIsRestartedThenAPersonTakesOver() {
        var call = greeted()
        call.send(.voiceBegan(atMs: call.nowMs))
        call.pass(1_000)
        call.send(.voiceCeased(atMs: call.nowMs))
        call.pass(3_000)
        #expect(call.recogniserRestarts == 1)
        #expect(call.saidTexts.last == "Bitte noch einmal.")
        call.hearAll()
        call.send(.voiceBegan(atMs: call.nowMs))
        call.pass(1_000)
        call.send(.voiceCeased(atMs: call.nowMs))
        call.pass(3_000)
        call.hearAll()
        guard case .handOver = call.intent else {
            Issue.record("no hand-over")
            return
        }
    }

    @Test func coughIsNeitherATurnNorAFailure() {
        var call = greeted()
        call.send(.voiceBegan(atMs: call.nowMs))
        call.pass(250)
        call.send(.voiceCeased(atMs: call.nowMs))
        call.pass(5_000)
        #expect(call.asks.isEmpty)
        #expect(call.recogniserRestarts == 0)
    }

    @Test func longestDurationHasItsSpokenEnd() {
        var document = FlowDocument.workshop()
        document.limits.callSeconds = 30
        var call = MachinePlayer(document)
        call.pass(30_000)
        #expect(call.saidTexts.last == "Die Zeit ist um.")
        call.hearAll()
        #expect(call.intent == .hangUp(.limit))
    }

    @Test func usedTokensHaveTheirSpokenEnd() {
        var document = FlowDocument.workshop()
        document.limits.modelTokens = 1_000
        var call = greeted(document)
        call.speak("Erste Frage")
        call.pass(700)
        call.answer("Antwort.", usage: ChatUsage(inputTokens: 900, outputTokens: 200))
        call.hearAll()
        call.speak("Zweite Frage")
        call.pass(700)
        #expect(call.saidTexts.last == "Ich kann nicht weiter.")
        call.hearAll()
        #expect(call.intent == .hangUp(.limit))
    }

    @Test("J3: a call that broke off goes on at the same question")
    func resumedCallRepeatsTheQuestion() {
        let state = ResumableState(
            node: "gespraech",
            history: [.user("Termin"), .assistant("An welchem Tag?")],
            nextTurn: 4,
            elapsedMs: 20_000,
            lastWords: "An welchem Tag?"
        )
        var call = MachinePlayer(.workshop(), resuming: state)
        #expect(call.saidTexts == ["Da bin ich wieder.", "An welchem Tag?"])
        call.hearAll()
        #expect(call.turns.first?.ordinal == 4)
        #expect(call.turns.first?.startedMs == 20_000)
    }

    @Test func missingMarksDoNotHoldTheCallUp() {
        var call = MachinePlayer(.workshop())
        call.synthesise(0, lengthMs: 2_000)
        call.pass(5_000)
        call.speak("Guten Tag")
        call.pass(700)
        #expect(call.asks.count == 1)
    }

    @Test func nothingFollowsTheEnd() {
        var call = greeted()
        call.send(.hangUpRequested)
        #expect(call.intent == .hangUp(.completed))
        let before = call.effects.count
        call.speak("Hallo?")
        call.pass(10_000)
        #expect(call.effects.count == before)
    }

    @Test func hangUpInTheMiddleKeepsWhatWasHeard() {
        var call = answering("Wir haben von Montag bis Freitag offen und am Samstag zu.")
        let sentence = call.said.last?.sentence ?? -1
        call.synthesise(sentence, lengthMs: 4_000)
        call.mark(sentence, heardMs: 0)
        call.pass(500)
        call.mark(sentence, heardMs: 500)
        call.pass(250)
        call.send(.streamEnded(.stopped))
        #expect(call.turns.last?.interrupted == true)
        #expect(call.machine.isEnded)
        #expect(call.effects.last == .finish(.stopped))
    }

    @Test func anyOrderOfEventsEndsTheCallAtMostOnce() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<2_000 {
            var call = MachinePlayer(.workshop())
            for _ in 0..<60 {
                call.send(anyEvent(for: call, using: &random))
                call.pass(Int.random(in: 0...900, using: &random))
            }
            let ends = call.effects.count { if case .end = $0 { true } else { false } }
            let finishes = call.effects.count { if case .finish = $0 { true } else { false } }
            #expect(ends + finishes <= 1)
            let ordinals = call.turns.map(\.ordinal)
            #expect(ordinals == Array(0..<ordinals.count))
        }
    }

    private func anyEvent(for call: MachinePlayer, using random: inout SeededGenerator) -> CallMachine.Event {
        let sentence = Int.random(in: 0...max(call.said.count, 1), using: &random)
        let generation = Int.random(in: 0...call.clears, using: &random)
        let ask = call.lastAsk
        switch Int.random(in: 0..<14, using: &random) {
        case 0: return .voiceBegan(atMs: call.nowMs)
        case 1: return .voiceCeased(atMs: call.nowMs)
        case 2: return .partial("Ich möchte")
        case 3: return .final("Ich möchte einen Termin")
        case 4: return .final("mhm")
        case 5: return .synthesised(sentence: sentence, generation: generation, lengthMs: 900)
        case 6:
            return .played(PlayoutMark(generation: generation, sentence: sentence, heardMs: 900, isEnd: true))
        case 7: return .modelText(ask: ask, "Ein Satz. Noch ein Satz.")
        case 8: return .modelFinished(ask: ask, nil)
        case 9: return .modelFailed(ask: ask, isRetryable: true)
        case 10: return .pressed("5")
        case 11: return .deadline(.filler(ask: ask))
        case 12: return .synthesisFailed(sentence: sentence, generation: generation)
        default: return .modelTool(ask: ask, ToolCall(id: "1", name: "end_call", arguments: "{}"))
        }
    }
}

/// A small generator with a seed, so that a failure can be repeated (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
