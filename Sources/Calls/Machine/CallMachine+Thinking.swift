import Flows
import LanguageModel

extension CallMachine {
    /// The conversation with the model.
    struct Mind: Sendable {
        /// The number of the request that is being answered; answers to older ones are ignored.
        var askID = 0
        var isAsking = false
        var hasRetried = false
        var splitter = SentenceSplitter()
        /// What the model has answered so far in this turn.
        var answer = ""
        var pendingTool: ToolCall?
        /// The caller's wish in the model's words, for the person who takes over.
        var wish = ""
        var resumesAfterBreak = false

        var turnText = ""
        /// The final texts of the turn; what else there is of `turnText` may still change.
        var turnFinals: [String] = []
        /// Words of the turn that the transcript had before.
        var recorded = ""
        var turnBeganMs = 0
        var voiceCeasedMs = 0
        var askedMs = 0
        var firstTokenMs: Int?
        var firstSoundMs: Int?

        /// The stages of the answer, counted from the end of the caller's voice.
        var latency: [String: Int] {
            var stages = ["end_of_turn_ms": askedMs - voiceCeasedMs]
            if let firstTokenMs { stages["first_token_ms"] = firstTokenMs - voiceCeasedMs }
            if let firstSoundMs { stages["first_sound_ms"] = firstSoundMs - voiceCeasedMs }
            return stages
        }

        /// Puts what the caller heard of the answer into the history.
        func rememberAnswer(_ heard: String, in history: inout [ChatMessage]) {
            if !heard.isEmpty { history.append(.assistant(heard)) }
        }
    }

    /// Asks the model for the next answer to the history.
    mutating func ask() {
        guard state.usedTokens < document.limits.modelTokens,
            state.usedCharacters < document.limits.synthesisedCharacters
        else {
            close(saying: texts.tokensLimit, then: .hangUp(.limit))
            return
        }
        recordCaller()
        phase = .thinking
        mind.hasRetried = false
        mind.answer = ""
        mind.pendingTool = nil
        mind.splitter = SentenceSplitter()
        mind.askedMs = nowMs
        mind.firstTokenMs = nil
        mind.firstSoundMs = nil
        mouth.utterance = Utterance(
            purpose: .answer,
            isComplete: false,
            isInterruptible: true,
            startedMs: nowMs
        )
        sendRequest()
        emit(.deadline(.filler(ask: mind.askID), after: policy.filler))
    }

    private mutating func sendRequest() {
        guard let node = conversation else { return }
        mind.askID += 1
        mind.isAsking = true
        var history = state.history
        if !mind.answer.isEmpty { history.append(.assistant(mind.answer)) }
        let request = PromptComposer.request(
            node: node,
            document: document,
            history: history,
            situation: situation
        )
        emit(.ask(id: mind.askID, request))
        emit(.deadline(.firstToken(ask: mind.askID), after: policy.firstToken))
    }

    private mutating func recordCaller() {
        let text = mind.turnText.words(after: mind.recorded)
        let goesOn = !mind.recorded.isEmpty
        if !text.isEmpty {
            let beganMs = goesOn ? max(mind.turnBeganMs, ears.voiceBeganMs ?? 0) : mind.turnBeganMs
            record(
                TurnRecord(
                    ordinal: state.nextTurn,
                    speaker: .caller,
                    text: text,
                    startedMs: state.elapsedMs + beganMs,
                    endedMs: state.elapsedMs + max(mind.voiceCeasedMs, beganMs),
                    node: nodeKey
                )
            )
        }
        saveState(afterBreak: true)
    }

    mutating func modelText(ask: Int, _ text: String) {
        guard isCurrent(ask), !text.isEmpty else { return }
        if mind.firstTokenMs == nil { mind.firstTokenMs = nowMs }
        emit(.cancelDeadline(.firstToken(ask: ask)))
        emit(.deadline(.nextToken(ask: ask), after: policy.nextToken))
        mind.answer += text
        for sentence in mind.splitter.push(text) { sayAnswer(sentence) }
    }

    private mutating func sayAnswer(_ sentence: String) {
        emit(.cancelDeadline(.filler(ask: mind.askID)))
        add(sentence)
    }

    mutating func modelTool(ask: Int, _ call: ToolCall) {
        guard isCurrent(ask) else { return }
        emit(.cancelDeadline(.firstToken(ask: ask)))
        emit(.deadline(.nextToken(ask: ask), after: policy.nextToken))
        if mind.pendingTool == nil { mind.pendingTool = call }
    }

    mutating func modelFinished(ask: Int, _ usage: ChatUsage?) {
        guard isCurrent(ask) else { return }
        cancelDeadlines(ask: ask)
        mind.isAsking = false
        if let usage { state.usedTokens += usage.inputTokens + usage.outputTokens }
        for sentence in mind.splitter.finish() { sayAnswer(sentence) }
        emit(.cancelDeadline(.filler(ask: ask)))
        guard !mind.answer.trimmed.isEmpty || mind.pendingTool != nil else {
            mind.isAsking = true
            modelFailed(ask: ask, isRetryable: true)
            return
        }
        if mouth.held != nil {
            mouth.held?.isComplete = true
        } else {
            mouth.utterance?.isComplete = true
            finishUtteranceIfHeard()
        }
    }

    /// The model failed or fell silent: it is asked once more, with what it had said so far; then a person takes over.
    mutating func modelFailed(ask: Int, isRetryable: Bool) {
        guard isCurrent(ask) else { return }
        cancelDeadlines(ask: ask)
        emit(.stopAsking(id: ask))
        mind.isAsking = false
        if isRetryable, !mind.hasRetried {
            mind.hasRetried = true
            for sentence in mind.splitter.finish() { sayAnswer(sentence) }
            mind.splitter = SentenceSplitter()
            sendRequest()
            emit(.deadline(.filler(ask: mind.askID), after: policy.filler))
        } else {
            emit(.cancelDeadline(.filler(ask: ask)))
            rescue()
        }
    }

    mutating func fillerDue(ask: Int) {
        guard isCurrent(ask), mouth.held == nil, let utterance = mouth.utterance, utterance.spoken.isEmpty,
            utterance.sentences.allSatisfy(\.isHeard)
        else { return }
        add(texts.filler, isFiller: true)
    }

    /// The caller goes on before anything of the answer was heard: their turn was not over.
    mutating func takeTurnBack() {
        guard canTakeTurnBack else { return }
        stopAsking()
        mouth.utterance = nil
        phase = .talking
        if case .user = state.history.last?.role { state.history.removeLast() }
        // Text that was not final comes again.
        let before = ears.counted.isEmpty ? [mind.turnText] : mind.turnFinals
        ears.counted = ""
        ears.finals.insert(contentsOf: before, at: 0)
        ears.recorded = mind.turnText
        ears.turnBeganMs = mind.turnBeganMs
        armEndOfTurn()
    }

    var canTakeTurnBack: Bool { phase == .thinking && !mouth.isAudible && mouth.held == nil }

    mutating func stopAsking() {
        guard mind.isAsking else { return }
        cancelDeadlines(ask: mind.askID)
        emit(.cancelDeadline(.filler(ask: mind.askID)))
        emit(.stopAsking(id: mind.askID))
        mind.isAsking = false
    }

    /// The answer has been heard to its end: what the model asked to be done is done, or the caller speaks.
    mutating func answerHeard() {
        phase = .talking
        guard let call = mind.pendingTool else {
            waitForCaller()
            return
        }
        mind.pendingTool = nil
        perform(call)
    }

    private func isCurrent(_ ask: Int) -> Bool { mind.isAsking && ask == mind.askID }

    private mutating func cancelDeadlines(ask: Int) {
        emit(.cancelDeadline(.firstToken(ask: ask)))
        emit(.cancelDeadline(.nextToken(ask: ask)))
    }
}
