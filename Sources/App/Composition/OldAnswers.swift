import API
import Audit
import Database
import Kernel
import Tenants

extension Job {
    /// Once an hour lets go the answers that the API keeps for repeated requests and that are older than a day.
    func oldAnswers(of tenants: TenantBook, _ database: Database, time: TimeSource) -> ServiceTask {
        let idempotency = Idempotency(database, time: time)
        return every(.seconds(3_600)) {
            let all = try await tenants.all(actor: AuditActor(.system, "job:old-answers"))
            return try await idempotency.purge(all.map(\.id))
        }
    }
}
