package import Audit
package import Database
import Foundation
package import Kernel

/// What is known of a tenant's numbers, for pages and programs that read it.
///
/// Each question is one transaction in the tenant's scope. A number of another tenant is not there, and the statements
/// are the same as for one that never was (decision 3).
package struct NumberReading: Sendable {
    /// Whatever is asked for, no more rows than this are read at once.
    package static let most = 10_000

    let database: Database
    let time: TimeSource

    package init(_ database: Database, time: TimeSource) {
        self.database = database
        self.time = time
    }

    /// One page of a list, how many numbers there are in all, and what can be filtered by.
    package struct Page: Sendable {
        package let lines: [NumberLine]
        package let total: Int
        package let flows: [NumberFlow]
        /// Whether the tenant has any, however the list is narrowed.
        package let hasNumbers: Bool
        package let calls: NumberCalls
    }

    package func page(
        _ tenant: TenantID,
        _ filter: NumberFilter,
        order: NumberOrder = .number,
        descending: Bool = false,
        offset: Int,
        limit: Int
    ) async throws -> Page {
        let now = time.now()
        return try await database.withTenant(tenant) { transaction in
            let queries = NumberReadingQueries(transaction: transaction, now: now)
            let lines = try queries.lines(
                filter,
                of: tenant,
                order: order,
                descending: descending,
                offset: offset,
                limit: min(limit, Self.most)
            )
            return Page(
                lines: lines,
                total: try queries.count(filter, of: tenant),
                flows: try queries.flows(of: tenant),
                hasNumbers: try queries.count(NumberFilter(), of: tenant) > 0,
                calls: try queries.calls(of: tenant)
            )
        }
    }

    /// The whole list for a spreadsheet; that it was taken stands in the trail.
    package func sheet(
        _ tenant: TenantID,
        _ filter: NumberFilter,
        order: NumberOrder = .number,
        descending: Bool = false,
        actor: AuditActor
    ) async throws -> (lines: [NumberLine], calls: NumberCalls) {
        let now = time.now()
        return try await database.withTenant(tenant) { transaction in
            let queries = NumberReadingQueries(transaction: transaction, now: now)
            let lines = try queries.lines(
                filter,
                of: tenant,
                order: order,
                descending: descending,
                offset: 0,
                limit: Self.most
            )
            let calls = try queries.calls(of: tenant)
            let entry = AuditEntry(
                actor: actor,
                action: "number.exported",
                object: AuditObject("number_ownership", "all"),
                after: ["rows": .text(String(lines.count))]
            )
            try AuditTrail.record(entry, in: transaction)
            return (lines, calls)
        }
    }

    /// Everything about one number of the tenant's.
    package struct Detail: Sendable {
        package let line: NumberLine
        /// Newest first.
        package let history: [NumberEvent]
        package let runningCalls: Int
        package let flows: [NumberFlow]
    }

    /// Nil for a number that the tenant never had.
    package func detail(_ tenant: TenantID, _ number: E164) async throws -> Detail? {
        let now = time.now()
        return try await database.withTenant(tenant) { transaction in
            let queries = NumberReadingQueries(transaction: transaction, now: now)
            guard let line = try queries.newest(number, of: tenant) else { return nil }
            return Detail(
                line: line,
                history: try queries.history(number, of: tenant).events,
                runningCalls: try queries.runningCalls(number, of: tenant),
                flows: try queries.flows(of: tenant)
            )
        }
    }

    /// The tenant's flows by name.
    package func flows(_ tenant: TenantID) async throws -> [NumberFlow] {
        let now = time.now()
        return try await database.withTenant(tenant) { transaction in
            try NumberReadingQueries(transaction: transaction, now: now).flows(of: tenant)
        }
    }
}

/// How many calls each number had in the last 30 days.
package struct NumberCalls: Sendable, Hashable {
    /// Of so many calls, the newest, it is known which number was called.
    package static let most = 20_000

    private let counts: [E164: Int]
    /// Whether there were more calls than were looked at: then each count is a lower bound.
    package let isLowerBound: Bool

    package init(_ counts: [E164: Int], isLowerBound: Bool = false) {
        self.counts = counts
        self.isLowerBound = isLowerBound
    }

    package func count(_ number: E164) -> Int { counts[number] ?? 0 }
}
