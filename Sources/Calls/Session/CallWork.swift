import Flows
import Kernel
import LanguageModel
import Logging
import Speech
import Telemetry

/// The work of one call that is going on, owned by the session's loop: every task started here is cancelled and
/// awaited when the call ends.
struct CallWork {
    private let session: CallSession
    private var speaker: Speaker
    private var recogniser: Task<Void, Never>?
    private var asks: [Int: Task<Void, Never>] = [:]
    private var deadlines: [CallMachine.Deadline: Task<Void, Never>] = [:]
    private var ended: [Task<Void, Never>] = []
    private var leaving: Task<Void, Never>?
    private var modelUsage = ChatUsage(inputTokens: 0, outputTokens: 0)
    var streamEnded: StreamEnd?

    private var mailbox: CallMailbox { session.mailbox }
    private var services: CallServices { session.services }

    init(session: CallSession) {
        self.session = session
        let voice = session.plan.document.voice
        speaker = Speaker(
            voice: Voice(name: voice.name, language: voice.language, speakingRate: voice.speakingRate),
            line: session.line,
            mailbox: session.mailbox,
            time: session.services.time,
            patience: session.services.policy.synthesis
        )
    }

    /// Whether the call has been decided and only the end of its stream is awaited.
    var isLeaving: Bool { leaving != nil }

    /// What the work itself learns from an event before the machine does.
    mutating func note(_ event: CallMachine.Event) {
        switch event {
        case .synthesised(let sentence, _, _): speaker.finished(sentence: sentence)
        case .synthesisFailed(let sentence, _):
            services.metrics.synthesiserFailures.increment()
            speaker.finished(sentence: sentence)
        case .played(let mark): speaker.heard(mark)
        case .recogniserFailed: services.metrics.recogniserFailures.increment()
        case .modelFinished(_, let usage):
            guard let usage else { return }
            modelUsage = ChatUsage(
                inputTokens: modelUsage.inputTokens + usage.inputTokens,
                outputTokens: modelUsage.outputTokens + usage.outputTokens
            )
        case .modelFailed: services.metrics.modelFailures.increment()
        case .deadline(let deadline): deadlines[deadline] = nil
        default: break
        }
    }

    mutating func perform(_ effects: [CallMachine.Effect]) {
        for effect in effects { perform(effect) }
    }

    private mutating func perform(_ effect: CallMachine.Effect) {
        switch effect {
        case .say(let sentence, let text, let isFixed, let generation, let fromMs):
            let synthesiser = isFixed ? services.phrases : services.synthesiser
            speaker.say(sentence: sentence, text: text, by: synthesiser, generation: generation, fromMs: fromMs)
        case .clear(let generation): speaker.clear(generation: generation)
        case .ask(let id, let request): ask(id, request)
        case .stopAsking(let id): stopAsking(id)
        case .alarm(let alarm, let atMs): session.line.send(.alarm(id: alarm.rawValue, atMs: atMs))
        case .cancelAlarm(let alarm): session.line.send(.cancelAlarm(id: alarm.rawValue))
        case .deadline(let deadline, let after): setDeadline(deadline, after: after)
        case .cancelDeadline(let deadline): cancelDeadline(deadline)
        case .restartRecogniser: startRecogniser()
        case .record(let turn):
            services.metrics.observe(turn)
            session.journal.write(.turn(turn))
        case .save(let state): session.journal.write(.state(state))
        case .end(let intent): leave(intent)
        case .finish(let end): streamEnded = end
        }
    }

    // MARK: Recogniser

    /// Starts recognition, or starts it again with the sound from now on.
    mutating func startRecogniser() {
        if let recogniser {
            recogniser.cancel()
            ended.append(recogniser)
        }
        let audio = session.feed.open()
        let settings = RecognitionSettings(
            language: session.plan.document.language,
            phrases: session.plan.document.phrases,
            model: services.recognitionModel
        )
        let mailbox = mailbox
        let services = services
        let callSid = session.plan.callSid
        recogniser = Task {
            do {
                try await services.recogniser.recognize(settings, audio: audio) { event in
                    switch event {
                    case .partial(let text): mailbox.post(.partial(text))
                    case .final(let text, _): mailbox.post(.final(text))
                    case .speechBegan, .speechEnded: break
                    }
                }
            } catch is CancellationError {
                return
            } catch {
                services.logger.warning(
                    "recogniser failed",
                    metadata: ["call.sid": "\(callSid)", "error": "\(error)"]
                )
                mailbox.post(.recogniserFailed)
            }
        }
    }

    // MARK: Model

    private mutating func ask(_ id: Int, _ request: ChatRequest) {
        let mailbox = mailbox
        let services = services
        let callSid = session.plan.callSid
        // An earlier ask has been answered by now: what its stream may still hold is released.
        for answered in asks.values { answered.cancel() }
        asks = [:]
        asks[id] = Task {
            do {
                var hasFinished = false
                for try await event in services.model.stream(request) {
                    switch event {
                    case .text(let text): mailbox.post(.modelText(ask: id, text))
                    case .toolCall(let call): mailbox.post(.modelTool(ask: id, call))
                    case .finished(_, let usage):
                        hasFinished = true
                        mailbox.post(.modelFinished(ask: id, usage))
                    }
                }
                try Task.checkCancellation()
                if !hasFinished { mailbox.post(.modelFinished(ask: id, nil)) }
            } catch is CancellationError {
                return
            } catch {
                guard !Task.isCancelled else { return }
                services.logger.warning("model failed", metadata: ["call.sid": "\(callSid)", "error": "\(error)"])
                mailbox.post(.modelFailed(ask: id, isRetryable: (error as? ModelError)?.isRetryable ?? true))
            }
        }
    }

    private mutating func stopAsking(_ id: Int) {
        guard let ask = asks.removeValue(forKey: id) else { return }
        ask.cancel()
        ended.append(ask)
    }

    // MARK: Deadlines

    private mutating func setDeadline(_ deadline: CallMachine.Deadline, after: Duration) {
        deadlines[deadline]?.cancel()
        let mailbox = mailbox
        let time = services.time
        deadlines[deadline] = Task {
            do { try await time.sleep(after) } catch { return }
            mailbox.post(.deadline(deadline))
        }
    }

    private mutating func cancelDeadline(_ deadline: CallMachine.Deadline) {
        deadlines.removeValue(forKey: deadline)?.cancel()
    }

    // MARK: The end

    /// Stores what shall become of the call, then closes the socket, whereupon the carrier asks. The order matters:
    /// the answer to the carrier is read from what was stored.
    private mutating func leave(_ intent: CallIntent) {
        guard leaving == nil else { return }
        session.journal.write(.intent(intent))
        let session = session
        leaving = Task {
            if await !session.journal.flush(within: .seconds(2)) {
                session.services.logger.error(
                    "call ends without its intent stored",
                    metadata: ["call.sid": "\(session.plan.callSid)"]
                )
            }
            session.line.send(.close)
        }
    }

    mutating func leaveAfterOverflow(defaultTarget: String?) {
        services.metrics.overflowed.increment()
        let intent =
            defaultTarget.map {
                CallIntent.handOver(HandOverIntent(target: $0, node: nil, summary: "", announced: false))
            } ?? .hangUp(.failed)
        leave(intent)
    }

    /// Ends every task of the call and writes its last facts.
    mutating func finish() async {
        let characters = speaker.synthesisedCharacters
        session.mailbox.close()
        session.feed.close()
        let tasks = [recogniser, speaker.stop()].compactMap { $0 } + ended + asks.values + deadlines.values
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
        await leaving?.value
        let audioMs = mailbox.audioTime.now
        services.metrics.droppedAudio.increment(by: session.feed.dropped)
        note(.recognisedMilliseconds, audioMs, at: services.speechProvider)
        note(.synthesisedCharacters, characters, at: services.speechProvider)
        note(.modelInputTokens, modelUsage.inputTokens, at: services.modelProvider)
        note(.modelOutputTokens, modelUsage.outputTokens, at: services.modelProvider)
        session.journal.write(.streamEnded(streamEnded ?? .closedByUs, audioMs: audioMs))
    }

    /// What the stream used of one kind, written once, so that a repetition is recognised.
    private func note(_ kind: ProviderUsage.Kind, _ amount: Int, at provider: String) {
        if amount > 0 { session.journal.write(.used(ProviderUsage(kind: kind, provider: provider, amount: amount))) }
    }
}
