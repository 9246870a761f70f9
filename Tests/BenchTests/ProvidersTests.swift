import Calls
import Flows
import Speech
import Synchronization
import Testing

@testable import Bench

@Suite("Providers that answer at once")
struct ProvidersTests {
    private static let quiet = [UInt8](repeating: MuLaw.silence, count: 800)
    private static let loud = SpeechTone.make(milliseconds: 100)

    /// The times at which the recogniser understood a word.
    private func words(in pieces: [[UInt8]]) async throws -> [Int] {
        let (audio, feed) = AsyncStream.makeStream(of: [UInt8].self)
        for piece in pieces { feed.yield(piece) }
        feed.finish()
        let times = Mutex<[Int]>([])
        try await InstantRecogniser().recognize(
            RecognitionSettings(language: "de-AT", model: "instant"),
            audio: audio
        ) { event in
            if case .final(_, let endMs) = event { times.withLock { $0.append(endMs) } }
        }
        return times.withLock(\.self)
    }

    @Test("one word for each voice, with its third loud piece or its end")
    func oneWordPerVoice() async throws {
        let (quiet, loud) = (Self.quiet, Self.loud)
        #expect(try await words(in: [quiet, loud, loud, loud, loud, quiet]) == [400])
        #expect(try await words(in: [quiet, loud, quiet, quiet, loud, loud, quiet]) == [300, 700])
        #expect(try await words(in: [quiet, quiet]) == [])
    }

    @Test("the tone is a voice to the product's detector from its first frame to its last")
    func toneIsVoice() {
        let silence = [UInt8](repeating: MuLaw.silence, count: 8_000)
        let sound = silence + SpeechTone.make(milliseconds: 1_000) + silence
        var detector = VoiceActivityDetector()
        var changes: [VoiceActivityDetector.Change] = []
        sound.withUnsafeBytes { detector.listen($0, atMs: 0) { changes.append($0) } }
        #expect(changes == [.began(atMs: 1_000), .ceased(atMs: 2_000)])
    }

    @Test("the flow of a measured call ends a turn after 200 ms and never reminds unless asked to")
    func flow() {
        let document = BenchFlow.document(reminderAfterSeconds: nil)
        guard case .conversation(let node) = document.nodes[document.entry] else {
            Issue.record("the call does not begin with the conversation")
            return
        }
        #expect(node.endOfTurn.silenceMs == 200)
        #expect(node.bargeIn.minimumMs == 200)
        #expect(node.bargeIn.listenerWords.isEmpty)
        #expect(node.silence.afterMs >= 86_400_000)
    }
}
