import Flows
import LanguageModel

extension CallMachine {
    /// What has been heard of the caller since the last turn.
    struct Ears: Sendable {
        var finals: [String] = []
        var partial = ""
        var voiceActive = false
        var voiceBeganMs: Int?
        var voiceCeasedMs: Int?
        /// When the first words of this turn were heard.
        var turnBeganMs: Int?
        var digits = ""
        /// The unfinished text that ended the last turn. The recogniser repeats it until it is final.
        var counted = ""
        /// Words of this turn that the transcript has already, because the turn had seemed to be over.
        var recorded = ""
        var remindersSaid = 0
        var deafness = 0
        var wordsSinceVoice = false

        var text: String { (finals + [partial]).filter { !$0.isEmpty }.joined(separator: " ") }

        mutating func clearTurn() {
            finals = []
            partial = ""
            recorded = ""
            turnBeganMs = nil
        }
    }

    var conversation: ConversationNode? {
        if case .conversation(let node) = document.nodes[nodeKey] { node } else { nil }
    }

    private var bargeIn: BargeIn { conversation?.bargeIn ?? BargeIn() }

    mutating func voiceBegan(atMs: Int) {
        ears.voiceActive = true
        ears.voiceBeganMs = atMs
        ears.wordsSinceVoice = false
        emit(.cancelAlarm(.endOfTurn))
        emit(.cancelAlarm(.finalGrace))
        emit(.cancelAlarm(.silence))
        emit(.cancelAlarm(.falseInterruption))
        if mouth.isAudible, mouth.isInterruptible(by: bargeIn) {
            emit(.alarm(.bargeIn, atMs: atMs + bargeIn.minimumMs))
        }
    }

    mutating func voiceCeased(atMs: Int) {
        ears.voiceActive = false
        ears.voiceCeasedMs = atMs
        emit(.cancelAlarm(.bargeIn))
        if !ears.wordsSinceVoice, let began = ears.voiceBeganMs, atMs - began >= policy.deafnessVoiceMs {
            emit(.alarm(.deafness, atMs: atMs + policy.deafnessMs))
        }
        if mouth.held != nil {
            emit(.alarm(.falseInterruption, atMs: atMs + policy.falseInterruptionMs))
        }
        armEndOfTurn()
        armSilence()
    }

    /// The caller has spoken long enough over the agent.
    mutating func bargeInDue() {
        guard ears.voiceActive, mouth.isAudible, mouth.isInterruptible(by: bargeIn) else { return }
        if ears.text.isEmpty || !isListenerTalk(ears.text) { interrupt() }
    }

    mutating func words(_ text: String, isFinal: Bool) {
        var text = text.trimmed
        ears.wordsSinceVoice = true
        ears.deafness = 0
        emit(.cancelAlarm(.deafness))
        if !text.isEmpty, !text.begins(like: ears.counted) { ears.counted = "" }
        if !ears.counted.isEmpty {
            let rest = text.words(after: ears.counted)
            // Late news of a turn that is being answered: nothing, unless there was more to it.
            if rest.isEmpty {
                ears.partial = ""
                if isFinal { ears.counted = "" }
                return
            }
            if canTakeTurnBack {
                takeTurnBack()
            } else {
                text = rest
                if isFinal { ears.counted = "" }
            }
        }
        if isFinal {
            if !text.isEmpty { ears.finals.append(text) }
            ears.partial = ""
        } else {
            ears.partial = text
        }
        guard !ears.text.isEmpty else { return }
        if ears.turnBeganMs == nil { ears.turnBeganMs = ears.voiceBeganMs ?? nowMs }
        emit(.cancelAlarm(.silence))
        if mouth.isAudible {
            wordsOverAgent()
        } else if mouth.held != nil {
            if !isListenerTalk(ears.text) { commitInterruption() }
        } else if phase == .thinking, !isListenerTalk(ears.text) {
            takeTurnBack()
        }
        if phase == .talking { considerEndOfTurn(afterFinal: isFinal) }
    }

    private mutating func wordsOverAgent() {
        guard mouth.isInterruptible(by: bargeIn), !isListenerTalk(ears.text) else { return }
        if let began = ears.voiceBeganMs, ears.voiceActive, nowMs - began < bargeIn.minimumMs { return }
        interrupt()
        commitInterruption()
    }

    /// Whether the text consists of nothing but words that a listener says without wanting to speak.
    private func isListenerTalk(_ text: String) -> Bool {
        let listener = Set(bargeIn.listenerWords.map { $0.lowercased() })
        return text.spokenWords.allSatisfy { listener.contains($0) }
    }

    // MARK: End of turn

    private var canEndTurn: Bool {
        phase == .talking && !mouth.isAudible && mouth.held == nil && conversation != nil
    }

    mutating func armEndOfTurn() {
        guard !ears.voiceActive, let node = conversation, let ceased = ears.voiceCeasedMs else { return }
        if node.endOfTurn.by != .recogniser {
            emit(.alarm(.endOfTurn, atMs: ceased + node.endOfTurn.silenceMs))
        }
    }

    mutating func endOfTurnDue() {
        guard !ears.voiceActive else { return }
        if mouth.held != nil, !ears.text.isEmpty, isListenerTalk(ears.text), ears.partial.isEmpty {
            resumeInterrupted()
            return
        }
        guard canEndTurn, !ears.text.isEmpty else { return }
        if ears.partial.isEmpty {
            finishTurn()
        } else {
            emit(.alarm(.finalGrace, atMs: nowMs + policy.finalGraceMs))
        }
    }

    private mutating func considerEndOfTurn(afterFinal isFinal: Bool) {
        guard isFinal, canEndTurn, let node = conversation, !ears.voiceActive else { return }
        let silentFor = nowMs - (ears.voiceCeasedMs ?? nowMs)
        let needed =
            switch node.endOfTurn.by {
            case .recogniser: 0
            case .either: min(policy.recogniserSilenceMs, node.endOfTurn.silenceMs)
            case .silence: node.endOfTurn.silenceMs
            }
        if silentFor >= needed || ears.voiceCeasedMs == nil && node.endOfTurn.by != .silence {
            finishTurn()
        } else {
            emit(.alarm(.endOfTurn, atMs: (ears.voiceCeasedMs ?? nowMs) + needed))
        }
    }

    /// The caller has finished: their words become a turn and the model is asked.
    mutating func finishTurn() {
        guard canEndTurn, !ears.voiceActive, !ears.text.isEmpty else { return }
        emit(.cancelAlarm(.endOfTurn))
        emit(.cancelAlarm(.finalGrace))
        emit(.cancelAlarm(.silence))
        let text = ears.text
        mind.turnText = text
        mind.turnFinals = ears.finals
        mind.recorded = ears.recorded
        ears.counted = ears.partial
        mind.turnBeganMs = ears.turnBeganMs ?? nowMs
        mind.voiceCeasedMs = ears.voiceCeasedMs ?? nowMs
        ears.clearTurn()
        ears.remindersSaid = 0
        state.history.append(.user(text))
        ask()
    }

    /// The stream ended in the middle of the caller's words.
    mutating func recordUnanswered() {
        let text = ears.text.words(after: ears.recorded)
        guard !text.isEmpty else { return }
        let beganMs = ears.turnBeganMs ?? nowMs
        record(
            TurnRecord(
                ordinal: state.nextTurn,
                speaker: .caller,
                text: text,
                startedMs: state.elapsedMs + beganMs,
                endedMs: state.elapsedMs + nowMs,
                node: nodeKey
            )
        )
    }

    // MARK: Silence

    mutating func armSilence() {
        guard canEndTurn, !ears.voiceActive, let node = conversation else { return }
        emit(.alarm(.silence, atMs: nowMs + node.silence.afterMs))
    }

    mutating func silenceDue() {
        guard canEndTurn, !ears.voiceActive, ears.text.isEmpty, let node = conversation else { return }
        let reminders = node.silence.reminders ?? texts.reminders
        if ears.remindersSaid < reminders.count {
            say(reminders[ears.remindersSaid], as: .reminder)
            ears.remindersSaid += 1
        } else if let branch = node.onNoAnswer {
            enter(branch)
        } else {
            close(saying: texts.noAnswerGoodbye, then: .hangUp(.noAnswer))
        }
    }

    /// Somebody spoke, and the recogniser did not say a word about it.
    mutating func deafnessDue() {
        guard !ears.wordsSinceVoice, phase == .talking, !mouth.isAudible else { return }
        ears.deafness += 1
        if ears.deafness == 1 {
            emit(.restartRecogniser)
            say(texts.notUnderstood, as: .reminder)
        } else {
            rescue()
        }
    }

    // MARK: Keys

    mutating func pressed(_ digit: Character) {
        guard phase != .closing else { return }
        if digit == "0", ears.digits.isEmpty, let target = defaultTarget {
            handOver(to: target, summary: "", node: conversation?.onHandOver)
            return
        }
        ears.digits.append(digit)
        emit(.alarm(.digits, atMs: nowMs + policy.digitsMs))
        emit(.cancelAlarm(.silence))
    }

    mutating func digitsComplete() {
        let digits = ears.digits
        ears.digits = ""
        guard !digits.isEmpty, conversation != nil, phase != .closing else { return }
        if mouth.isAudible || mouth.held != nil { stopForCaller() }
        if phase == .thinking { takeTurnBack() }
        ears.finals.append(PromptComposer.pressedKeys(digits, language: document.language))
        ears.partial = ""
        ears.voiceActive = false
        finishTurn()
    }
}
