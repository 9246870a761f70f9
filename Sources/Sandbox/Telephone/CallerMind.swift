/// The caller, 20 ms at a time: hears whether the agent speaks, follows the steps, and gives what goes into the line.
///
/// A pure value: time passes only through `next(hearing:)`.
struct CallerMind: Sendable {
    struct Heard: Sendable {
        /// There was sound in this frame.
        let isAudible: Bool
        /// What the agent's last finished turn, or the current one, said so far.
        let lastTurn: String
    }

    enum Act: Sendable, Equatable {
        /// The caller begins to say this.
        case beginsToSay(String)
        /// The caller has said all of it.
        case hasSaid(String)
        case presses(Character)
        case hangsUp
    }

    private static let frameMs = 20

    private let steps: [CallerStep]
    private let voice: ModemEncoder
    private let turnGapMs: Int
    private let patienceMs: Int
    private let lingerMs: Int

    /// The step that comes next or is under way.
    private(set) var position = 0
    private(set) var failure: String?
    private(set) var hasHungUp = false

    private var stepMs = 0
    private var speech = [UInt8]()
    private var speechHead = 0
    private var spokenText = ""
    private var digits = [Character]()
    private var agentHasSpoken = false
    private var agentMs = 0
    private var quietMs = 0

    /// - Parameters:
    ///   - turnGapMs: silence after which a turn of the agent counts as over.
    ///   - patienceMs: how long the caller waits for the agent before the call counts as failed.
    ///   - lingerMs: how long after the last step and the agent's answer the caller stays on the line.
    init(steps: [CallerStep], voice: ModemEncoder, turnGapMs: Int, patienceMs: Int, lingerMs: Int) {
        self.steps = steps
        self.voice = voice
        self.turnGapMs = turnGapMs
        self.patienceMs = patienceMs
        self.lingerMs = lingerMs
    }

    var isSpeaking: Bool { speechHead < speech.count }
    /// Every step was carried out and none failed.
    var isDone: Bool { position >= steps.count && failure == nil && !isSpeaking && digits.isEmpty }
    var stepCount: Int { steps.count }

    /// Passes 20 ms. The frame is nil while the caller is silent.
    mutating func next(hearing: Heard) -> (frame: [UInt8]?, acts: [Act]) {
        guard !hasHungUp else { return (nil, []) }
        listen(hearing)
        var acts = [Act]()
        if !isSpeaking, digits.isEmpty { advance(hearing, &acts) }
        stepMs += Self.frameMs
        if let digit = digits.first {
            // A key is held for about 100 ms, as far as the next one is concerned.
            if stepMs % 100 == 0 {
                digits.removeFirst()
                acts.append(.presses(digit))
            }
            return (nil, acts)
        }
        guard isSpeaking else { return (nil, acts) }
        let end = min(speechHead + PlayoutBuffer.frameSize, speech.count)
        var frame = Array(speech[speechHead..<end])
        frame += [UInt8](repeating: MuLaw.silence, count: PlayoutBuffer.frameSize - frame.count)
        speechHead = end
        if !isSpeaking {
            acts.append(.hasSaid(spokenText))
            agentHasSpoken = hearing.isAudible
            agentMs = 0
            stepMs = 0
        }
        return (frame, acts)
    }

    private mutating func listen(_ hearing: Heard) {
        if hearing.isAudible {
            if quietMs >= turnGapMs { agentMs = 0 }
            agentHasSpoken = true
            agentMs += Self.frameMs
            quietMs = 0
        } else {
            quietMs += Self.frameMs
        }
    }

    private var turnIsOver: Bool { agentHasSpoken && quietMs >= turnGapMs }

    private mutating func advance(_ hearing: Heard, _ acts: inout [Act]) {
        guard position < steps.count else {
            let answered = agentHasSpoken && quietMs >= turnGapMs + lingerMs
            if answered || quietMs >= patienceMs { hangUp(&acts) }
            return
        }
        switch steps[position] {
        case .waitForTurn:
            if turnIsOver {
                agentHasSpoken = false
                done()
            } else if quietMs >= patienceMs {
                fail("Der Agent hat \(patienceMs / 1_000) s lang nichts gesagt", &acts)
            }
        case .say(let text):
            say(text, &acts)
        case .play(let sound):
            begin(sound, text: "(Aufnahme)", &acts)
        case .interrupt(let afterMs, let text):
            if agentMs >= afterMs, hearing.isAudible {
                say(text, &acts)
            } else if turnIsOver {
                fail("Der Agent war fertig, ehe ihn der Anrufer nach \(afterMs) ms unterbrechen konnte", &acts)
            } else if quietMs >= patienceMs {
                fail("Der Agent hat \(patienceMs / 1_000) s lang nichts gesagt", &acts)
            }
        case .digits(let text):
            digits = Array(text)
            done()
        case .silence(let ms):
            if stepMs >= ms { done() }
        case .expect(let text):
            if hearing.lastTurn.lowercased().contains(text.lowercased()) {
                done()
                advance(hearing, &acts)
            } else {
                fail("Erwartet war „\(text)“, gehört wurde „\(hearing.lastTurn)“", &acts)
            }
        case .hangUp:
            done()
            hangUp(&acts)
        }
    }

    private mutating func say(_ text: String, _ acts: inout [Act]) {
        begin(voice.encode(text), text: text, &acts)
    }

    private mutating func begin(_ sound: [UInt8], text: String, _ acts: inout [Act]) {
        speech = sound
        speechHead = 0
        spokenText = text
        acts.append(.beginsToSay(text))
        done()
    }

    private mutating func done() {
        position += 1
        stepMs = 0
    }

    private mutating func fail(_ reason: String, _ acts: inout [Act]) {
        failure = reason
        hangUp(&acts)
    }

    private mutating func hangUp(_ acts: inout [Act]) {
        hasHungUp = true
        acts.append(.hangsUp)
    }
}
