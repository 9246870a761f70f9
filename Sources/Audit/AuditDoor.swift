import Database
import Kernel

/// The way to one chain: the tenant's own scope, or the platform's door, which leaves its trace.
struct AuditDoor: Sendable {
    let database: Database
    let chain: AuditChain
    /// Who opens the platform's door, and what for; a tenant's chain needs neither.
    var actor = ""
    var reason = ""

    func open<Result: Sendable>(
        _ body: @escaping @Sendable (AuditQueries) throws -> Result
    ) async throws -> Result {
        let chain = chain
        switch chain {
        case .tenant(let tenant):
            return try await database.withTenant(tenant) { try body(AuditQueries(chain: chain, transaction: $0)) }
        case .platform:
            return try await database.withPlatform(actor: actor, reason: reason) {
                try body(AuditQueries(chain: chain, transaction: $0))
            }
        }
    }
}
