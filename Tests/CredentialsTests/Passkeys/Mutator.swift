import Foundation

/// Alters bytes as a hostile sender would, the same way in every run.
struct Mutator {
    private var generator: SplitMix64

    init(seed: UInt64) {
        generator = SplitMix64(state: seed)
    }

    /// The parts with one to three alterations in one of them; never as they were.
    mutating func mutate(oneOf parts: [Data]) -> [Data] {
        var altered = parts
        repeat {
            let place = Int.random(in: parts.indices, using: &generator)
            altered = parts
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                altered[place] = alter(altered[place])
            }
        } while altered == parts
        return altered
    }

    private mutating func alter(_ data: Data) -> Data {
        var bytes = [UInt8](data)
        guard !bytes.isEmpty else { return Data([UInt8.random(in: 0...255, using: &generator)]) }
        let place = Int.random(in: bytes.indices, using: &generator)
        let end = Int.random(in: place...min(place + 40, bytes.count), using: &generator)
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 2: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
        case 3: bytes.remove(at: place)
        case 4: bytes.removeSubrange(place..<end)
        case 5: bytes.insert(contentsOf: bytes[place..<end], at: place)
        case 6: bytes.removeLast(bytes.count - place)
        default: bytes[place] = [0x00, 0x18, 0x1B, 0x40, 0x5B, 0x5F, 0x7F, 0x80, 0x9B, 0xBF, 0xC0, 0xFF][place % 12]
        }
        return Data(bytes)
    }
}

/// Sebastiano Vigna's generator: small, and the same on every machine.
private struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
