import Database
import Foundation
import Kernel
import Secrets

/// A mail that one worker has for a while.
struct ClaimedMail: Sendable {
    let id: OutboxID
    /// As text: a newer program may have posted kinds that this one does not know.
    let kind: String
    let createdAt: Date
    /// Which attempt this is, the first being 1. It also tells this claim from a later one.
    let attempt: Int
    let sealed: SealedMail

    init(row: Row) throws {
        id = try row.get("id")
        kind = try row.get("kind")
        createdAt = try row.get("created_at")
        attempt = try row.get("attempts")
        sealed = SealedMail(
            id: id,
            sealed: SealedValue(
                keyVersion: try row.get("key_version"),
                nonce: try row.get("nonce"),
                ciphertext: try row.get("ciphertext")
            )
        )
    }
}

/// What became of one attempt.
enum MailOutcome: Sendable, Equatable {
    case sent
    /// To be tried again.
    case delayed(code: String, until: Date)
    case failed(code: String)
}
