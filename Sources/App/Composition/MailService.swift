import Database
import Kernel
import Localization
import Logging
import Mail
import Outbox
import Secrets
import ServiceLifecycle
import Telemetry

/// Sends the mails of the queue until a graceful shutdown; what is on its way then is finished.
struct MailService: Service {
    let database: Database
    let config: AppConfig
    let catalog: Catalog
    let time: TimeSource
    let logger: Logger
    let metrics: Metrics

    func run() async throws {
        let sender = MailSender(server: config.mail.server)
        let outcome: Result<Void, any Error>
        do {
            let delivery = try MailDelivery(
                MailOutbox(database: database, envelope: Envelope(ring: config.keyRing)),
                catalog: catalog,
                from: config.mail.sender,
                time: time,
                logger: logger,
                metrics: metrics,
                send: { message throws(MailError) in try await sender.send(message) }
            )
            outcome = .success(await cancelWhenGracefulShutdown { await delivery.run() })
        } catch {
            outcome = .failure(error)
        }
        try await sender.shutdown()
        try outcome.get()
    }
}
