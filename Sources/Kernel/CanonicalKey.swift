/// Whose key it is: every key in Redis and every bucket name begins with its owner.
package enum KeyOwner: Hashable, Sendable {
    case tenant(TenantID)
    case platform
}

/// A key built from parts that cannot run into each other: each part is preceded by its length in bytes, so that
/// `("a", "bc")` and `("ab", "c")` differ whatever characters the parts contain (requirement E4).
package struct CanonicalKey: Hashable, Sendable, CustomStringConvertible {
    package let value: String

    package init(_ owner: KeyOwner, _ parts: String...) {
        let head =
            switch owner {
            case .tenant(let id): "t\(id)"
            case .platform: "platform"
            }
        value = parts.reduce(into: head) { key, part in key += "|\(part.utf8.count):\(part)" }
    }

    package var description: String { value }

    // Strings that look the same but differ in bytes are equal to Swift and different to Redis; bytes decide.
    package static func == (left: Self, right: Self) -> Bool { left.value.utf8.elementsEqual(right.value.utf8) }

    package func hash(into hasher: inout Hasher) {
        for byte in value.utf8 { hasher.combine(byte) }
    }
}
