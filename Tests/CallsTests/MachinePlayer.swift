import Flows
import Kernel
import LanguageModel
import Localization

@testable import Calls

/// Plays one side of a call against the machine: audio time moves only when the test says so, alarms ring when it
/// passes them, and everything the agent says is "played" when the test lets it be heard.
struct MachinePlayer {
    private(set) var machine: CallMachine
    private(set) var effects: [CallMachine.Effect] = []
    private(set) var nowMs = 0
    private var alarms: [CallMachine.Alarm: Int] = [:]
    private(set) var deadlines: Set<CallMachine.Deadline> = []
    private(set) var said: [(sentence: Int, text: String, generation: Int, fromMs: Int)] = []
    private(set) var asks: [(id: Int, request: ChatRequest)] = []
    private(set) var turns: [TurnRecord] = []
    private(set) var intent: CallIntent?
    private(set) var clears = 0
    private(set) var recogniserRestarts = 0

    init(_ document: FlowDocument, resuming: ResumableState? = nil) {
        machine = CallMachine(document: document, texts: .testing, resuming: resuming)
        take(machine.begin())
    }

    var lastAsk: Int { asks.last?.id ?? -1 }
    var saidTexts: [String] { said.map(\.text) }

    mutating func send(_ event: CallMachine.Event) {
        take(machine.handle(event, atMs: nowMs))
    }

    /// Lets audio time pass; alarms ring at their time.
    mutating func pass(_ milliseconds: Int) {
        let end = nowMs + milliseconds
        while let (alarm, atMs) = alarms.filter({ $0.value <= end }).min(by: { $0.value < $1.value }) {
            alarms[alarm] = nil
            nowMs = max(nowMs, atMs)
            send(.alarm(id: alarm.rawValue))
        }
        nowMs = end
    }

    /// Everything said so far has been synthesised, each sentence `lengthMs` long, and is heard to its end.
    mutating func hearAll(lengthMs: Int = 1_000) {
        var index = 0
        while index < said.count {
            let sentence = said[index]
            if sentence.generation == machine.mouth.generation,
                machine.mouth.utterance?.sentences.contains(where: { $0.id == sentence.sentence && !$0.isHeard })
                    == true
            {
                hear(sentence.sentence, ofMs: lengthMs)
            }
            index += 1
        }
    }

    mutating func hear(_ sentence: Int, ofMs lengthMs: Int) {
        synthesise(sentence, lengthMs: lengthMs)
        mark(sentence, heardMs: 0)
        pass(lengthMs)
        mark(sentence, heardMs: lengthMs, isEnd: true)
    }

    mutating func synthesise(_ sentence: Int, lengthMs: Int) {
        send(.synthesised(sentence: sentence, generation: machine.mouth.generation, lengthMs: lengthMs))
    }

    mutating func mark(_ sentence: Int, heardMs: Int, isEnd: Bool = false) {
        send(
            .played(
                PlayoutMark(
                    generation: machine.mouth.generation,
                    sentence: sentence,
                    heardMs: heardMs,
                    isEnd: isEnd
                )
            )
        )
    }

    /// The caller speaks for `milliseconds`, is understood, and falls silent.
    mutating func speak(_ text: String, for milliseconds: Int = 800) {
        send(.voiceBegan(atMs: nowMs))
        pass(milliseconds)
        send(.partial(text))
        send(.final(text))
        send(.voiceCeased(atMs: nowMs))
    }

    /// The model answers in one piece.
    mutating func answer(_ text: String, tool: ToolCall? = nil, usage: ChatUsage? = nil) {
        let ask = lastAsk
        if !text.isEmpty { send(.modelText(ask: ask, text)) }
        if let tool { send(.modelTool(ask: ask, tool)) }
        send(.modelFinished(ask: ask, usage))
    }

    mutating func expire(_ deadline: CallMachine.Deadline) {
        guard deadlines.remove(deadline) != nil else { return }
        send(.deadline(deadline))
    }

    private mutating func take(_ new: [CallMachine.Effect]) {
        effects += new
        for effect in new {
            switch effect {
            case .say(let sentence, let text, _, let generation, let fromMs):
                said.append((sentence, text, generation, fromMs))
            case .clear: clears += 1
            case .ask(let id, let request): asks.append((id, request))
            case .alarm(let alarm, let atMs): alarms[alarm] = atMs
            case .cancelAlarm(let alarm): alarms[alarm] = nil
            case .deadline(let deadline, _): deadlines.insert(deadline)
            case .cancelDeadline(let deadline): deadlines.remove(deadline)
            case .restartRecogniser: recogniserRestarts += 1
            case .record(let turn): turns.append(turn)
            case .end(let intent): self.intent = intent
            case .stopAsking, .save, .finish: break
            }
        }
    }
}

extension FlowDocument {
    /// Greeting, conversation with a workshop to hand over to, goodbye.
    static func workshop(
        greetingInterruptible: Bool = true,
        change: (inout ConversationNode) -> Void = { _ in }
    ) -> FlowDocument {
        var conversation = ConversationNode(
            systemPrompt: "Sie helfen den Kunden der Werkstatt.",
            tools: [.handOver, .endCall],
            targets: ["werkstatt"],
            onHandOver: "verbinden",
            onEnd: "abschied"
        )
        change(&conversation)
        var targets: [String: HandOverTarget] = [:]
        if let number = E164("+43732123456") {
            targets["werkstatt"] = HandOverTarget(name: "Werkstatt", number: number)
        }
        return FlowDocument(
            language: "de-AT",
            voice: FlowVoice(name: "de-DE-Chirp3-HD-Leda"),
            entry: "gruss",
            nodes: [
                "gruss": .greeting(
                    GreetingNode(
                        text: "Hier spricht der KI-Assistent.",
                        interruptible: greetingInterruptible,
                        next: "gespraech"
                    )
                ),
                "gespraech": .conversation(conversation),
                "verbinden": .handOver(HandOverNode(announcement: "Ich verbinde Sie.", onFailed: "abschied")),
                "abschied": .announcement(AnnouncementNode(text: "Auf Wiederhören.", next: "ende")),
                "ende": .hangUp,
            ],
            targets: targets
        )
    }
}

extension SpokenTexts {
    static let testing = SpokenTexts(
        filler: "Einen Moment.",
        reminders: ["Sind Sie noch da?", "Ich höre Sie nicht."],
        apology: "Es tut mir leid.",
        apologyForward: "Es tut mir leid, ich verbinde Sie.",
        noAnswerGoodbye: "Ich beende das Gespräch.",
        transferAnnouncement: "Ich verbinde.",
        callLimit: "Die Zeit ist um.",
        tokensLimit: "Ich kann nicht weiter.",
        notUnderstood: "Bitte noch einmal.",
        resumed: "Da bin ich wieder."
    )
}
