import Foundation

/// The line code that carries text as sound: 300 baud frequency shift keying with the tones of Bell 103 (originating
/// side), start-stop, 8 data bits, no parity, 1 stop bit, least significant bit first, text in UTF-8.
package enum ModemLine {
    package static let sampleRate = 8_000
    package static let baud = 300
    /// A bit takes 80/3 samples.
    static let samplesPerBit = Double(sampleRate) / Double(baud)

    /// Both tones are whole multiples of 10 Hz, so their phase repeats after 800 samples and is counted exactly.
    static let phasePeriod = 800
    /// 1270 Hz, a 1 and the idle line.
    static let markStep = 127
    /// 1070 Hz, a 0.
    static let spaceStep = 107

    /// Mark bits after each blank: they help a receiver that lost its place to find the next start bit. They are fewer
    /// than the six bits of a 20 ms frame, so that no frame can be lost or doubled between two words unnoticed.
    static let idleBitsAfterBlank = 4

    /// The tones as cos/sin pairs by sample: `[mark cos, mark sin, space cos, space sin]` for each of 800 samples.
    static let references: [Double] = (0..<phasePeriod).flatMap { sample in
        [markStep, spaceStep].flatMap { step in
            let angle = 2 * Double.pi * Double(sample * step % phasePeriod) / Double(phasePeriod)
            return [cos(angle), sin(angle)]
        }
    }
}
