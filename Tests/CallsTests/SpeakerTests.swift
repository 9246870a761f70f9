import Foundation
import Kernel
import Speech
import Synchronization
import Testing

@testable import Calls

@Suite("The agent's voice")
struct SpeakerTests {
    private final class Line: MediaLine {
        private let commands = Mutex<[LineCommand]>([])

        var played: Int {
            commands.withLock { commands in
                commands.reduce(0) { sum, command in
                    if case .play(let audio, _) = command { sum + audio.count } else { sum }
                }
            }
        }

        func send(_ command: LineCommand) { commands.withLock { $0.append(command) } }
    }

    /// A second of sound for every sentence.
    private final class Voices: Synthesizer {
        private let counter = Atomic<Int>(0)

        var count: Int { counter.load(ordering: .relaxed) }

        func synthesize(_ text: String, voice: Voice) -> AsyncThrowingStream<[UInt8], any Error> {
            counter.add(1, ordering: .relaxed)
            let (stream, sound) = AsyncThrowingStream.makeStream(of: [UInt8].self)
            sound.yield([UInt8](repeating: 0, count: 8_000))
            sound.finish()
            return stream
        }
    }

    private struct Stage {
        let line = Line()
        let voices = Voices()
        let mailbox = CallMailbox()
        var speaker: Speaker
        private var letters: AsyncStream<Letter>.Iterator

        init() {
            speaker = Speaker(
                voice: Voice(name: "de-DE-Chirp3-HD-Leda", language: "de-DE"),
                line: line,
                mailbox: mailbox,
                time: TimeSource(now: { .distantPast }, sleep: { _ in try await neverEnding() }),
                patience: .seconds(4)
            )
            letters = mailbox.letters.makeAsyncIterator()
        }

        /// Says a sentence and returns once all of it has been sent.
        mutating func say(_ sentence: Int, generation: Int, fromMs: Int = 0) async {
            speaker.say(sentence: sentence, text: "Hallo.", by: voices, generation: generation, fromMs: fromMs)
            _ = await letters.next()
            speaker.finished(sentence: sentence)
        }

        mutating func heard(_ sentence: Int, generation: Int) {
            speaker.heard(PlayoutMark(generation: generation, sentence: sentence, heardMs: 1_000, isEnd: true))
        }
    }

    @Test("forgets the sound of a sentence that was heard")
    func heardSound() async {
        var stage = Stage()
        await stage.say(0, generation: 0)
        #expect(stage.speaker.sounds.count == 1)
        stage.heard(0, generation: 0)
        #expect(stage.speaker.sounds.isEmpty)
    }

    @Test("says a sentence that was cut again from memory, although its marks came back with the clear")
    func resumed() async {
        var stage = Stage()
        await stage.say(0, generation: 0)
        stage.speaker.clear(generation: 1)
        stage.heard(0, generation: 0)
        await stage.say(0, generation: 1, fromMs: 500)
        #expect(stage.voices.count == 1)
        #expect(stage.line.played == 8_000 + 4_000)
    }

    @Test("forgets the sound of a sentence that was cut once another one is said")
    func interrupted() async {
        var stage = Stage()
        for turn in 0..<10 {
            await stage.say(turn, generation: turn)
            stage.speaker.clear(generation: turn + 1)
            stage.heard(turn, generation: turn)
        }
        #expect(stage.speaker.sounds.count == 1)
    }
}

/// Sleeps until cancelled.
private func neverEnding() async throws {
    for await _ in AsyncStream<Never>.makeStream().stream {}
    throw CancellationError()
}
