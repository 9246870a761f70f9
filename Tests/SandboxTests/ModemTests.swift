import Foundation
import Sandbox
import Testing

/// What a decoder wrote down, as one text.
func heard(_ events: [ModemDecoder.Event]) -> String {
    events.reduce(into: "") { text, event in
        if case .text(let piece, _, _) = event { text += piece }
    }
}

struct ModemTests {
    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz ÄÖÜäöüß€0123456789.,;:!?-–()/\"ABCDEF🙂 ")

    private func sentence(_ length: Int, _ generator: inout some RandomNumberGenerator) -> String {
        String((0..<length).map { _ in Self.alphabet.randomElement(using: &generator) ?? " " })
    }

    @Test func germanTextComesBackExactly() {
        let text = "Grüß Gott, hier ist der KI-Assistent der Firma Müßig & Söhne. Was kostet ein Ölwechsel – 89 €?"
        var decoder = ModemDecoder()
        let events = decoder.decode(ModemEncoder().encode(text) + [UInt8](repeating: MuLaw.silence, count: 800))
        #expect(heard(events) == text)
        #expect(events.first.map { if case .began = $0 { true } else { false } } == true)
        #expect(events.last.map { if case .ended = $0 { true } else { false } } == true)
    }

    @Test func anyTextInAnyChunksAtAnyLevelComesBack() {
        var generator = SystemRandomNumberGenerator()
        for round in 0..<60 {
            let text = sentence(Int.random(in: 1...60, using: &generator), &generator)
            let amplitude = [0.02, 0.05, 0.2, 0.5, 1.0][round % 5]
            let sound =
                [UInt8](repeating: MuLaw.silence, count: Int.random(in: 0...500, using: &generator))
                + ModemEncoder(amplitude: amplitude).encode(text)
                + [UInt8](repeating: MuLaw.silence, count: 400)
            var decoder = ModemDecoder()
            var events = [ModemDecoder.Event]()
            var rest = sound[...]
            while !rest.isEmpty {
                let chunk = rest.prefix(Int.random(in: 1...333, using: &generator))
                events += decoder.decode(Array(chunk))
                rest = rest.dropFirst(chunk.count)
            }
            #expect(heard(events) == text)
            #expect(decoder.position == sound.count)
        }
    }

    @Test func noiseOnTheLineDoesNotDamageTheText() {
        var generator = SystemRandomNumberGenerator()
        let text = "Ich möchte bitte morgen um halb neun einen Termin."
        for _ in 0..<10 {
            let noisy = MuLaw.decode(ModemEncoder(amplitude: 0.35).encode(text)).map { sample in
                MuLaw.encode(Int16(clamping: Int(sample) + Int.random(in: -3_000...3_000, using: &generator)))
            }
            var decoder = ModemDecoder()
            #expect(heard(decoder.decode(noisy)) == text)
        }
    }

    @Test func noiseAloneIsNoText() {
        var generator = SystemRandomNumberGenerator()
        let noise = (0..<80_000).map { _ in MuLaw.encode(Int16.random(in: -8_000...8_000, using: &generator)) }
        var decoder = ModemDecoder()
        #expect(heard(decoder.decode(noise)).count < 3)
    }

    @Test func aReceiverThatStartsInTheMiddleFindsItsPlaceWithinAFewWords() {
        let words = "eins zwei drei vier fünf sechs sieben acht neun zehn"
        let sound = ModemEncoder().encode(words)
        for offset in stride(from: 0, to: sound.count / 2, by: 97) {
            var decoder = ModemDecoder()
            #expect(heard(decoder.decode(Array(sound[offset...]))).hasSuffix("neun zehn"))
        }
    }

    @Test func aLostDoubledOrReorderedFrameShowsAsWrongText() {
        let text = "Der Termin ist am Donnerstag um neun Uhr dreißig."
        let sound = ModemEncoder().encode(text)
        for frame in 7..<sound.count / 160 - 5 {
            let place = frame * 160..<(frame + 1) * 160
            var lost = sound
            lost.removeSubrange(place)
            var doubled = sound
            doubled.insert(contentsOf: sound[place], at: place.upperBound)
            var reordered = sound
            reordered.removeSubrange(place)
            reordered.insert(contentsOf: sound[place], at: place.upperBound)
            for damaged in [lost, doubled, reordered] {
                var decoder = ModemDecoder()
                #expect(heard(decoder.decode(damaged)) != text)
            }
        }
    }

    @Test func soundThatIsCutOffGivesAPrefixOfTheText() {
        let text = "Unsere Öffnungszeiten sind Montag bis Freitag."
        let sound = ModemEncoder().encode(text)
        for length in stride(from: 160, to: sound.count, by: 160) {
            var decoder = ModemDecoder()
            let silence = [UInt8](repeating: MuLaw.silence, count: 800)
            let events = decoder.decode(Array(sound[..<length]) + silence)
            #expect(text.hasPrefix(heard(events)))
        }
    }

    @Test func charactersCarryTheTimeTheyWereHeardAt() throws {
        var decoder = ModemDecoder()
        let lead = [UInt8](repeating: MuLaw.silence, count: 8_000)
        let events = decoder.decode(lead + ModemEncoder(leaderMs: 120).encode("Ja"))
        let first = events.compactMap { if case .text("J", let start, _) = $0 { start } else { nil } }.first
        let start = try #require(first)
        #expect(abs(start - 8_000 - 960) < 30)
    }

    @Test func twoSoundsJoinedAtAnyPhaseLeaveNoTrace() {
        let first = ModemEncoder().encode("Ich verbinde Sie.")
        let second = ModemEncoder().encode("Einen Moment.")
        for cut in 0..<40 {
            var decoder = ModemDecoder()
            let joined = Array(first.dropLast(cut)) + second + [UInt8](repeating: MuLaw.silence, count: 800)
            #expect(heard(decoder.decode(joined)) == "Ich verbinde Sie.Einen Moment.", "cut by \(cut) samples")
        }
    }

    @Test func aMissingStopBitIsMarked() {
        // A long space is a break: every bit 0, no stop bit.
        var sound = ModemEncoder().encode("Ja")
        let breakTone = (0..<2_000).map { index in
            MuLaw.encode(Int16(10_000 * sin(2 * Double.pi * 1_070 * Double(index) / 8_000)))
        }
        sound += breakTone
        var decoder = ModemDecoder()
        #expect(heard(decoder.decode(sound)) == "Ja\u{FFFD}")
    }

    @Test func muLawIsG711() {
        #expect(MuLaw.encode(0) == 0xFF)
        #expect(MuLaw.linear[0xFF] == 0)
        #expect(MuLaw.linear[0x00] == -32_124)
        #expect(MuLaw.linear[0x80] == 32_124)
        for code in UInt8.min...UInt8.max where code != 0x7F {
            #expect(MuLaw.encode(MuLaw.linear[Int(code)]) == code)
        }
    }
}

/// The independent judge of the modem.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/minimodem")))
struct MinimodemTests {
    private static let text = "Grüß Gott! Übermorgen um 9:30 Uhr, Größe 42 – geht das?"

    private func run(_ arguments: [String], input: Data?) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/minimodem")
        process.arguments = arguments
        let stdin = Pipe()
        let stdout = Pipe()
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = FileHandle.nullDevice
        try process.run()
        if let input { stdin.fileHandleForWriting.write(input) }
        try stdin.fileHandleForWriting.close()
        let output = stdout.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return output
    }

    private func withFile<R>(_ body: (URL) throws -> R) throws -> R {
        let file = FileManager.default.temporaryDirectory.appending(path: "modem-\(UUID().uuidString).wav")
        defer { try? FileManager.default.removeItem(at: file) }
        return try body(file)
    }

    @Test func minimodemReadsOurSound() throws {
        let output = try withFile { file in
            let sound = MuLaw.decode(ModemEncoder().encode(Self.text)) + [Int16](repeating: 0, count: 4_000)
            try WaveFile.linear(sound, channels: 1, rate: 8_000).write(to: file)
            return try run(["--rx", "300", "--rx-one", "--file", file.path], input: nil)
        }
        #expect(String(decoding: output, as: UTF8.self).trimmingCharacters(in: .newlines) == Self.text)
    }

    @Test func weReadMinimodemsSound() throws {
        let samples = try withFile { file in
            _ = try run(
                ["--tx", "300", "--samplerate", "8000", "--file", file.path],
                input: Data(Self.text.utf8)
            )
            return try WaveFile.readLinear(Data(contentsOf: file)).samples
        }
        var decoder = ModemDecoder()
        let silence = [UInt8](repeating: MuLaw.silence, count: 800)
        #expect(heard(decoder.decode(silence + MuLaw.encode(samples) + silence)) == Self.text)
    }
}
