import Foundation

/// Speaks text as modem sound in raw µ-law, 8 kHz mono, at about 28 characters a second.
package struct ModemEncoder: Sendable {
    /// Idle tone before the first character, so that detectors of speech have woken up by then.
    package let leaderMs: Int
    /// Idle tone after the last character, so that its stop bit is not the end of the sound.
    package let trailerMs: Int

    private let wave: [UInt8]

    /// `amplitude` is the peak as a share of full scale, above 0 and at most 1.
    package init(amplitude: Double = 0.35, leaderMs: Int = 120, trailerMs: Int = 80) {
        self.leaderMs = leaderMs
        self.trailerMs = trailerMs
        wave = (0..<ModemLine.phasePeriod).map { phase in
            let angle = 2 * Double.pi * Double(phase) / Double(ModemLine.phasePeriod)
            return MuLaw.encode(Int16((sin(angle) * amplitude * 32_124).rounded()))
        }
    }

    /// The sound of `text`; empty for empty text.
    package func encode(_ text: String) -> [UInt8] {
        guard !text.isEmpty else { return [] }
        return sound(of: bits(of: text))
    }

    /// How long `text` takes, in milliseconds.
    package func durationMs(of text: String) -> Int {
        guard !text.isEmpty else { return 0 }
        return bits(of: text).count * 1_000 / ModemLine.baud
    }

    private func bits(of text: String) -> [Bool] {
        var bits = [Bool](repeating: true, count: leaderMs * ModemLine.baud / 1_000)
        for byte in text.utf8 {
            bits.append(false)
            for position in 0..<8 { bits.append(byte >> position & 1 == 1) }
            bits.append(true)
            if byte == UInt8(ascii: " ") {
                bits.append(contentsOf: repeatElement(true, count: ModemLine.idleBitsAfterBlank))
            }
        }
        bits.append(contentsOf: repeatElement(true, count: trailerMs * ModemLine.baud / 1_000))
        return bits
    }

    private func sound(of bits: [Bool]) -> [UInt8] {
        let count = bits.count * ModemLine.sampleRate / ModemLine.baud
        var phase = 0
        var codes = [UInt8]()
        codes.reserveCapacity(count)
        for sample in 0..<count {
            codes.append(wave[phase])
            let isMark = bits[sample * ModemLine.baud / ModemLine.sampleRate]
            phase = (phase + (isMark ? ModemLine.markStep : ModemLine.spaceStep)) % ModemLine.phasePeriod
        }
        return codes
    }
}
