package import Database
import Foundation
import Kernel
import Mail
package import Secrets

/// The queue of mails. A mail is put into it in the transaction of its cause, so that both happen or neither, and is
/// sent afterwards by `MailDelivery`.
package struct MailOutbox: Sendable {
    private let database: Database
    private let envelope: Envelope

    package init(database: Database, envelope: Envelope) {
        self.database = database
        self.envelope = envelope
    }

    /// Whether a mail can be sent to `address` as far as its form shows: `local@domain` in ASCII, the domain with a dot.
    /// Posting to any other throws.
    package static func canReach(_ address: String) -> Bool {
        do {
            _ = try MailAddress(address)
            return true
        } catch {
            return false
        }
    }

    /// Puts `mail` into the queue; behind any of the three doors.
    ///
    /// - Throws: `OutboxError` if the mail cannot be written, `Envelope.Failure`, or `DatabaseError`.
    package func post(_ mail: OutgoingMail, in transaction: Transaction) throws {
        try OutboxQueries.insert(try SealedMail(mail, envelope: envelope), of: mail, in: transaction)
    }

    /// What waits and what became of the rest, for the system's status page.
    ///
    /// - Parameter transaction: behind the platform's door or without a tenant.
    package func figures(in transaction: Transaction) throws -> OutboxFigures {
        try OutboxQueries.figures(transaction)
    }

    // MARK: For the delivery

    /// Takes up to `limit` mails that are due for one worker.
    func claim(_ limit: Int, at now: Date) async throws -> [ClaimedMail] {
        let lease = now.addingTimeInterval(MailSchedule.lease)
        return try await database.withoutTenant { transaction in
            try OutboxQueries.claim(limit, at: now, lease: lease, in: transaction)
        }
    }

    func record(_ outcome: MailOutcome, of mail: ClaimedMail, at now: Date) async throws {
        try await database.withoutTenant { transaction in
            try OutboxQueries.record(outcome, of: mail, at: now, in: transaction)
        }
    }

    /// Forgets what was done long ago and says how the queue stands.
    func tidied(at now: Date) async throws -> OutboxFigures {
        try await database.withoutTenant { transaction in
            try OutboxQueries.forget(doneBefore: now.addingTimeInterval(-MailSchedule.memory), in: transaction)
            return try OutboxQueries.figures(transaction)
        }
    }

    func opened(_ mail: ClaimedMail, as kind: MailKind) throws -> OutgoingMail {
        try mail.sealed.opened(as: kind, envelope: envelope)
    }
}
