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
