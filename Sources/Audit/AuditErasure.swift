package import Database
package import Kernel

/// Whose personal details are erased.
package enum AuditSubject: Hashable, Sendable {
    /// Those of entries about this object.
    case object(AuditObject)
    /// Those of entries by whom this name stands for.
    case actor(AuditActor.Kind, name: String)

    /// Everything by and about a person, whose entries name it by its id.
    package static func person(_ id: PersonID) -> [AuditSubject] {
        [.object(AuditObject("person", "\(id)")), .actor(.person, name: "\(id)")]
    }
}

extension AuditTrail {
    /// Erases the personal details of entries, bodies and salts, for ever (requirement G5). The entries stay, the chain
    /// stays valid, and verification tells an erased detail from a changed one.
    ///
    /// It records nothing: erasing is part of an act, and that has an entry of its own.
    /// - Parameter tenant: the chain behind the platform's door, if not the platform's own.
    /// - Returns: how many details were erased now.
    @discardableResult
    package static func erase(
        _ subjects: [AuditSubject],
        for tenant: TenantID? = nil,
        in transaction: Transaction
    ) throws -> Int {
        let chain = (tenant ?? transaction.tenant).map(AuditChain.tenant) ?? .platform
        let queries = AuditQueries(chain: chain, transaction: transaction)
        return try subjects.reduce(0) { try $0 + queries.eraseDetails(of: $1) }
    }
}
