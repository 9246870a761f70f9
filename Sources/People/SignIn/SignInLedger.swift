import Audit
package import Database
import Foundation
import Kernel

/// Copies what happened to sign-ins into the audit chains, each event exactly once in each chain (requirement G1,
/// `docs/adr/0006-sign-ins-reach-the-chains-later.md`).
///
/// An event stands in the chain of every tenant its person is a member of, and in the platform's if it is an attempt
/// that failed or of somebody who works for the platform. Attempts of one person from one network are one entry with
/// their number, so that an attack cannot fill a chain.
package struct SignInLedger: Sendable {
    /// Events of one round.
    private static let batch = 500

    private let database: Database

    package init(_ database: Database) {
        self.database = database
    }

    /// One round. Any number of processes may run it; what one of them leaves undone the next round does.
    ///
    /// - Returns: how many events were settled in the tenants' and in the platform's chains; 0 when nothing waits.
    @discardableResult
    package func copy() async throws -> Int {
        let forTenants = try await copyToTenants()
        let forPlatform = try await copyToPlatform()
        return forTenants + forPlatform
    }

    private func copyToTenants() async throws -> Int {
        let (events, tenants) = try await database.withPeople { transaction in
            let events = try LedgerQueries(transaction: transaction).waitingForTenants(limit: Self.batch)
            let people = Set(events.compactMap(\.person))
            return (events, try LedgerQueries(transaction: transaction).tenants(of: people))
        }
        guard !events.isEmpty else { return 0 }
        for tenant in Set(tenants.values.joined()).sorted() {
            let members = Set(tenants.filter { $0.value.contains(tenant) }.keys)
            let own = events.filter { event in event.person.map(members.contains) ?? false }
            try await database.withTenant(tenant) { transaction in
                let queries = LedgerQueries(transaction: transaction)
                let new = try queries.mark(own.map(\.id), of: tenant)
                try Self.record(own.filter { new.contains($0.id) }, in: transaction)
            }
        }
        let ids = events.map(\.id)
        try await database.withPeople { try LedgerQueries(transaction: $0).settle(ids) }
        return events.count
    }

    private func copyToPlatform() async throws -> Int {
        // Asked at the application's door first: each opening of the platform's leaves an entry of its own.
        let waits = try await database.withPeople { transaction in
            try LedgerQueries(transaction: transaction).waitForPlatform()
        }
        guard waits else { return 0 }
        return try await database.withPlatform(actor: "job:sign-ins", reason: "copy sign-ins into the chain") {
            transaction in
            let queries = LedgerQueries(transaction: transaction)
            let events = try queries.takeForPlatform(limit: Self.batch)
            try Self.record(events, in: transaction)
            return events.count
        }
    }

    /// The chain's end is locked from the first entry on, so nothing else comes after.
    private static func record(_ events: [LedgerEvent], in transaction: Transaction) throws {
        for entry in LedgerEntry.entries(of: events) { try AuditTrail.record(entry.audit, in: transaction) }
    }
}
