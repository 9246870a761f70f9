extension AuditValue {
    /// Parts of member names whose values never enter the trail.
    private static let secretWords = ["secret", "password", "token", "api_key", "apikey", "private_key", "ciphertext"]

    /// The same value with everything that is named like a secret replaced by `…` (requirement G2). Absence stays
    /// visible: null is not masked, so that a diff shows that a secret was set or removed.
    var masked: AuditValue {
        switch self {
        case .null, .bool, .integer, .text: self
        case .array(let values): .array(values.map(\.masked))
        case .object(let members):
            .object(
                members.reduce(into: [:]) { masked, member in
                    let hides = Self.isSecret(member.key) && member.value != .null
                    masked[member.key] = hides ? .text("…") : member.value.masked
                }
            )
        }
    }

    private static func isSecret(_ name: String) -> Bool {
        let words = name.reduce(into: "") { words, character in
            if character.isUppercase { words += "_" }
            words += character.lowercased()
        }
        return secretWords.contains { words.contains($0) }
    }
}
