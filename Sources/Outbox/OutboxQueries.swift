import Database
import Foundation
import Kernel
import Secrets

/// The statements on `mail_outbox`.
enum OutboxQueries {
    static func insert(_ sealed: SealedMail, of mail: OutgoingMail, in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO mail_outbox (id, kind, on_behalf_of, key_version, nonce, ciphertext)
            VALUES (\(sealed.id), \(mail.kind.rawValue), \(mail.onBehalfOf), \(sealed.sealed.keyVersion),
                \(sealed.sealed.nonce), \(sealed.sealed.ciphertext))
            """
        )
    }

    /// Takes up to `limit` mails that are due, the longest due first, so that no other worker takes them before `lease`
    /// is over.
    static func claim(_ limit: Int, at now: Date, lease: Date, in transaction: Transaction) throws -> [ClaimedMail] {
        try transaction.query(
            """
            UPDATE mail_outbox AS claimed
            SET claimed_until = \(lease), attempts = claimed.attempts + 1
            FROM (
                SELECT id FROM mail_outbox
                WHERE done_at IS NULL AND failed_at IS NULL AND next_attempt_at <= \(now)
                    AND (claimed_until IS NULL OR claimed_until <= \(now))
                ORDER BY next_attempt_at
                LIMIT \(limit)
                FOR UPDATE SKIP LOCKED
            ) AS chosen
            WHERE claimed.id = chosen.id
            RETURNING claimed.id, claimed.kind, claimed.created_at, claimed.attempts, claimed.key_version,
                claimed.nonce, claimed.ciphertext
            """
        ).map(ClaimedMail.init(row:))
    }

    /// Writes down what became of an attempt, unless another worker has taken the mail since.
    static func record(
        _ outcome: MailOutcome,
        of mail: ClaimedMail,
        at now: Date,
        in transaction: Transaction
    ) throws {
        let change: SQL =
            switch outcome {
            case .sent: "done_at = \(now), key_version = NULL, nonce = NULL, ciphertext = NULL, last_error = NULL"
            case .delayed(let code, let until): "next_attempt_at = \(until), last_error = \(code)"
            case .failed(let code):
                "failed_at = \(now), key_version = NULL, nonce = NULL, ciphertext = NULL, last_error = \(code)"
            }
        try transaction.execute(
            """
            UPDATE mail_outbox SET claimed_until = NULL, \(change)
            WHERE id = \(mail.id) AND attempts = \(mail.attempt) AND done_at IS NULL AND failed_at IS NULL
            """
        )
    }

    /// Forgets mails that were done before `date`, a bounded number at a time.
    static func forget(doneBefore date: Date, in transaction: Transaction) throws {
        try transaction.execute(
            """
            DELETE FROM mail_outbox WHERE id IN (
                SELECT id FROM mail_outbox WHERE done_at < \(date) OR failed_at < \(date) LIMIT 1000
            )
            """
        )
    }

    static func figures(_ transaction: Transaction) throws -> OutboxFigures {
        let row = try transaction.queryOne(
            """
            SELECT count(*) FILTER (WHERE done_at IS NULL AND failed_at IS NULL) AS waiting,
                count(*) FILTER (WHERE done_at IS NULL AND failed_at IS NULL AND last_error IS NOT NULL) AS delayed,
                min(created_at) FILTER (WHERE done_at IS NULL AND failed_at IS NULL) AS oldest,
                count(*) FILTER (WHERE done_at > clock_timestamp() - interval '1 day') AS sent,
                count(*) FILTER (WHERE failed_at > clock_timestamp() - interval '1 day') AS failed
            FROM mail_outbox
            WHERE (done_at IS NULL AND failed_at IS NULL) OR done_at > clock_timestamp() - interval '1 day'
                OR failed_at > clock_timestamp() - interval '1 day'
            """
        )
        return OutboxFigures(
            waiting: try row?.get("waiting") ?? 0,
            delayed: try row?.get("delayed") ?? 0,
            oldestWaiting: try row?.getOptional("oldest"),
            sentLastDay: try row?.get("sent") ?? 0,
            failedLastDay: try row?.get("failed") ?? 0
        )
    }
}
