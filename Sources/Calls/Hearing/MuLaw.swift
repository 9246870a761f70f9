/// ITU-T G.711 mu-law, the encoding of a media stream: one byte a sample, 8,000 samples a second.
package enum MuLaw {
    package static let bytesPerMillisecond = 8
    /// The byte of digital silence.
    package static let silence: UInt8 = 0xFF

    /// The linear value of a sample on the scale of 16 bits, −32,124 to 32,124 (G.711, table 2).
    package static func linear(_ byte: UInt8) -> Int32 {
        let inverted = ~byte
        let exponent = Int32(inverted >> 4 & 0x07)
        let mantissa = Int32(inverted & 0x0F)
        let magnitude = ((mantissa << 3) + 0x84) << exponent - 0x84
        return inverted & 0x80 == 0 ? magnitude : -magnitude
    }

    /// The square of each byte's linear value, for energies.
    static let squares: [UInt32] = (0...255).map { byte in
        let value = Int64(linear(UInt8(byte)))
        return UInt32(value * value)
    }
}
