import Testing

@testable import Speech

@Suite("The sound inside a WAV file")
struct WaveSoundTests {
    private let sound = [UInt8](1...200)

    @Test("The header goes, the sound stays")
    func strips() throws {
        #expect(try Array(WaveSound.muLaw8000(WaveFile.bytes(sound: sound))) == sound)
    }

    @Test("Chunks before the sound are skipped, odd ones with their padding", arguments: [1, 2, 7, 26])
    func skipsChunks(length: Int) throws {
        let file = WaveFile.bytes(sound: sound, extra: [UInt8](repeating: 9, count: length))
        #expect(try Array(WaveSound.muLaw8000(file)) == sound)
    }

    @Test("What follows the sound is not sound")
    func trailer() throws {
        let file = WaveFile.bytes(sound: sound) + Array("LIST".utf8) + [2, 0, 0, 0, 1, 1]
        #expect(try Array(WaveSound.muLaw8000(file)) == sound)
    }

    @Test("A writer that did not know the length means: to the end")
    func unknownLength() throws {
        var file = WaveFile.bytes(sound: sound)
        for index in 0..<4 { file[file.count - sound.count - 4 + index] = 0xFF }
        #expect(try Array(WaveSound.muLaw8000(file)) == sound)
    }

    @Test("Bytes without a header are sound")
    func raw() throws {
        #expect(try Array(WaveSound.muLaw8000(sound)) == sound)
        #expect(try Array(WaveSound.muLaw8000([])) == [])
    }

    @Test("Every truncation is refused or gives no more than the sound")
    func truncated() {
        let file = WaveFile.bytes(sound: sound)
        for count in 12..<file.count {
            #expect(throws: WaveSound.Problem.truncated) { try WaveSound.muLaw8000(Array(file[..<count])) }
        }
    }

    @Test("Another encoding or rate is refused")
    func format() {
        #expect(throws: WaveSound.Problem.format) {
            try WaveSound.muLaw8000(WaveFile.bytes(sound: sound, formatTag: 1))
        }
        #expect(throws: WaveSound.Problem.format) {
            try WaveSound.muLaw8000(WaveFile.bytes(sound: sound, rate: 16_000))
        }
    }
}
