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

package enum AuditFault: String, Hashable, Sendable, CaseIterable {
    /// An entry is missing here.
    case gap
    /// The entry does not carry the hash of the one before it.
    case link
    /// The entry is not what was hashed.
    case content
    /// The entry cannot be read.
    case unreadable
    /// The personal detail is not what was hashed, or is missing without having been erased.
    case detail
    /// The last entry has another hash than the chain's recorded end.
    case head
    /// There are entries after the chain's recorded end.
    case excess
    /// There are fewer entries than the chain's recorded end says: its tail was cut off.
    case cut
    /// The chain is another one than the anchor was taken from: cut or written anew.
    case anchor

    /// Which of the four verdicts this is.
    package var finding: AuditFinding {
        switch self {
        case .gap, .link, .content, .unreadable, .detail, .head: .chainMismatch
        case .excess: .logLonger
        case .cut: .headLonger
        case .anchor: .anchorMismatch
        }
    }
}

/// The verdicts on a log that is not intact, as both verifiers give them.
package enum AuditFinding: String, Hashable, Sendable, CaseIterable {
    /// Entries were changed, removed, inserted or moved.
    case chainMismatch = "chain_mismatch"
    /// The log has entries its head does not know.
    case logLonger = "log_longer"
    /// The head knows entries the log does not have: its tail was cut off.
    case headLonger = "head_longer"
    /// The log is another one than that of which the head was kept elsewhere.
    case anchorMismatch = "anchor_mismatch"

    /// What a verifying program ends with.
    package var exitCode: Int32 {
        switch self {
        case .chainMismatch: 10
        case .logLonger: 11
        case .headLonger: 12
        case .anchorMismatch: 13
        }
    }
}

extension AuditTrail {
    /// Recomputes the chain of the transaction's tenant, or the platform's, from its entries and details.
    /// - Parameters:
    ///   - tenant: the chain to verify behind the platform's door, if not the platform's own.
    ///   - anchor: an end of this chain that was kept outside the database.
    package static func verify(
        for tenant: TenantID? = nil,
        anchor: AuditHead? = nil,
        in transaction: Transaction
    ) throws -> AuditVerdict {
        try verify(for: tenant, anchors: anchor.map { [$0] } ?? [], in: transaction)
    }

    /// The same with several anchors, all of which the chain must have passed.
    package static func verify(
        for tenant: TenantID? = nil,
        anchors: [AuditHead],
        in transaction: Transaction
    ) throws -> AuditVerdict {
        let chain = (tenant ?? transaction.tenant).map(AuditChain.tenant) ?? .platform
        let queries = AuditQueries(chain: chain, transaction: transaction)
        var check = AnchorCheck(anchors)
        // The end first: what is appended meanwhile is later than it and is not looked at.
        let recorded = try queries.head()
        var end = AuditHead.empty
        walk: while true {
            let page = try queries.entries(after: end.seq, limit: 1_000)
            for row in page {
                if row.seq > recorded.seq { break walk }
                if let fault = row.fault(after: end) { return .broken(seq: end.seq + 1, fault) }
                end = AuditHead(seq: row.seq, hash: row.hash)
                guard check.passes(end) else { return .broken(seq: end.seq, .anchor) }
            }
            if page.isEmpty { break }
        }
        guard end.seq == recorded.seq else { return .broken(seq: end.seq, .cut) }
        guard end == recorded else { return .broken(seq: end.seq, .head) }
        // Under the lock nobody is between an entry and the end that counts it.
        let current = try queries.lockedHead()
        guard try queries.entries(after: current.seq, limit: 1).isEmpty else {
            return .broken(seq: current.seq + 1, .excess)
        }
        return check.isComplete ? .intact(end) : .broken(seq: end.seq, .anchor)
    }
}

/// Holds a chain, as it is walked, against ends of it that were kept elsewhere.
struct AnchorCheck {
    private var waiting: [Int64: Set<Data>]

    init(_ anchors: [AuditHead]) {
        waiting = anchors.filter { $0 != .empty }.reduce(into: [:]) { $0[$1.seq, default: []].insert($1.hash) }
    }

    /// False if an anchor of this place says something else than `end`.
    mutating func passes(_ end: AuditHead) -> Bool {
        guard let hashes = waiting.removeValue(forKey: end.seq) else { return true }
        return hashes == [end.hash]
    }

    /// Whether all anchors have been passed.
    var isComplete: Bool { waiting.isEmpty }
}
