import Crypto
package import Foundation
package import Kernel

/// Which chain an entry belongs to.
package enum AuditChain: Hashable, Sendable {
    case tenant(TenantID)
    case platform

    /// Part of every hashed entry, so that no entry can be moved to another chain.
    var name: String {
        switch self {
        case .tenant(let id): id.description
        case .platform: "platform"
        }
    }
}

/// The end of a chain: how many entries it has and the hash of the last. Kept outside the database, it shows what a
/// chain alone cannot: that its tail was cut off, or that all of it was written anew.
package struct AuditHead: Hashable, Sendable, Codable {
    package let seq: Int64
    package let hash: Data

    package init(seq: Int64, hash: Data) {
        self.seq = seq
        self.hash = hash
    }

    /// The hash in hexadecimal digits.
    package var hashText: String { hash.hexadecimal }

    /// Before the first entry.
    package static let empty = AuditHead(seq: 0, hash: Data(repeating: 0, count: 32))
}

/// An entry in its place in the chain: exactly what is hashed.
struct AuditLink {
    let chain: AuditChain
    let seq: Int64
    /// UTC, to the microsecond: `2026-08-02T10:00:00.123456Z`.
    let at: String
    let actor: AuditValue
    let action: String
    let object: AuditObject
    let before: AuditValue?
    let after: AuditValue?
    let reason: String?
    let requestID: String?
    /// The salted hash of the personal detail; nil if there is none.
    let personalHash: Data?

    /// SHA-256 over the previous hash and the canonical JSON of the entry.
    func hash(after previous: Data) -> Data {
        Self.hash(of: canonical, after: previous)
    }

    /// The same of an entry that is there as text.
    static func hash(of canonical: String, after previous: Data) -> Data {
        var hasher = SHA256()
        hasher.update(data: previous)
        hasher.update(data: Data(canonical.utf8))
        return Data(hasher.finalize())
    }

    /// Exactly what is hashed. Members that are absent are null here, so that absence cannot be confused with another
    /// member; only `personal_hash` is left out where there is none, as in the entries from before it existed.
    var canonical: String {
        var members: [String: AuditValue] = [
            "chain": .text(chain.name),
            "seq": .integer(seq),
            "at": .text(at),
            "actor": actor,
            "action": .text(action),
            "object_kind": .text(object.kind),
            "object_id": .text(object.id),
            "before": before ?? .null,
            "after": after ?? .null,
            "reason": reason.map(AuditValue.text) ?? .null,
            "request_id": requestID.map(AuditValue.text) ?? .null,
        ]
        if let personalHash { members["personal_hash"] = .text(personalHash.hexadecimal) }
        return AuditValue.object(members).canonical
    }
}
