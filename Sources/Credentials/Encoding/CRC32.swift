/// The checksum of ISO 3309, as zlib computes it.
enum CRC32 {
    static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(~0) { register, byte in
            register >> 8 ^ table[Int((register ^ UInt32(byte)) & 0xFF)]
        }
    }

    private static let table: [UInt32] = (0..<256).map { value in
        (0..<8).reduce(UInt32(value)) { register, _ in
            register & 1 == 0 ? register >> 1 : register >> 1 ^ 0xEDB8_8320
        }
    }
}
