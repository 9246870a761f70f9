import Testing

@testable import Calls

@Suite("Voice activity")
struct HearingTests {
    /// A tone of 1 kHz with `amplitude` on the 16-bit scale, in mu-law.
    private func tone(_ amplitude: Int32, milliseconds: Int) -> [UInt8] {
        let side = amplitude * 7 / 10
        let wave = [0, side, amplitude, side, 0, -side, -amplitude, -side].map(encode)
        return (0..<milliseconds).flatMap { _ in wave }
    }

    private func encode(_ value: Int32) -> UInt8 {
        (UInt8.min...UInt8.max).min { abs(MuLaw.linear($0) - value) < abs(MuLaw.linear($1) - value) } ?? MuLaw.silence
    }

    private func changes(_ pieces: [[UInt8]], frameBytes: Int = 160) -> [VoiceActivityDetector.Change] {
        var detector = VoiceActivityDetector()
        var changes: [VoiceActivityDetector.Change] = []
        var atMs = 0
        let audio = pieces.flatMap { $0 }
        for start in stride(from: 0, to: audio.count, by: frameBytes) {
            let frame = Array(audio[start..<min(start + frameBytes, audio.count)])
            frame.withUnsafeBytes { bytes in detector.listen(bytes, atMs: atMs) { changes.append($0) } }
            atMs = (start + frame.count) / 8
        }
        return changes
    }

    @Test func linearValuesAreThoseOfTheStandard() {
        #expect(MuLaw.linear(0xFF) == 0)
        #expect(MuLaw.linear(0x80) == 32_124)
        #expect(MuLaw.linear(0x00) == -32_124)
        #expect(MuLaw.linear(0x7F) == 0)
    }

    @Test func speechIsFoundWithItsBeginningAndEnd() {
        let found = changes([tone(0, milliseconds: 500), tone(6_000, milliseconds: 600), tone(0, milliseconds: 500)])
        #expect(found == [.began(atMs: 500), .ceased(atMs: 1_100)])
    }

    @Test func clickIsNotSpeech() {
        #expect(
            changes([tone(0, milliseconds: 500), tone(9_000, milliseconds: 40), tone(0, milliseconds: 500)]).isEmpty
        )
    }

    @Test func shortGapDoesNotEndSpeech() {
        let speech = tone(6_000, milliseconds: 300)
        let found = changes([speech, tone(0, milliseconds: 100), speech, tone(0, milliseconds: 400)])
        #expect(found == [.began(atMs: 0), .ceased(atMs: 700)])
    }

    @Test func steadyNoiseBecomesBackground() {
        let found = changes([tone(500, milliseconds: 8_000)])
        #expect(found.count <= 2)
        let later = changes([
            tone(500, milliseconds: 8_000), tone(6_000, milliseconds: 500), tone(500, milliseconds: 500),
        ])
        #expect(later.suffix(2) == [.began(atMs: 8_000), .ceased(atMs: 8_500)])
    }

    @Test func longLoudToneStaysSpeech() {
        #expect(changes([tone(8_000, milliseconds: 15_000)]) == [.began(atMs: 0)])
    }

    @Test(arguments: [8, 80, 160, 320, 776])
    func cutOfTheFramesDoesNotMatter(_ bytes: Int) {
        let sound = [tone(0, milliseconds: 500), tone(6_000, milliseconds: 600), tone(0, milliseconds: 500)]
        #expect(changes(sound, frameBytes: bytes) == [.began(atMs: 500), .ceased(atMs: 1_100)])
    }

    @Test func repeatedFramesAreHeardOnce() async {
        let mailbox = CallMailbox()
        let feed = AudioFeed()
        let stream = feed.open()
        let hearing = Hearing(detector: VoiceActivityDetector(), mailbox: mailbox, feed: feed)
        let frame = [UInt8](repeating: MuLaw.silence, count: 160)
        frame.withUnsafeBytes { bytes in
            for atMs in [0, 20, 20, 0, 40, 60, 80] { hearing.heard(bytes, atMs: atMs) }
        }
        hearing.ended(.stopped)
        var bytes = 0
        for await chunk in stream { bytes += chunk.count }
        #expect(bytes == 800)
        #expect(mailbox.audioTime.now == 100)
    }

    @Test("J6: the oldest sound is dropped and counted when nobody listens")
    func stalledRecogniserDropsTheOldest() async {
        let feed = AudioFeed()
        let stream = feed.open()
        for index in 0..<80 { feed.send([UInt8(index)]) }
        feed.close()
        var chunks: [UInt8] = []
        for await chunk in stream { chunks += chunk }
        #expect(chunks == Array(30..<80))
        #expect(feed.dropped == 30)
    }

    @Test("15: the mailbox never drops an event silently")
    func fullMailboxEndsIt() async {
        let mailbox = CallMailbox()
        for _ in 0..<CallMailbox.capacity + 5 { mailbox.post(.pressed("1")) }
        #expect(mailbox.hasOverflowed)
        var letters = 0
        for await _ in mailbox.letters { letters += 1 }
        #expect(letters == CallMailbox.capacity)
    }
}
