import Calls
import Foundation

/// Sound that an energy detector takes for a voice: a buzz of 200 Hz with overtones whose level moves as in syllables
/// and never falls below half.
enum SpeechTone {
    private static let rate = 8_000

    /// Mu-law of this length, the same every time.
    static func make(milliseconds: Int) -> [UInt8] {
        (0..<milliseconds * MuLaw.bytesPerMillisecond).map { index in
            let time = Double(index) / Double(rate)
            let level = 0.75 + 0.25 * sin(2 * .pi * 4 * time)
            let buzz = (1...6).reduce(0.0) { sum, overtone in
                sum + sin(2 * .pi * 200 * Double(overtone) * time) / Double(overtone)
            }
            return encode(Int(level * buzz * 5_000))
        }
    }

    /// G.711: the byte of a linear sample on the scale of 16 bits.
    private static func encode(_ sample: Int) -> UInt8 {
        let magnitude = min(abs(sample), 32_635) + 132
        let exponent = max(0, Int.bitWidth - 1 - magnitude.leadingZeroBitCount - 7)
        let mantissa = magnitude >> (exponent + 3) & 0x0F
        return ~UInt8((sample < 0 ? 0x80 : 0) | exponent << 4 | mantissa)
    }
}
