import API
import Audit
import Database
import Kernel
import Logging
import Tenants

extension ServiceTask {
    /// Once an hour lets go the answers that the API keeps for repeated requests and that are older than a day.
    static func oldAnswers(
        of tenants: TenantBook,
        _ database: Database,
        time: TimeSource,
        logger: Logger
    ) -> ServiceTask {
        let idempotency = Idempotency(database, time: time)
        return ServiceTask {
            while true {
                do {
                    let all = try await tenants.all(actor: AuditActor(.system, "job:old-answers"))
                    _ = try await idempotency.purge(all.map(\.id))
                } catch let error as DatabaseError {
                    logger.error("old answers of the API are kept", metadata: ["error": "\(error)"])
                }
                try await time.sleep(.seconds(3_600))
            }
        }
    }
}
