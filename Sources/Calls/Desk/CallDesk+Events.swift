package import Database
package import Foundation
import Kernel

extension CallDesk {
    /// Stores an event of the carrier's, once.
    ///
    /// - Parameters:
    ///   - key: what makes the event the same when it is delivered again.
    ///   - body: no words of the caller.
    /// - Returns: what was stored under the key before; nil if the event is new.
    package func store(
        _ reference: CallReference,
        kind: String,
        key: String,
        body: JSONText,
        at instant: Date
    ) async throws -> JSONText? {
        try await database.withTenant(reference.tenant) { transaction in
            try CallQueries(transaction: transaction, tenant: reference.tenant)
                .storeEvent(reference.id, kind: kind, key: key, body: body, at: instant)
        }
    }

    package func event(_ reference: CallReference, kind: String, key: String) async throws -> JSONText? {
        try await database.withTenant(reference.tenant) { transaction in
            try CallQueries(transaction: transaction, tenant: reference.tenant)
                .event(reference.id, kind: kind, key: key)?.body
        }
    }

    package func countEvents(_ reference: CallReference, kind: String) async throws -> Int {
        try await database.withTenant(reference.tenant) { transaction in
            try CallQueries(transaction: transaction, tenant: reference.tenant).countEvents(reference.id, kind: kind)
        }
    }
}
