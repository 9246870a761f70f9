package import Database
package import Kernel

/// The append-only, hash-chained record of who did what: one chain per tenant and one of the platform.
package enum AuditTrail {
    /// Records an act in the transaction that performs it: they happen together or not at all (requirement G1).
    ///
    /// The chain is that of the transaction's tenant; behind the platform's door it is the platform's, unless `tenant`
    /// names the one whose affairs were touched. The end of the chain stays locked until the transaction ends, so
    /// record last.
    /// - Returns: the entry's place in its chain.
    @discardableResult
    package static func record(
        _ entry: AuditEntry,
        for tenant: TenantID? = nil,
        in transaction: Transaction
    ) throws -> AuditHead {
        let chain = (tenant ?? transaction.tenant).map(AuditChain.tenant) ?? .platform
        let queries = AuditQueries(chain: chain, transaction: transaction)
        let head = try queries.lockedHead()
        let detail = entry.personal.map { AuditDetail(body: $0.masked) }
        let link = AuditLink(
            chain: chain,
            seq: head.seq + 1,
            at: try queries.now(),
            actor: entry.actor.value,
            action: entry.action,
            object: entry.object,
            before: entry.before?.masked,
            after: entry.after?.masked,
            reason: entry.reason,
            requestID: entry.requestID,
            personalHash: detail?.hash
        )
        let hash = link.hash(after: head.hash)
        try queries.append(link, previous: head.hash, hash: hash)
        if let detail { try queries.keep(detail, of: link.seq) }
        return AuditHead(seq: link.seq, hash: hash)
    }
}

extension PlatformDoor {
    /// Leaves `platform.opened` in the platform's chain each time the door opens.
    package static let audited = PlatformDoor { transaction, actor, reason in
        try AuditTrail.record(
            AuditEntry(
                actor: AuditActor(.operator, actor),
                action: "platform.opened",
                object: AuditObject("platform", "door"),
                reason: reason
            ),
            in: transaction
        )
    }
}
