import Testing

@testable import Speech

@Suite("The recognition of a call as a machine")
struct RecognitionMachineTests {
    private typealias Effect = RecognitionMachine.Effect

    private static func limits() -> RecognitionLimits {
        var limits = RecognitionLimits()
        limits.preferredRollOverMs = 10_000
        limits.latestRollOverMs = 12_000
        limits.replayMs = 4_000
        limits.overlapMs = 1_000
        limits.onsetMs = 1_000
        limits.steadyMs = 5_000
        limits.settlingMs = 1_000
        return limits
    }

    /// A machine with the effects it has asked for.
    private struct Bench {
        var machine = RecognitionMachine(limits: RecognitionMachineTests.limits())
        var effects: [Effect]

        init() {
            effects = machine.start()
        }

        mutating func put(_ input: RecognitionMachine.Input) {
            effects += machine.handle(input)
        }

        /// Plays audio whose messages are taken at once.
        mutating func play(ms: Int, stream: Int) {
            for _ in 0..<(ms / 100) {
                put(.audio([UInt8](repeating: 1, count: 800)))
                put(.wrote(stream: stream))
            }
        }

        var events: [RecognitionEvent] {
            effects.compactMap { if case .emit(let event) = $0 { event } else { nil } }
        }

        var opened: [Int] {
            effects.compactMap { if case .open(let stream, _) = $0 { stream } else { nil } }
        }

        func sentMs(_ stream: Int) -> Int {
            effects.reduce(0) { sum, effect in
                if case .send(stream, let bytes) = effect { sum + bytes.count / 8 } else { sum }
            }
        }

        var end: SpeechError?? {
            for case .finish(let error) in effects { return .some(error) }
            return nil
        }
    }

    @Test("A stream is opened and sound is asked for, one chunk at a time")
    func begins() {
        var bench = Bench()
        #expect(bench.effects == [.open(stream: 0, isReopening: false), .pull])
        bench.put(.audio([1, 2, 3]))
        #expect(bench.effects.suffix(2) == [.send(stream: 0, [1, 2, 3]), .pull])
    }

    @Test("No more sound is read than the connection takes")
    func backPressure() {
        var bench = Bench()
        for _ in 0..<40 {
            guard bench.effects.last == .pull else { break }
            bench.put(.audio([UInt8](repeating: 1, count: 800)))
        }
        #expect(bench.sentMs(0) == 1_900)
        #expect(bench.effects.last != .pull)
        bench.put(.wrote(stream: 0))
        #expect(bench.effects.last == .pull)
    }

    @Test("In a gap the stream is replaced early, and not before its time")
    func rollsOverInGap() {
        var bench = Bench()
        bench.put(.wrote(stream: 0))
        bench.play(ms: 9_900, stream: 0)
        #expect(bench.opened == [0])
        bench.play(ms: 100, stream: 0)
        #expect(bench.opened == [0, 1])
        #expect(bench.effects.contains(.halfClose(stream: 0)))
        #expect(bench.sentMs(1) == 1_000, "the second before the gap is heard again")
    }

    @Test("While someone speaks it waits, but not beyond its limit")
    func rollsOverInSpeech() {
        var bench = Bench()
        bench.put(.wrote(stream: 0))
        bench.play(ms: 10_000 - 100, stream: 0)
        bench.put(.heard(stream: 0, .speechBegan(offsetMs: 9_500)))
        bench.play(ms: 2_000, stream: 0)
        #expect(bench.opened == [0])
        bench.play(ms: 100, stream: 0)
        #expect(bench.opened == [0, 1])
        #expect(bench.sentMs(1) == 12_000 - 9_000, "the utterance is heard again from half a second before it began")
    }

    @Test("An utterance that is heard again in full is said once, by the new stream")
    func replayReplaces() {
        var bench = Bench()
        bench.put(.wrote(stream: 0))
        bench.play(ms: 9_900, stream: 0)
        bench.put(.heard(stream: 0, .speechBegan(offsetMs: 9_600)))
        bench.put(.heard(stream: 0, .partial("ich möchte")))
        bench.play(ms: 2_100, stream: 0)
        bench.put(.heard(stream: 0, .final("ich möchte einen Ter", endOffsetMs: 12_000)))
        bench.put(.heard(stream: 1, .speechBegan(offsetMs: 500)))
        bench.put(.heard(stream: 1, .partial("ich möchte einen Termin")))
        bench.put(.heard(stream: 1, .final("ich möchte einen Termin", endOffsetMs: 3_500)))
        bench.put(.ended(stream: 0, nil))
        #expect(
            bench.events == [
                .speechBegan(atMs: 9_600), .partial("ich möchte"), .partial("ich möchte einen Termin"),
                .final("ich möchte einen Termin", endMs: 12_000),
            ]
        )
    }

    @Test("A long utterance is joined from what both streams heard")
    func joinsLongUtterance() {
        var bench = Bench()
        bench.put(.wrote(stream: 0))
        bench.play(ms: 1_000, stream: 0)
        bench.put(.heard(stream: 0, .speechBegan(offsetMs: 500)))
        bench.put(.heard(stream: 0, .partial("eins zwei")))
        bench.play(ms: 11_000, stream: 0)
        #expect(bench.sentMs(1) == 1_000)
        bench.put(.heard(stream: 1, .final("drei vier fünf", endOffsetMs: 900)))
        #expect(!bench.events.contains(.final("drei vier fünf", endMs: 11_900)), "the earlier words come first")
        bench.put(.heard(stream: 0, .final("eins zwei drei vi", endOffsetMs: 12_000)))
        bench.put(.ended(stream: 0, nil))
        #expect(bench.events.last == .final("eins zwei drei vier fünf", endMs: 11_900))
    }

    @Test("Words that only the old stream understood are said, a little later")
    func fallsBack() {
        var bench = Bench()
        bench.put(.wrote(stream: 0))
        bench.play(ms: 9_900, stream: 0)
        bench.put(.heard(stream: 0, .partial("ja")))
        bench.play(ms: 2_100, stream: 0)
        bench.put(.heard(stream: 0, .final("ja bitte", endOffsetMs: 12_000)))
        bench.put(.ended(stream: 0, nil))
        bench.play(ms: 3_000, stream: 1)
        #expect(bench.events == [.partial("ja")], "the new stream may still answer")
        for _ in 0..<4 { bench.put(.tick) }
        #expect(bench.events == [.partial("ja"), .final("ja bitte", endMs: 12_000)])
    }

    @Test("Speech that goes on across the seam begins once, and ends even if the new stream hears none")
    func speechAcrossSeam() {
        var bench = Bench()
        bench.put(.wrote(stream: 0))
        bench.play(ms: 9_900, stream: 0)
        bench.put(.heard(stream: 0, .speechBegan(offsetMs: 9_600)))
        bench.play(ms: 2_100, stream: 0)
        bench.put(.heard(stream: 0, .speechEnded(offsetMs: 12_000)))
        bench.put(.wrote(stream: 1))
        for _ in 0..<3 { bench.put(.wrote(stream: 1)) }
        bench.put(.ended(stream: 0, nil))
        bench.play(ms: 1_000, stream: 1)
        for _ in 0..<4 { bench.put(.tick) }
        #expect(bench.events == [.speechBegan(atMs: 9_600), .speechEnded(atMs: 12_000)])
    }

    @Test("Speech that ended just before the seam ends when it did")
    func speechEndsBeforeSeam() {
        var bench = Bench()
        bench.put(.wrote(stream: 0))
        bench.play(ms: 9_900, stream: 0)
        bench.put(.heard(stream: 0, .speechBegan(offsetMs: 9_600)))
        bench.play(ms: 2_100, stream: 0)
        bench.put(.heard(stream: 0, .speechEnded(offsetMs: 11_400)))
        #expect(bench.events == [.speechBegan(atMs: 9_600), .speechEnded(atMs: 11_400)])
    }

    @Test("A failed stream is opened once more and hears again what was not final")
    func reopens() {
        var bench = Bench()
        bench.put(.wrote(stream: 0))
        bench.play(ms: 3_000, stream: 0)
        bench.put(.heard(stream: 0, .final("eins", endOffsetMs: 1_500)))
        bench.put(.ended(stream: 0, SpeechError(.unavailable, provider: "p", code: "c")))
        #expect(bench.effects.contains(.open(stream: 1, isReopening: true)))
        #expect(bench.sentMs(1) == 1_500)
        bench.put(.ended(stream: 1, SpeechError(.unavailable, provider: "p", code: "d")))
        #expect(bench.end == .some(.some(SpeechError(.unavailable, provider: "p", code: "d"))))
    }

    @Test("A stream that has worked for a while may fail anew")
    func reopensAgain() {
        var bench = Bench()
        bench.put(.wrote(stream: 0))
        for stream in 0..<5 {
            bench.play(ms: 5_000, stream: stream)
            bench.put(.ended(stream: stream, SpeechError(.unavailable, provider: "p", code: "c")))
        }
        #expect(bench.opened == [0, 1, 2, 3, 4, 5])
        #expect(bench.end == nil)
    }

    @Test("What cannot succeed is not tried again", arguments: [SpeechError.Kind.refused, .invalid, .quota])
    func givesUp(kind: SpeechError.Kind) {
        var bench = Bench()
        let error = SpeechError(kind, provider: "p", code: "c")
        bench.put(.ended(stream: 0, error))
        #expect(bench.end == .some(.some(error)))
    }

    @Test("A provider that ends a stream by itself is asked again")
    func earlyEnd() {
        var bench = Bench()
        bench.put(.ended(stream: 0, nil))
        #expect(bench.opened == [0, 1])
    }

    @Test("Silence is fed when no sound comes, and counts in the stream but not in the call")
    func feedsSilence() {
        var bench = Bench()
        bench.put(.wrote(stream: 0))
        bench.play(ms: 1_000, stream: 0)
        bench.put(.tick)
        #expect(bench.sentMs(0) == 1_000, "sound has come since the last tick")
        bench.put(.tick)
        #expect(bench.sentMs(0) == 2_000)
        bench.put(.wrote(stream: 0))
        bench.play(ms: 500, stream: 0)
        bench.put(.heard(stream: 0, .speechBegan(offsetMs: 2_100)))
        #expect(bench.events == [.speechBegan(atMs: 1_100)])
    }

    @Test("A stream that takes nothing fails by its deadline, and so does the next")
    func stalls() {
        var bench = Bench()
        for _ in 0..<5 { bench.put(.tick) }
        #expect(bench.effects.contains(.abandon(stream: 0)))
        #expect(bench.opened == [0, 1])
        for _ in 0..<5 { bench.put(.tick) }
        #expect(bench.end == .some(.some(SpeechError(.timeout, provider: "", code: "write_stalled"))))
    }

    @Test("At the end the last words are waited for")
    func drains() {
        var bench = Bench()
        bench.put(.wrote(stream: 0))
        bench.play(ms: 1_000, stream: 0)
        bench.put(.audioEnded)
        #expect(bench.effects.last == .halfClose(stream: 0))
        bench.put(.heard(stream: 0, .final("auf Wiederhören", endOffsetMs: 1_000)))
        bench.put(.ended(stream: 0, nil))
        #expect(bench.events == [.final("auf Wiederhören", endMs: 1_000)])
        #expect(bench.end == .some(nil))
    }

    @Test("A provider that never ends its answer is given up")
    func drainTimeout() {
        var bench = Bench()
        bench.put(.wrote(stream: 0))
        bench.put(.audioEnded)
        for _ in 0..<5 { bench.put(.tick) }
        #expect(bench.end == .some(.some(SpeechError(.timeout, provider: "", code: "drain_timeout"))))
    }

    @Test("Words without a final are not lost when the stream ends")
    func partialAtEnd() {
        var bench = Bench()
        bench.put(.wrote(stream: 0))
        bench.play(ms: 1_000, stream: 0)
        bench.put(.heard(stream: 0, .partial("ja")))
        bench.put(.audioEnded)
        bench.put(.ended(stream: 0, nil))
        #expect(bench.events == [.partial("ja"), .final("ja", endMs: 1_000)])
    }

    @Test("A late word of a stream that is gone changes nothing")
    func ignoresStrangers() {
        var bench = Bench()
        bench.put(.ended(stream: 0, SpeechError(.unavailable, provider: "p", code: "c")))
        bench.put(.heard(stream: 0, .final("spät", endOffsetMs: 100)))
        bench.put(.ended(stream: 0, nil))
        #expect(bench.events.isEmpty)
        #expect(bench.end == nil)
    }
}
