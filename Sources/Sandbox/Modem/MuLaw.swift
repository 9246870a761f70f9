/// G.711 µ-law, the coding of telephone audio in North America and in media streams: one byte a sample.
package enum MuLaw {
    /// What a silent line carries.
    package static let silence: UInt8 = 0xFF

    /// The linear value of each code, in the 14-bit range of G.711 scaled to 16 bits (±32,124).
    package static let linear: [Int16] = (0...255).map { code in
        let bits = ~UInt8(code)
        let exponent = Int(bits >> 4 & 0x07)
        let mantissa = Int(bits & 0x0F)
        let magnitude = ((mantissa << 3) + 0x84) << exponent - 0x84
        return Int16(bits & 0x80 == 0 ? magnitude : -magnitude)
    }

    package static func encode(_ sample: Int16) -> UInt8 {
        let magnitude = min(abs(Int(sample)), 32_635) + 0x84
        let exponent = max(0, 8 - (UInt16(magnitude)).leadingZeroBitCount)
        let mantissa = magnitude >> (exponent + 3) & 0x0F
        let bits = UInt8(exponent << 4 | mantissa) | (sample < 0 ? 0x80 : 0)
        return ~bits
    }

    package static func encode(_ samples: [Int16]) -> [UInt8] {
        samples.map(encode)
    }

    package static func decode(_ codes: [UInt8]) -> [Int16] {
        codes.map { linear[Int($0)] }
    }

    /// The root mean square of the samples, in linear units; 0 for none.
    package static func level(_ codes: some Collection<UInt8>) -> Double {
        guard !codes.isEmpty else { return 0 }
        let power = codes.reduce(into: 0) { sum, code in
            let value = Int(linear[Int(code)])
            sum += value * value
        }
        return (Double(power) / Double(codes.count)).squareRoot()
    }
}
