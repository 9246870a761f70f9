import Kernel
import Testing

@Suite struct CanonicalKeyTests {
    @Test("E4: a key begins with its owner and counts the bytes of every part")
    func spelling() throws {
        let tenant = try #require(TenantID("0b1e5a6c-3e1f-4c55-9a0f-3d2f7c1b9a77"))
        #expect(CanonicalKey(.platform).value == "platform")
        #expect(CanonicalKey(.platform, "rate", "::1").value == "platform|4:rate|3:::1")
        #expect(CanonicalKey(.tenant(tenant), "ü").value == "t\(tenant)|2:ü")
        #expect("\(CanonicalKey(.platform, ""))" == "platform|0:")
    }

    @Test("E4: parts do not run into each other")
    func neighbours() {
        let keys = [
            CanonicalKey(.platform, "a", "bc"), CanonicalKey(.platform, "ab", "c"), CanonicalKey(.platform, "abc"),
            CanonicalKey(.platform, "a", "bc", ""), CanonicalKey(.platform, "", "a", "bc"),
            CanonicalKey(.platform, "a|2:bc"), CanonicalKey(.platform, "1:a|2:bc"),
        ]
        #expect(Set(keys.map(\.value)).count == keys.count)
    }

    @Test("E4, E2: an IPv6 address and its port are not another address")
    func addresses() {
        let address = CanonicalKey(.platform, "ip", "2001:db8::1")
        #expect(address != CanonicalKey(.platform, "ip", "2001:db8:", "1"))
        #expect(address != CanonicalKey(.platform, "ip", "2001:db8::1:443"))
    }

    @Test("E4: no two of 40,000 hostile lists of parts have one key, whoever owns them")
    func collisions() {
        var random = Lottery(state: 4)
        let owners: [KeyOwner] = [.platform, .tenant(TenantID()), .tenant(TenantID())]
        // The characters of the key's own grammar, and few of them, so that lists resemble each other.
        let alphabet: [Character] = ["|", ":", "0", "1", "2", "t", "é", "e\u{301}"]
        // By bytes, as Redis compares: Swift's strings are equal when they only look the same.
        var known: [[UInt8]: [String]] = [:]
        for _ in 0..<40_000 {
            let owner = owners[Int.random(in: 0..<owners.count, using: &random)]
            let count = Int.random(in: 0...3, using: &random)
            let parts = (0..<count).map { _ in Self.part(of: alphabet, &random) }
            let key = Array(Self.key(owner, parts).value.utf8)
            let identity = ["\(owner)"] + parts.map { "\(Array($0.utf8))" }
            #expect(known[key] == nil || known[key] == identity, "\(parts)")
            known[key] = identity
            for other in owners where other != owner {
                #expect(!Self.key(other, parts).value.utf8.elementsEqual(key))
            }
        }
    }

    private static func part(of alphabet: [Character], _ random: inout Lottery) -> String {
        let length = Int.random(in: 0...4, using: &random)
        return String((0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] })
    }

    private static func key(_ owner: KeyOwner, _ parts: [String]) -> CanonicalKey {
        switch parts.count {
        case 0: CanonicalKey(owner)
        case 1: CanonicalKey(owner, parts[0])
        case 2: CanonicalKey(owner, parts[0], parts[1])
        default: CanonicalKey(owner, parts[0], parts[1], parts[2])
        }
    }
}

/// A repeatable generator (SplitMix64).
private struct Lottery: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
