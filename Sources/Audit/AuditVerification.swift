package import Database
import Foundation
package import Kernel

/// What the verification of a chain found.
package enum AuditVerdict: Hashable, Sendable {
    /// Every entry is in its place and unchanged, and the chain ends where it should.
    case intact(AuditHead)
    /// The first fault, at this place in the chain.
    case broken(seq: Int64, AuditFault)
}

package enum AuditFault: String, Hashable, Sendable {
    /// An entry is missing here.
    case gap
    /// The entry does not carry the hash of the one before it.
    case link
    /// The entry is not what was hashed.
    case content
    /// The entry cannot be read.
    case unreadable
    /// The chain has fewer or more entries than its recorded end says, or ends with another hash.
    case head
    /// The chain is another one than the anchor was taken from: cut or written anew.
    case anchor
}

extension AuditTrail {
    /// Recomputes the chain of the transaction's tenant, or the platform's, from its entries.
    /// - Parameters:
    ///   - tenant: the chain to verify behind the platform's door, if not the platform's own.
    ///   - anchor: an end of this chain that was kept outside the database.
    package static func verify(
        for tenant: TenantID? = nil,
        anchor: AuditHead? = nil,
        in transaction: Transaction
    ) throws -> AuditVerdict {
        let chain = (tenant ?? transaction.tenant).map(AuditChain.tenant) ?? .platform
        let queries = AuditQueries(chain: chain, transaction: transaction)
        // The end first: what is appended meanwhile is later than it and is not looked at.
        let recorded = try queries.head()
        var end = AuditHead.empty
        var isAnchorSeen = anchor == nil || anchor == .empty
        walk: while true {
            let page = try queries.entries(after: end.seq, limit: 1_000)
            for row in page {
                let next = try row.get("seq", as: Int64.self)
                if next > recorded.seq { break walk }
                if let fault = try fault(row, chain: chain, after: end) { return .broken(seq: end.seq + 1, fault) }
                end = AuditHead(seq: next, hash: try row.get("hash"))
                if end.seq == anchor?.seq {
                    guard end == anchor else { return .broken(seq: end.seq, .anchor) }
                    isAnchorSeen = true
                }
            }
            if page.isEmpty { break }
        }
        guard end == recorded else { return .broken(seq: end.seq, .head) }
        // Under the lock nobody is between an entry and the end that counts it.
        let current = try queries.lockedHead()
        guard try queries.entries(after: current.seq, limit: 1).isEmpty else {
            return .broken(seq: current.seq + 1, .head)
        }
        return isAnchorSeen ? .intact(end) : .broken(seq: end.seq, .anchor)
    }

    private static func fault(_ row: Row, chain: AuditChain, after end: AuditHead) throws -> AuditFault? {
        guard try row.get("seq", as: Int64.self) == end.seq + 1 else { return .gap }
        guard try row.get("previous_hash", as: Data.self) == end.hash else { return .link }
        let link: AuditLink
        do {
            link = try AuditLink(row: row, chain: chain)
        } catch is DecodingError {
            return .unreadable
        }
        return link.hash(after: end.hash) == (try row.get("hash", as: Data.self)) ? nil : .content
    }
}
