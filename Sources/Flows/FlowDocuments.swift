package import Database
package import Kernel
import Synchronization

/// The documents of versions, with those that were used lately at hand. A version's document never changes, so nothing here
/// can be stale.
///
/// Holds at most `capacity`; when it is full it begins anew.
package final class FlowDocuments: Sendable {
    private let capacity: Int
    private let documents = Mutex<[FlowVersionID: FlowDocument]>([:])

    package init(capacity: Int = 512) {
        self.capacity = capacity
    }

    /// Nil if the tenant of the transaction has no such version, or the version was emptied. Row-level security is not
    /// bypassed: what is at hand is answered only where the version is visible.
    /// - Throws: `FlowError.unreadable`, or what reading a document throws that this program does not understand.
    package func document(_ version: FlowVersionID, in transaction: Transaction) throws -> FlowDocument? {
        guard let tenant = transaction.tenant else { throw FlowError.noTenant }
        let queries = FlowQueries(transaction: transaction, tenant: tenant)
        if documents.withLock({ $0[version] }) != nil, try queries.flow(of: version) == nil { return nil }
        return try document(visible: version, queries)
    }

    /// The same for a version that was found in the tenant's scope already.
    func document(visible version: FlowVersionID, _ queries: FlowQueries) throws -> FlowDocument? {
        if let known = documents.withLock({ $0[version] }) { return known }
        guard let json = try queries.document(version) else { return nil }
        let document = try FlowDocument(json: json)
        documents.withLock { documents in
            if documents.count >= capacity { documents.removeAll(keepingCapacity: true) }
            documents[version] = document
        }
        return document
    }
}
