import Kernel
import Synchronization

/// The documents of versions that were used lately. A version's document never changes, so nothing here can be stale.
///
/// Holds at most `capacity`; when it is full it begins anew. Row-level security is not bypassed: the id of a version is
/// looked up in the tenant's scope before its document is asked for here.
final class FlowDocumentCache: Sendable {
    private let capacity: Int
    private let documents = Mutex<[FlowVersionID: FlowDocument]>([:])

    init(capacity: Int) {
        self.capacity = capacity
    }

    func document(_ version: FlowVersionID, read: () throws -> FlowDocument) rethrows -> FlowDocument {
        if let known = documents.withLock({ $0[version] }) { return known }
        let document = try read()
        documents.withLock { documents in
            if documents.count >= capacity { documents.removeAll(keepingCapacity: true) }
            documents[version] = document
        }
        return document
    }
}
