package import Foundation
package import Kernel
package import Localization
package import Logging
package import Mail
import Secrets
package import Telemetry

/// Sends the mails of the queue. Any number of workers may do so at once: each mail is with one of them at a time.
///
/// A mail is sent at least once: a worker that dies between the server's acceptance and writing it down leaves the mail
/// to another, which sends it again under the same Message-ID.
package struct MailDelivery: Sendable {
    /// Hands a mail over, as `MailSender.send` does.
    package typealias Send = @Sendable (MailMessage) async throws(MailError) -> Void

    /// Mails taken at a time.
    private static let batch = 20
    /// Mails on their way at once.
    private static let width = 4
    /// In seconds, between two looks and at most after failures of the database.
    private static let pause = 2
    private static let longestPause = 60

    private let outbox: MailOutbox
    private let texts: MailTexts
    private let sender: MailAddress
    private let send: Send
    private let time: TimeSource
    private let logger: Logger
    private let metrics: MailMetrics

    /// - Throws: `CatalogError` if a mail has no text.
    package init(
        _ outbox: MailOutbox,
        catalog: Catalog,
        from sender: MailAddress,
        time: TimeSource,
        logger: Logger,
        metrics: Metrics,
        send: @escaping Send
    ) throws {
        self.outbox = outbox
        texts = try MailTexts(catalog)
        self.sender = sender
        self.send = send
        self.time = time
        self.logger = logger
        self.metrics = MailMetrics(metrics)
    }

    /// Looks for mails every two seconds, less often while the database fails, until the task is cancelled; what is on
    /// its way then is finished.
    package func run() async {
        var pause = Self.pause
        while !Task.isCancelled {
            do {
                if try await deliverOnce(at: time.now()) == Self.batch { continue }
                pause = Self.pause
            } catch is CancellationError {
                return
            } catch {
                logger.error("mails cannot be delivered", metadata: ["error.type": "\(type(of: error))"])
                pause = min(pause * 2, Self.longestPause)
            }
            do {
                try await time.sleep(.seconds(pause))
            } catch {
                return
            }
        }
    }

    /// Tries to send the mails that are due, at most a batch of them.
    ///
    /// - Returns: how many were taken from the queue.
    /// - Throws: what the database throws.
    @discardableResult
    package func deliverOnce(at now: Date) async throws -> Int {
        let mails = try await outbox.claim(Self.batch, at: now)
        let began = time.now()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, mail) in mails.enumerated() {
                if index >= Self.width { try await group.next() }
                let isLate = time.now().timeIntervalSince(began) > MailSchedule.sendingWithinLease
                // What is not begun is free again when the lease is over.
                if isLate || Task.isCancelled { break }
                // A task of its own, so that cancelling does not part the sending from writing it down.
                group.addTask { try await Task { try await deliver(mail, at: now) }.value }
            }
            try await group.waitForAll()
        }
        metrics.show(try await outbox.tidied(at: now), at: now)
        return mails.count
    }

    private func deliver(_ mail: ClaimedMail, at now: Date) async throws {
        let kind = MailKind(rawValue: mail.kind)
        let outcome = await outcome(of: mail, kind, at: now)
        metrics.count(outcome, kind)
        try await outbox.record(outcome, of: mail, at: now)
        log(outcome, mail)
    }

    private func outcome(of mail: ClaimedMail, _ kind: MailKind?, at now: Date) async -> MailOutcome {
        guard let kind, let id = MessageID("\(mail.id)", from: sender) else {
            return later(mail, "outbox_unknown_kind", at: now)
        }
        let message: MailMessage
        do {
            message = try texts.message(
                try outbox.opened(mail, as: kind),
                from: sender,
                messageID: id,
                date: mail.createdAt
            )
        } catch Envelope.Failure.unknownVersion {
            // A key that is missing here may be put back.
            return later(mail, Envelope.Failure.unknownVersion.rawValue, at: now)
        } catch {
            return .failed(code: (error as? Envelope.Failure)?.rawValue ?? "outbox_unreadable")
        }
        do throws(MailError) {
            try await send(message)
            return .sent
        } catch {
            return error.isRetryable ? later(mail, error.code, at: now) : .failed(code: error.code)
        }
    }

    private func later(_ mail: ClaimedMail, _ code: String, at now: Date) -> MailOutcome {
        guard now < mail.createdAt.addingTimeInterval(MailSchedule.patience) else { return .failed(code: code) }
        return .delayed(code: code, until: now.addingTimeInterval(MailSchedule.pause(after: mail.attempt)))
    }

    private func log(_ outcome: MailOutcome, _ mail: ClaimedMail) {
        var metadata: Logger.Metadata = [
            "mail.id": "\(mail.id)", "mail.kind": "\(mail.kind)", "mail.attempt": "\(mail.attempt)",
        ]
        switch outcome {
        case .sent:
            logger.info("mail sent", metadata: metadata)
        case .delayed(let code, _):
            metadata["error.code"] = "\(code)"
            logger.warning("mail not taken, to be tried again", metadata: metadata)
        case .failed(let code):
            metadata["error.code"] = "\(code)"
            logger.error("mail given up", metadata: metadata)
        }
    }
}
