import Flows
import LanguageModel

extension CallMachine {
    /// Why something is being said, and so what follows once it has been heard.
    enum Purpose: Sendable, Equatable {
        /// A node's own words; its next node follows.
        case script(next: String)
        /// The model's answer.
        case answer
        /// A reminder or a repair; the caller goes on.
        case reminder
        /// The last words.
        case closing(CallIntent)
    }

    struct Sentence: Sendable, Equatable {
        let id: Int
        let text: String
        /// Fillers are heard and are not part of the answer.
        let isFiller: Bool
        /// Words of the flow or the system, which many calls say alike.
        let isFixed: Bool
        var lengthMs: Int?
        var heardMs = 0
        /// Audio time at which `heardMs` was reported; nil before the sentence began to sound.
        var heardAtMs: Int?
        var isHeard = false
        var hasFailedOnce = false

        /// How much has been heard by now: the last mark and the time since, up to the distance of two marks.
        func heard(nowMs: Int) -> Int {
            guard !isHeard, let heardAtMs else { return heardMs }
            return min(heardMs + min(nowMs - heardAtMs, PlayoutSpacing.markMs), lengthMs ?? .max)
        }
    }

    struct Utterance: Sendable, Equatable {
        let purpose: Purpose
        var sentences: [Sentence] = []
        /// Whether no further sentence will follow.
        var isComplete: Bool
        var isInterruptible: Bool
        var startedMs: Int

        var spoken: [Sentence] { sentences.filter { !$0.isFiller } }
        var text: String { spoken.map(\.text).joined(separator: " ") }
    }

    /// What the agent is saying.
    struct Mouth: Sendable {
        var generation = 0
        var nextSentence = 0
        var utterance: Utterance?
        /// The utterance the caller broke off, until it is known whether they meant it.
        var held: Utterance?

        /// Whether something is to be heard that has not been heard to its end.
        var isAudible: Bool { utterance?.sentences.contains { !$0.isHeard } ?? false }

        func isInterruptible(by bargeIn: BargeIn) -> Bool { bargeIn.enabled && (utterance?.isInterruptible ?? false) }
    }

    mutating func say(
        _ text: String,
        as purpose: Purpose,
        interruptible: Bool = true,
        fixed: Bool = true
    ) {
        let sentences = SentenceSplitter.sentences(in: text)
        mouth.utterance = Utterance(
            purpose: purpose,
            isComplete: true,
            isInterruptible: interruptible,
            startedMs: nowMs
        )
        for sentence in sentences { add(sentence, isFixed: fixed) }
        if sentences.isEmpty { utteranceHeard() }
    }

    /// Says one more sentence of the current utterance.
    mutating func add(_ text: String, isFiller: Bool = false, isFixed: Bool = false) {
        let spoken = Lexicon.apply(document.lexicon, to: text)
        let sentence = Sentence(
            id: mouth.nextSentence,
            text: text,
            isFiller: isFiller,
            isFixed: isFixed || isFiller
        )
        mouth.nextSentence += 1
        if mouth.held != nil {
            mouth.held?.sentences.append(sentence)
            return
        }
        mouth.utterance?.sentences.append(sentence)
        utter(sentence, text: spoken, fromMs: 0)
    }

    private mutating func utter(_ sentence: Sentence, text: String, fromMs: Int) {
        state.usedCharacters += text.count
        emit(
            .say(
                sentence: sentence.id,
                text: text,
                isFixed: sentence.isFixed,
                generation: mouth.generation,
                fromMs: fromMs
            )
        )
    }

    mutating func synthesised(sentence id: Int, generation: Int, lengthMs: Int) {
        guard generation == mouth.generation else { return }
        update(id) { $0.lengthMs = lengthMs }
        let outstanding = mouth.utterance?.sentences.filter { !$0.isHeard }.compactMap(\.lengthMs).reduce(0, +) ?? 0
        emit(.alarm(.playout, atMs: nowMs + outstanding + policy.playoutGraceMs))
    }

    /// A sentence that cannot be spoken is tried once more; then a person has to take over.
    mutating func synthesisFailed(sentence id: Int, generation: Int) {
        guard generation == mouth.generation,
            let sentence = mouth.utterance?.sentences.first(where: { $0.id == id }), sentence.lengthMs == nil
        else { return }
        if sentence.hasFailedOnce {
            rescueSilently()
        } else {
            update(id) { $0.hasFailedOnce = true }
            utter(sentence, text: Lexicon.apply(document.lexicon, to: sentence.text), fromMs: 0)
        }
    }

    mutating func played(_ mark: PlayoutMark) {
        guard mark.generation == mouth.generation else { return }
        if mind.firstSoundMs == nil, case .answer = mouth.utterance?.purpose { mind.firstSoundMs = nowMs }
        let reportedAtMs = nowMs
        update(mark.sentence) { sentence in
            sentence.heardMs = mark.heardMs
            sentence.heardAtMs = reportedAtMs
            sentence.isHeard = mark.isEnd
        }
        finishUtteranceIfHeard()
    }

    /// The far end never returned its marks: what was sent counts as heard, so that the call goes on.
    mutating func playoutOverdue() {
        guard let utterance = mouth.utterance, utterance.sentences.allSatisfy({ $0.lengthMs != nil }) else { return }
        for sentence in utterance.sentences {
            update(sentence.id) {
                $0.heardMs = $0.lengthMs ?? 0
                $0.isHeard = true
            }
        }
        finishUtteranceIfHeard()
    }

    mutating func finishUtteranceIfHeard() {
        guard let utterance = mouth.utterance, utterance.isComplete, utterance.sentences.allSatisfy(\.isHeard) else {
            return
        }
        utteranceHeard()
    }

    private mutating func utteranceHeard() {
        guard let utterance = mouth.utterance else { return }
        mouth.utterance = nil
        emit(.cancelAlarm(.playout))
        emit(.cancelAlarm(.bargeIn))
        recordAgent(utterance, heard: nil)
        switch utterance.purpose {
        case .script(let next): enter(next)
        case .answer: answerHeard()
        case .reminder: waitForCaller()
        case .closing(let intent): end(intent)
        }
    }

    /// The agent is silent and it is the caller's turn. What they said meanwhile counts.
    mutating func waitForCaller() {
        if ears.text.isEmpty || ears.voiceActive {
            armSilence()
        } else if ears.partial.isEmpty {
            finishTurn()
        } else {
            emit(.alarm(.finalGrace, atMs: nowMs + policy.finalGraceMs))
        }
    }

    // MARK: Interruption

    /// The caller speaks over the agent: silence at once. Whether they meant it, their words will tell.
    mutating func interrupt() {
        guard var utterance = mouth.utterance else { return }
        for index in utterance.sentences.indices {
            utterance.sentences[index].heardMs = utterance.sentences[index].heard(nowMs: nowMs)
            utterance.sentences[index].heardAtMs = nil
        }
        mouth.utterance = nil
        mouth.held = utterance
        silence()
        if !ears.voiceActive { emit(.alarm(.falseInterruption, atMs: nowMs + policy.falseInterruptionMs)) }
    }

    private mutating func silence() {
        mouth.generation += 1
        emit(.clear(generation: mouth.generation))
        emit(.cancelAlarm(.playout))
        emit(.cancelAlarm(.bargeIn))
    }

    /// It was no interruption: the agent goes on a little before the point where it was cut.
    mutating func resumeInterrupted() {
        guard let held = mouth.held, !ears.voiceActive else { return }
        mouth.held = nil
        ears.clearTurn()
        emit(.cancelAlarm(.falseInterruption))
        mouth.utterance = held
        for sentence in held.sentences where !sentence.isHeard {
            let fromMs = max(sentence.heardMs - policy.resumeOverlapMs, 0)
            update(sentence.id) { $0.lengthMs = nil }
            utter(sentence, text: Lexicon.apply(document.lexicon, to: sentence.text), fromMs: fromMs)
        }
        finishUtteranceIfHeard()
    }

    /// The caller meant it: the rest will not be said, and the history holds what they heard.
    mutating func commitInterruption() {
        guard let held = mouth.held else { return }
        mouth.held = nil
        emit(.cancelAlarm(.falseInterruption))
        stopAsking()
        let heard = held.spoken.map { sentence in
            sentence.isHeard ? sentence.text : sentence.text.cut(heardMs: sentence.heardMs, ofMs: sentence.lengthMs)
        }.filter { !$0.isEmpty }.joined(separator: " ")
        recordAgent(held, heard: heard)
        phase = .talking
        switch held.purpose {
        case .script(let next): enter(next, keepingWords: true)
        case .answer:
            mind.pendingTool = nil
            armEndOfTurn()
        case .reminder: armEndOfTurn()
        case .closing(let intent): end(intent)
        }
    }

    /// Silences the agent for good, for a key press or a command.
    mutating func stopForCaller() {
        if mouth.held == nil { interrupt() }
        commitInterruption()
    }

    /// The stream is over: what was being said counts as far as it was heard.
    mutating func abandonUtterance() {
        if mouth.held == nil, mouth.isAudible { interrupt() }
        guard let held = mouth.held else { return }
        mouth.held = nil
        let heard = held.spoken.map { sentence in
            sentence.isHeard ? sentence.text : sentence.text.cut(heardMs: sentence.heardMs, ofMs: sentence.lengthMs)
        }.filter { !$0.isEmpty }.joined(separator: " ")
        recordAgent(held, heard: heard)
    }

    // MARK: Transcript

    private mutating func recordAgent(_ utterance: Utterance, heard: String?) {
        let text = utterance.text
        guard !text.isEmpty else { return }
        let said = heard ?? text
        if case .answer = utterance.purpose {
            mind.rememberAnswer(said, in: &state.history)
        } else if !said.isEmpty {
            state.history.append(.assistant(said))
        }
        record(
            TurnRecord(
                ordinal: state.nextTurn,
                speaker: .agent,
                text: text,
                heard: heard,
                interrupted: heard != nil,
                startedMs: state.elapsedMs + utterance.startedMs,
                endedMs: state.elapsedMs + nowMs,
                latency: utterance.purpose == .answer ? mind.latency : [:],
                node: nodeKey
            )
        )
        state.lastWords = text
        saveState(afterBreak: true)
    }

    mutating func record(_ turn: TurnRecord) {
        state.nextTurn = turn.ordinal + 1
        emit(.record(turn))
    }

    private mutating func update(_ id: Int, _ change: (inout Sentence) -> Void) {
        guard let index = mouth.utterance?.sentences.firstIndex(where: { $0.id == id }) else { return }
        if var sentence = mouth.utterance?.sentences[index] {
            change(&sentence)
            mouth.utterance?.sentences[index] = sentence
        }
    }
}

/// The distance of two marks inside a sentence.
package enum PlayoutSpacing {
    package static let markMs = 500
}
