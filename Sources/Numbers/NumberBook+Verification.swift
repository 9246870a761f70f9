package import Audit
import Database
package import Foundation
package import Kernel
import Twilio

extension NumberBook {
    package enum Verification: Sendable, Equatable {
        case verified(at: Date)
        case refused(NumberRefusal)
    }

    /// Asks the carrier once more about a number that the tenant has. A refusal changes nothing.
    package func verifyAgain(_ tenant: TenantID, _ number: E164, actor: AuditActor) async throws -> Verification {
        let owned = try await database.withTenant(tenant) { transaction in
            try NumberQueries(transaction: transaction).owned(number, by: tenant)
        }
        guard owned != nil else { return .refused(.notOwned) }
        let verifiedAt = time.now()
        switch try await verify(number) {
        case .failure(let refusal): return .refused(refusal)
        case .success(let found):
            return try await database.withTenant(tenant) { transaction in
                let queries = NumberQueries(transaction: transaction)
                try queries.lock(number)
                guard let owned = try queries.owned(number, by: tenant) else { return .refused(.notOwned) }
                try queries.noteVerified(owned.id, of: tenant, found, at: verifiedAt)
                try AuditTrail.record(owned.entry("number.verified", actor), in: transaction)
                return .verified(at: verifiedAt)
            }
        }
    }

    /// Whether an act failed because the carrier could not be asked: nothing was changed, and it may work later.
    package static func isCarriersFault(_ error: any Error) -> Bool {
        error is TwilioError || error is TimeLimitExceeded
    }
}
