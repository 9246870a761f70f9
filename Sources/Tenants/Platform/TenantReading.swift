package import Audit
package import Database
import Foundation
package import Kernel

/// The operator's view of all tenants. Every question opens the platform's door, which leaves its trace; nothing of
/// what was said in a call, and no caller, is ever read here.
package struct TenantReading: Sendable {
    /// The most lines of a table for spreadsheets.
    package static let most = 10_000

    let database: Database
    let time: TimeSource

    package init(_ database: Database, time: TimeSource) {
        self.database = database
        self.time = time
    }

    /// Some of the tenants, and how many there are.
    package struct Page: Sendable {
        package let lines: [TenantLine]
        /// How many match.
        package let total: Int
        /// How many there are at all, by state.
        package let states: [TenantState: Int]

        package init(lines: [TenantLine], total: Int, states: [TenantState: Int]) {
            self.lines = lines
            self.total = total
            self.states = states
        }
    }

    package func page(
        _ filter: TenantFilter,
        order: TenantOrder = .name,
        descending: Bool = false,
        offset: Int,
        limit: Int,
        actor: AuditActor
    ) async throws -> Page {
        let now = time.now()
        return try await database.withPlatform(actor: actor.name, reason: "tenant list") { transaction in
            let queries = TenantReadingQueries(transaction: transaction, now: now)
            return Page(
                lines: try queries.lines(
                    filter,
                    order: order,
                    descending: descending,
                    offset: offset,
                    limit: min(limit, Self.most)
                ),
                total: try queries.count(filter),
                states: try queries.states()
            )
        }
    }

    /// The whole list for a spreadsheet; that it was taken stands in the platform's trail.
    package func sheet(
        _ filter: TenantFilter,
        order: TenantOrder = .name,
        descending: Bool = false,
        actor: AuditActor,
        requestID: String? = nil
    ) async throws -> [TenantLine] {
        let now = time.now()
        return try await database.withPlatform(actor: actor.name, reason: "tenant list") { transaction in
            let lines = try TenantReadingQueries(transaction: transaction, now: now).lines(
                filter,
                order: order,
                descending: descending,
                offset: 0,
                limit: Self.most
            )
            let entry = AuditEntry(
                actor: actor,
                action: "tenant.list_exported",
                object: AuditObject("tenant", "all"),
                after: ["export_rows": .integer(Int64(lines.count))],
                requestID: requestID
            )
            try AuditTrail.record(entry, in: transaction)
            return lines
        }
    }

    /// What a page that asks before an act must know; nil for a tenant that does not exist.
    package func standing(_ id: TenantID, actor: AuditActor) async throws -> TenantStanding? {
        try await database.withPlatform(actor: actor.name, reason: "tenant show") { transaction in
            guard let tenant = try TenantQueries(transaction: transaction).find(id) else { return nil }
            return TenantStanding(
                tenant: tenant,
                closing: try ClosingQueries(transaction: transaction, tenant: id).closing(),
                runningCalls: try TenantReadingQueries.runningCalls(of: id, transaction)
            )
        }
    }

    /// Everything about one tenant; nil if it does not exist.
    package func detail(_ id: TenantID, actor: AuditActor) async throws -> TenantDetail? {
        let now = time.now()
        return try await database.withPlatform(actor: actor.name, reason: "tenant show") { transaction in
            guard let tenant = try TenantQueries(transaction: transaction).find(id) else { return nil }
            let queries = TenantReadingQueries(transaction: transaction, now: now)
            guard let line = try queries.line(id) else { return nil }
            return TenantDetail(
                standing: TenantStanding(
                    tenant: tenant,
                    closing: try ClosingQueries(transaction: transaction, tenant: id).closing(),
                    runningCalls: try TenantReadingQueries.runningCalls(of: id, transaction)
                ),
                line: line,
                numbers: try queries.numbers(of: id),
                owners: try queries.owners(of: id),
                accesses: try SupportQueries(transaction: transaction, tenant: id).latest(TenantDetail.shown),
                history: try queries.history(of: id)
            )
        }
    }

    /// The names behind the ids in the platform's chain; what is not known is left out.
    package func names(people: Set<PersonID>, tenants: Set<TenantID>, actor: AuditActor) async throws -> PlatformNames {
        try await database.withPlatform(actor: actor.name, reason: "names for the audit log") { transaction in
            try TenantReadingQueries.names(people: people, tenants: tenants, transaction)
        }
    }
}
