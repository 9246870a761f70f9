package import Flows
package import Kernel
package import LanguageModel

/// One call with the agent, as a value: an event goes in, effects come out. No clock, no socket, nothing waits.
///
/// `nowMs` is the stream's audio time. Deadlines of providers are asked for as effects and come back as events.
/// The parts stand beside this file: listening (voice, words, end of turn), speaking (sentences, marks,
/// interruption), thinking (the model) and the walk through the flow.
package struct CallMachine: Sendable {
    package enum Event: Sendable, Equatable {
        // From the ears.
        case voiceBegan(atMs: Int)
        case voiceCeased(atMs: Int)
        case played(PlayoutMark)
        case pressed(Character)
        case alarm(id: Int)
        case streamEnded(StreamEnd)
        // From the recogniser.
        case partial(String)
        case final(String)
        case recogniserFailed
        // From the synthesiser.
        case synthesised(sentence: Int, generation: Int, lengthMs: Int)
        case synthesisFailed(sentence: Int, generation: Int)
        // From the model.
        case modelText(ask: Int, String)
        case modelTool(ask: Int, ToolCall)
        case modelFinished(ask: Int, ChatUsage?)
        case modelFailed(ask: Int, isRetryable: Bool)
        // From the clock and from outside.
        case deadline(Deadline)
        case hangUpRequested
        case forwardRequested(target: String)
        /// Somebody who watches takes the call over at this number, which was checked.
        case takeOverRequested(E164)
    }

    package enum Effect: Sendable, Equatable {
        /// Synthesise and play, skipping the first `fromMs` of the sound. A fixed text is one of the flow or the system,
        /// which many calls say alike.
        case say(sentence: Int, text: String, isFixed: Bool, generation: Int, fromMs: Int)
        /// Stop speaking: nothing of an earlier generation is played any more.
        case clear(generation: Int)
        case ask(id: Int, ChatRequest)
        case stopAsking(id: Int)
        case alarm(Alarm, atMs: Int)
        case cancelAlarm(Alarm)
        case deadline(Deadline, after: Duration)
        case cancelDeadline(Deadline)
        case restartRecogniser
        case record(TurnRecord)
        case save(ResumableState)
        case end(CallIntent)
        /// The stream is gone; release everything.
        case finish(StreamEnd)
    }

    /// A moment of audio time the machine asked for.
    package enum Alarm: Int, Sendable {
        case bargeIn = 1
        case endOfTurn
        case finalGrace
        case falseInterruption
        case silence
        case playout
        case callLimit
        case deafness
        case digits
    }

    /// A moment of clock time, about one request to a provider.
    package enum Deadline: Sendable, Hashable {
        case filler(ask: Int)
        case firstToken(ask: Int)
        case nextToken(ask: Int)
    }

    enum Phase: Sendable, Equatable {
        /// Saying what the flow says, or waiting for the caller.
        case talking
        /// The model is answering.
        case thinking
        /// The last words are being said.
        case closing
        case ended
    }

    let document: FlowDocument
    let texts: SpokenTexts
    let policy: CallPolicy
    /// What the model is told about the call itself, such as the local date and time.
    let situation: String

    var phase = Phase.talking
    var nodeKey: String
    var state: ResumableState
    var effects: [Effect] = []
    var nowMs = 0

    var ears = Ears()
    var mouth = Mouth()
    var mind = Mind()

    package init(
        document: FlowDocument,
        texts: SpokenTexts,
        policy: CallPolicy = CallPolicy(),
        situation: String = "",
        resuming state: ResumableState? = nil
    ) {
        self.document = document
        self.texts = texts
        self.policy = policy
        self.situation = situation
        self.state = state ?? ResumableState(node: document.entry, afterBreak: false)
        nodeKey = self.state.node
    }

    package var isEnded: Bool { phase == .ended }

    /// Who is to be heard.
    package var voice: LiveVoice {
        if phase == .ended { return .nobody }
        if ears.voiceActive { return .caller }
        if mouth.isAudible { return .agent }
        return phase == .thinking ? .thinking : .nobody
    }

    /// Begins the call: the first node is entered, or the one at which an earlier stream broke off.
    package mutating func begin() -> [Effect] {
        collect { machine in
            let limitMs = machine.document.limits.callSeconds * 1_000 - machine.state.elapsedMs
            machine.emit(.alarm(.callLimit, atMs: max(limitMs, 0)))
            machine.mind.resumesAfterBreak = machine.state.afterBreak
            machine.enter(machine.nodeKey)
        }
    }

    package mutating func handle(_ event: Event, atMs: Int) -> [Effect] {
        guard phase != .ended else { return [] }
        nowMs = max(nowMs, atMs)
        return collect { machine in machine.react(to: event) }
    }

    private mutating func react(to event: Event) {
        switch event {
        case .voiceBegan(let atMs): voiceBegan(atMs: atMs)
        case .voiceCeased(let atMs): voiceCeased(atMs: atMs)
        case .played(let mark): played(mark)
        case .pressed(let digit): pressed(digit)
        case .alarm(let id): if let alarm = Alarm(rawValue: id) { rang(alarm) }
        case .streamEnded(let end): streamEnded(end)
        case .partial(let text): words(text, isFinal: false)
        case .final(let text): words(text, isFinal: true)
        case .recogniserFailed: rescue()
        case .synthesised(let sentence, let generation, let lengthMs):
            synthesised(sentence: sentence, generation: generation, lengthMs: lengthMs)
        case .synthesisFailed(let sentence, let generation):
            synthesisFailed(sentence: sentence, generation: generation)
        case .modelText(let ask, let text): modelText(ask: ask, text)
        case .modelTool(let ask, let call): modelTool(ask: ask, call)
        case .modelFinished(let ask, let usage): modelFinished(ask: ask, usage)
        case .modelFailed(let ask, let isRetryable): modelFailed(ask: ask, isRetryable: isRetryable)
        case .deadline(let deadline): passed(deadline)
        case .hangUpRequested: end(.hangUp(.completed))
        case .forwardRequested(let target): forwardRequested(target)
        case .takeOverRequested(let number): takeOverRequested(number)
        }
    }

    private mutating func rang(_ alarm: Alarm) {
        switch alarm {
        case .bargeIn: bargeInDue()
        case .endOfTurn: endOfTurnDue()
        case .finalGrace: finishTurn()
        case .falseInterruption: resumeInterrupted()
        case .silence: silenceDue()
        case .playout: playoutOverdue()
        case .callLimit: close(saying: texts.callLimit, then: .hangUp(.limit))
        case .deafness: deafnessDue()
        case .digits: digitsComplete()
        }
    }

    private mutating func passed(_ deadline: Deadline) {
        switch deadline {
        case .filler(let ask): fillerDue(ask: ask)
        case .firstToken(let ask), .nextToken(let ask): modelFailed(ask: ask, isRetryable: true)
        }
    }

    private mutating func streamEnded(_ end: StreamEnd) {
        abandonUtterance()
        if !ears.text.isEmpty { recordUnanswered() }
        saveState(afterBreak: true)
        phase = .ended
        emit(.finish(end))
    }

    mutating func emit(_ effect: Effect) { effects.append(effect) }

    private mutating func collect(_ body: (inout Self) -> Void) -> [Effect] {
        body(&self)
        defer { effects.removeAll(keepingCapacity: true) }
        return effects
    }
}
