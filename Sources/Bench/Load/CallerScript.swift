/// What one caller says when, and what the answers to it are worth, as a value: frames go out, messages come in.
///
/// The caller speaks for a second, is silent until an answer comes, listens to it for a second, speaks over it for a
/// second, and so on. Times are nanoseconds of one clock.
struct CallerScript {
    enum Sound: Equatable {
        case silence
        /// A frame of the voice, counted from its beginning.
        case voice(frame: Int)
    }

    private enum Phase {
        case resting(framesLeft: Int)
        case speaking(frame: Int)
        case awaiting(silentFrames: Int)
        case listening(framesLeft: Int)
    }

    static let frameMs = 20
    static let voiceFrames = 50
    private static let listeningFrames = 50
    /// The frame with which the silence or the voice has lasted long enough.
    private static let decidingEndOfTurn = BenchFlow.endOfTurnMs / frameMs
    private static let decidingBargeIn = BenchFlow.bargeInMs / frameMs
    /// Frames after which nobody waits for an answer any more.
    private static let patienceFrames = 100

    private let expectsAnswers: Bool
    private var phase: Phase
    /// Whether the agent was speaking when the caller began to.
    private var isInterrupting = false
    private var hasCleared = false
    /// When the frame was sent that lets the server decide; nil before it.
    private var decidedAt: Int64?

    /// - Parameter restingFrames: silence at the beginning, which keeps the callers out of step.
    init(restingFrames: Int, expectsAnswers: Bool) {
        self.expectsAnswers = expectsAnswers
        phase = .resting(framesLeft: restingFrames)
    }

    /// The next frame, which is being sent at this moment.
    mutating func nextFrame(at now: Int64, _ tally: inout Tally) -> Sound {
        switch phase {
        case .resting(let framesLeft):
            if framesLeft == 0 { return beginSpeaking(over: false, at: now) }
            phase = .resting(framesLeft: framesLeft - 1)
            return .silence
        case .listening(let framesLeft):
            if framesLeft == 0 { return beginSpeaking(over: true, at: now) }
            phase = .listening(framesLeft: framesLeft - 1)
            return .silence
        case .speaking(Self.voiceFrames):
            if isInterrupting, !hasCleared { tally.missedClears += 1 }
            decidedAt = nil
            phase = .awaiting(silentFrames: 0)
            return nextFrame(at: now, &tally)
        case .speaking(let frame):
            return speak(frame, at: now)
        case .awaiting(let silentFrames):
            return wait(silentFrames, at: now, &tally)
        }
    }

    private mutating func beginSpeaking(over isInterrupting: Bool, at now: Int64) -> Sound {
        self.isInterrupting = isInterrupting
        hasCleared = false
        decidedAt = nil
        return speak(0, at: now)
    }

    private mutating func speak(_ frame: Int, at now: Int64) -> Sound {
        if isInterrupting, !hasCleared, frame + 1 == Self.decidingBargeIn { decidedAt = now }
        phase = .speaking(frame: frame + 1)
        return .voice(frame: frame)
    }

    private mutating func wait(_ silentFrames: Int, at now: Int64, _ tally: inout Tally) -> Sound {
        if silentFrames == Self.patienceFrames {
            if expectsAnswers { tally.missedAnswers += 1 }
            return beginSpeaking(over: false, at: now)
        }
        if silentFrames + 1 == Self.decidingEndOfTurn { decidedAt = now }
        phase = .awaiting(silentFrames: silentFrames + 1)
        return .silence
    }

    mutating func heardSound(at now: Int64, _ tally: inout Tally) {
        switch phase {
        case .awaiting:
            if let decidedAt {
                tally.answerDelays.append(now - decidedAt)
                self.decidedAt = nil
                phase = .listening(framesLeft: Self.listeningFrames)
            } else {
                noteEarlySound(&tally)
            }
        case .speaking: noteEarlySound(&tally)
        case .resting: tally.earlySounds += 1
        case .listening: break
        }
    }

    /// Sound that answers nothing: the rest of an answer may still come until the interruption has silenced it.
    private func noteEarlySound(_ tally: inout Tally) {
        if hasCleared {
            tally.framesAfterClear += 1
        } else if !isInterrupting {
            tally.earlySounds += 1
        }
    }

    mutating func heardClear(at now: Int64, _ tally: inout Tally) {
        guard case .speaking = phase, isInterrupting, !hasCleared, let decidedAt else {
            tally.earlyClears += 1
            return
        }
        tally.clearDelays.append(now - decidedAt)
        self.decidedAt = nil
        hasCleared = true
    }
}
