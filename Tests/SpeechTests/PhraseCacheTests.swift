import Speech
import Synchronization
import Testing

@Suite("Sentences that recur")
struct PhraseCacheTests {
    private static let voice = Voice(name: "v", language: "de-DE")

    /// Speaks when it is told to, in portions of one byte of text each.
    private final class Speaker: Synthesizer {
        private let asked = Mutex<[String]>([])
        private let pending = Mutex<[AsyncThrowingStream<[UInt8], any Error>.Continuation]>([])
        private let isImmediate: Bool

        init(isImmediate: Bool = true) {
            self.isImmediate = isImmediate
        }

        var texts: [String] { asked.withLock { $0 } }
        var waiting: [AsyncThrowingStream<[UInt8], any Error>.Continuation] { pending.withLock { $0 } }

        func synthesize(_ text: String, voice: Voice) -> AsyncThrowingStream<[UInt8], any Error> {
            asked.withLock { $0.append(text) }
            return AsyncThrowingStream { sound in
                if isImmediate {
                    for byte in text.utf8 { sound.yield([UInt8](repeating: byte, count: 100)) }
                    sound.finish()
                } else {
                    pending.withLock { $0.append(sound) }
                }
            }
        }
    }

    private static func collect(_ sound: AsyncThrowingStream<[UInt8], any Error>) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await portion in sound { bytes += portion }
        return bytes
    }

    @Test("A sentence is synthesised once and sounds the same again")
    func keeps() async throws {
        let speaker = Speaker()
        let cache = PhraseCache(speaker)
        let first = try await Self.collect(cache.synthesize("Grüß Gott", voice: Self.voice))
        let second = try await Self.collect(cache.synthesize("Grüß Gott", voice: Self.voice))
        #expect(first == second)
        #expect(first.count == 1_100)
        #expect(speaker.texts == ["Grüß Gott"])
    }

    @Test("Another voice, pace or language is another sentence")
    func tellsApart() async throws {
        let speaker = Speaker()
        let cache = PhraseCache(speaker)
        let voices = [
            Self.voice, Voice(name: "w", language: "de-DE"), Voice(name: "v", language: "de-AT"),
            Voice(name: "v", language: "de-DE", speakingRate: 1.1),
        ]
        for voice in voices { try await cache.prepare("Ja", voice: voice) }
        #expect(speaker.texts.count == 4)
    }

    @Test("Those who ask at the same time share one synthesis, also who comes in the middle")
    func shares() async throws {
        let speaker = Speaker(isImmediate: false)
        let cache = PhraseCache(speaker)
        let early = cache.synthesize("Ja", voice: Self.voice)
        while speaker.waiting.isEmpty { await Task.yield() }
        var listening = early.makeAsyncIterator()
        speaker.waiting[0].yield([1, 2])
        #expect(try await listening.next() == [1, 2])
        let late = cache.synthesize("Ja", voice: Self.voice)
        speaker.waiting[0].yield([3])
        speaker.waiting[0].finish()
        #expect(try await listening.next() == [3])
        #expect(try await listening.next() == nil)
        #expect(try await Self.collect(late) == [1, 2, 3])
        #expect(speaker.texts.count == 1)
    }

    @Test("A failure reaches all who wait and is not kept")
    func failsForAll() async throws {
        let speaker = Speaker(isImmediate: false)
        let cache = PhraseCache(speaker)
        let error = SpeechError(.unavailable, provider: "p", code: "c")
        let streams = (0..<3).map { _ in cache.synthesize("Ja", voice: Self.voice) }
        while speaker.waiting.isEmpty { await Task.yield() }
        speaker.waiting[0].yield([1])
        speaker.waiting[0].finish(throwing: error)
        for stream in streams {
            await #expect(throws: error) { _ = try await Self.collect(stream) }
        }
        #expect(cache.keptBytes == 0)
        let again = cache.synthesize("Ja", voice: Self.voice)
        while speaker.waiting.count < 2 { await Task.yield() }
        speaker.waiting[1].yield([7])
        speaker.waiting[1].finish()
        #expect(try await Self.collect(again) == [7])
    }

    @Test("One who stops listening does not stop it for the others, nor for the next call")
    func survivesTheFirst() async throws {
        let speaker = Speaker(isImmediate: false)
        let cache = PhraseCache(speaker)
        do {
            var dropped: AsyncThrowingStream<[UInt8], any Error>? = cache.synthesize("Ja", voice: Self.voice)
            while speaker.waiting.isEmpty { await Task.yield() }
            #expect(dropped != nil)
            dropped = nil
        }
        speaker.waiting[0].yield([1])
        speaker.waiting[0].finish()
        while cache.keptBytes == 0 { await Task.yield() }
        #expect(try await Self.collect(cache.synthesize("Ja", voice: Self.voice)) == [1])
        #expect(speaker.texts.count == 1)
    }

    @Test("Above its bound the one used longest ago goes")
    func evicts() async throws {
        let speaker = Speaker()
        let cache = PhraseCache(speaker, maximumBytes: 1_000)
        for text in ["ab", "cd", "ef", "gh", "ij"] { try await cache.prepare(text, voice: Self.voice) }
        #expect(cache.keptBytes == 1_000)
        try await cache.prepare("ab", voice: Self.voice)
        try await cache.prepare("kl", voice: Self.voice)
        #expect(cache.keptBytes == 1_000)
        try await cache.prepare("ab", voice: Self.voice)
        #expect(speaker.texts == ["ab", "cd", "ef", "gh", "ij", "kl"], "ab was used again and has stayed")
        try await cache.prepare("cd", voice: Self.voice)
        #expect(speaker.texts.last == "cd", "cd had gone")
    }

    @Test("A sentence too large for the cache is spoken and not kept")
    func tooLarge() async throws {
        let cache = PhraseCache(Speaker(), maximumBytes: 1_000)
        #expect(try await Self.collect(cache.synthesize("Hallo", voice: Self.voice)).count == 500)
        #expect(cache.keptBytes == 0)
    }
}
