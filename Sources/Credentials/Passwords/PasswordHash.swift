import Foundation

/// An Argon2id hash with its parameters, in the PHC string format: `$argon2id$v=19$m=47104,t=1,p=1$salt$hash`.
package struct PasswordHash: Sendable, Equatable {
    /// What the computation costs.
    struct Cost: Sendable, Equatable {
        let memoryKiB: UInt32
        let iterations: UInt32
        let parallelism: UInt32
    }

    let cost: Cost
    let salt: Data
    let hash: Data

    init(cost: Cost, salt: Data, hash: Data) {
        self.cost = cost
        self.salt = salt
        self.hash = hash
    }

    /// Nil unless `text` is spelled as `text` spells it, with parameters that this process can bear: at most 256 MiB,
    /// 16 iterations and 8 lanes, 16 to 64 bytes of salt, 32 to 64 of hash.
    package init?(_ text: String) {
        guard text.utf8.count <= 300 else { return nil }
        let fields = text.split(separator: "$", omittingEmptySubsequences: false)
        guard fields.count == 6, fields[0].isEmpty, fields[1] == "argon2id", fields[2] == "v=19" else { return nil }
        let parameters = fields[3].split(separator: ",", omittingEmptySubsequences: false)
        guard parameters.count == 3,
            let memory = Self.number(parameters[0], "m="), 8...262_144 ~= memory,
            let iterations = Self.number(parameters[1], "t="), 1...16 ~= iterations,
            let lanes = Self.number(parameters[2], "p="), 1...8 ~= lanes, memory >= 8 * lanes,
            let salt = Self.bytes(fields[4]), 16...64 ~= salt.count,
            let hash = Self.bytes(fields[5]), 32...64 ~= hash.count
        else { return nil }
        let cost = Cost(memoryKiB: memory, iterations: iterations, parallelism: lanes)
        self.init(cost: cost, salt: salt, hash: hash)
        guard self.text == text else { return nil }
    }

    /// What is stored.
    package var text: String {
        "$argon2id$v=19$m=\(cost.memoryKiB),t=\(cost.iterations),p=\(cost.parallelism)"
            + "$\(Self.text(salt))$\(Self.text(hash))"
    }

    private static func number(_ field: Substring, _ name: String) -> UInt32? {
        field.hasPrefix(name) ? UInt32(field.dropFirst(name.count)) : nil
    }

    private static func bytes(_ field: Substring) -> Data? {
        Data(base64Encoded: field + String(repeating: "=", count: (4 - field.utf8.count % 4) % 4))
    }

    private static func text(_ bytes: Data) -> String { bytes.base64EncodedString().replacing("=", with: "") }
}

extension PasswordHash: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String {
        "argon2id m=\(cost.memoryKiB) t=\(cost.iterations) p=\(cost.parallelism)"
    }

    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["cost": cost]) }
}
