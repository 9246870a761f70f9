package import Database
import Foundation
import Mail
package import Secrets

/// The queue of mails. A mail is put into it in the transaction of its cause, so that both happen or neither, and is
/// sent afterwards by `MailDelivery`.
package struct MailOutbox: Sendable {
    /// How long it is tried to hand a mail over.
    package static let patience = Duration.seconds(3 * 24 * 3_600)

    private let database: Database
    private let envelope: Envelope

    package init(database: Database, envelope: Envelope) {
        self.database = database
        self.envelope = envelope
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
}
