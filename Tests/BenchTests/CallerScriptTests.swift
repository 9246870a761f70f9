import Testing

@testable import Bench

@Suite("A caller of the load")
struct CallerScriptTests {
    private static let frame: Int64 = 20_000_000

    /// A script with a clock that moves by one frame with each frame sent.
    private struct Caller {
        var script: CallerScript
        var tally = Tally()
        var now: Int64 = 0

        init(restingFrames: Int = 0, expectsAnswers: Bool = true) {
            script = CallerScript(restingFrames: restingFrames, expectsAnswers: expectsAnswers)
        }

        mutating func send(_ frames: Int) -> [CallerScript.Sound] {
            (0..<frames).map { _ in
                now += CallerScriptTests.frame
                return script.nextFrame(at: now, &tally)
            }
        }

        mutating func hearSound(after nanoseconds: Int64 = 0) {
            script.heardSound(at: now + nanoseconds, &tally)
        }

        mutating func hearClear(after nanoseconds: Int64 = 0) {
            script.heardClear(at: now + nanoseconds, &tally)
        }

        /// Up to the caller's first frame over the agent's answer.
        static func interrupting() -> Self {
            var caller = Self()
            _ = caller.send(60)
            caller.hearSound()
            _ = caller.send(51)
            return caller
        }
    }

    @Test("rests, speaks for a second and is silent then")
    func begins() {
        var caller = Caller(restingFrames: 3)
        #expect(caller.send(3) == [.silence, .silence, .silence])
        #expect(caller.send(50) == (0..<50).map { .voice(frame: $0) })
        #expect(caller.send(50).allSatisfy { $0 == .silence })
    }

    @Test("counts the delay of an answer from the tenth silent frame")
    func answerDelay() {
        var caller = Caller()
        _ = caller.send(60)
        caller.hearSound(after: 3)
        #expect(caller.tally.answerDelays == [3])
        #expect(caller.tally.complaints.isEmpty)
    }

    @Test("complains of an answer before the silence was long enough")
    func earlyAnswer() {
        var caller = Caller()
        _ = caller.send(59)
        caller.hearSound()
        #expect(caller.tally.answerDelays.isEmpty)
        #expect(caller.tally.complaints == ["1 sounds too early"])
    }

    @Test("listens for a second and speaks over the answer")
    func interrupts() {
        var caller = Caller()
        _ = caller.send(60)
        caller.hearSound()
        caller.hearSound()
        #expect(caller.send(50).allSatisfy { $0 == .silence })
        #expect(caller.send(1) == [.voice(frame: 0)])
        #expect(caller.tally.complaints.isEmpty)
    }

    @Test("counts the reaction from the tenth frame of the voice")
    func clearDelay() {
        var caller = Caller.interrupting()
        caller.hearSound()
        _ = caller.send(9)
        caller.hearClear(after: 7)
        #expect(caller.tally.clearDelays == [7])
        #expect(caller.tally.complaints.isEmpty)
    }

    @Test("complains of a clear before the voice was long enough")
    func earlyClear() {
        var caller = Caller.interrupting()
        _ = caller.send(8)
        caller.hearClear()
        #expect(caller.tally.complaints == ["1 clears too early"])
    }

    @Test("counts sound after a clear until the next answer is due")
    func framesAfterClear() {
        var caller = Caller.interrupting()
        _ = caller.send(9)
        caller.hearClear()
        caller.hearSound()
        _ = caller.send(40 + 9)
        caller.hearSound()
        _ = caller.send(1)
        caller.hearSound()
        #expect(caller.tally.framesAfterClear == 2)
        #expect(caller.tally.answerDelays.count == 2)
    }

    @Test("complains of a missing clear and goes on")
    func missingClear() {
        var caller = Caller.interrupting()
        _ = caller.send(49 + 10)
        caller.hearSound()
        #expect(caller.tally.complaints == ["1 clears missing"])
        #expect(caller.tally.answerDelays.count == 2)
    }

    @Test("waits two seconds for an answer and speaks again", arguments: [true, false])
    func missingAnswer(expectsAnswers: Bool) {
        var caller = Caller(expectsAnswers: expectsAnswers)
        _ = caller.send(150)
        #expect(caller.send(1) == [.voice(frame: 0)])
        #expect(caller.tally.missedAnswers == (expectsAnswers ? 1 : 0))
    }
}
