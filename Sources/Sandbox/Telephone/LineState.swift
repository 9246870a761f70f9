/// The caller's side of a call: the audio clock, the caller, and the transcript. Goes from one stretch of the call to the
/// next (instructions, media stream, person) and is advanced 20 ms at a time by whoever has the line.
struct LineState: Sendable {
    static let frameMs = 20

    struct Step: Sendable {
        /// What the caller puts into the line.
        let frame: [UInt8]?
        let keys: [Character]
        let hangsUp: Bool
    }

    private(set) var mind: CallerMind
    /// Audio time since the call was answered.
    private(set) var callMs = 0
    private(set) var lines = [TranscriptLine]()
    private(set) var problems = [String]()
    private(set) var bargeInMs = [Int]()
    private(set) var answerMs = [Int]()

    private let onLine: @Sendable (TranscriptLine) -> Void
    private var sayingSince = 0
    private var interruptingSince: Int?
    private var waitingSince: Int?
    private var agentIsAudible = false

    init(mind: CallerMind, onLine: @escaping @Sendable (TranscriptLine) -> Void) {
        self.mind = mind
        self.onLine = onLine
    }

    var callerIsSpeaking: Bool { mind.isSpeaking }

    /// Passes 20 ms in which the far side was audible or not.
    mutating func advance(isAudible: Bool, lastTurn: String) -> Step {
        if isAudible, let since = waitingSince {
            answerMs.append(callMs - since)
            waitingSince = nil
        }
        agentIsAudible = isAudible
        let (frame, acts) = mind.next(hearing: CallerMind.Heard(isAudible: isAudible, lastTurn: lastTurn))
        var keys = [Character]()
        var hangsUp = false
        for act in acts {
            switch act {
            case .beginsToSay:
                sayingSince = callMs
                if isAudible { interruptingSince = callMs }
                waitingSince = nil
            case .hasSaid(let text):
                waitingSince = callMs + Self.frameMs
                write(.caller, text, from: sayingSince, to: callMs + Self.frameMs)
            case .presses(let key):
                keys.append(key)
                write(.caller, "(Taste \(key))", from: callMs, to: callMs)
            case .hangsUp:
                hangsUp = true
            }
        }
        callMs += Self.frameMs
        return Step(frame: frame, keys: keys, hangsUp: hangsUp)
    }

    /// The agent emptied the playout buffer.
    mutating func noteClear() {
        guard let since = interruptingSince else { return }
        bargeInMs.append(callMs - since)
        interruptingSince = nil
    }

    mutating func write(
        _ speaker: TranscriptLine.Origin,
        _ text: String,
        from startMs: Int,
        to endMs: Int,
        interrupted: Bool = false
    ) {
        let line = TranscriptLine(
            speaker: speaker,
            text: text,
            startMs: startMs,
            endMs: endMs,
            interrupted: interrupted
        )
        lines.append(line)
        onLine(line)
    }

    mutating func system(_ text: String) {
        write(.system, text, from: callMs, to: callMs)
    }

    mutating func problem(_ text: String) {
        problems.append(text)
        system(text)
    }
}
