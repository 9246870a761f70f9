package import Database
import Flows
import Foundation
package import Kernel

/// What is remembered of a tenant's calls, for pages and programs that read it.
///
/// Each question is one transaction in the tenant's scope. A call of another tenant is not there, and the statements
/// are the same as for one that never was (decision 3).
package struct CallReading: Sendable {
    /// Whatever is asked for, no more rows than this are read at once.
    package static let most = 500

    let database: Database
    let time: TimeSource
    let documents = FlowDocuments()

    package init(_ database: Database, time: TimeSource) {
        self.database = database
        self.time = time
    }

    // MARK: Lists

    /// One page of a list, and how many calls there are in all.
    package struct Page: Sendable {
        package let lines: [CallLine]
        package let total: Int
        /// So many calls were to be searched for words or digits that older ones were left out.
        package let isPartial: Bool
        /// What can be filtered by.
        package let choices: Choices
    }

    /// The flows and numbers of the tenant, by their names.
    package struct Choices: Sendable, Hashable {
        package let flows: [(id: FlowID, name: String)]
        package let numbers: [E164]
        /// Whether the tenant has ever been called.
        package let hasCalls: Bool

        package init(flows: [(id: FlowID, name: String)], numbers: [E164], hasCalls: Bool) {
            self.flows = flows
            self.numbers = numbers
            self.hasCalls = hasCalls
        }

        package static func == (left: Self, right: Self) -> Bool {
            left.flows.elementsEqual(right.flows, by: ==) && left.numbers == right.numbers
                && left.hasCalls == right.hasCalls
        }

        package func hash(into hasher: inout Hasher) {
            for flow in flows { hasher.combine(flow.id) }
            hasher.combine(numbers)
        }
    }

    /// For pages with numbers.
    package func page(
        _ tenant: TenantID,
        _ filter: CallFilter,
        order: CallOrder = .begin(newestFirst: true),
        offset: Int,
        limit: Int
    ) async throws -> Page {
        let now = time.now()
        return try await database.withTenant(tenant) { transaction in
            let queries = ReadingQueries(transaction: transaction, tenant: tenant, now: now, documents: documents)
            let selection = try CallSelection(filter, queries)
            return Page(
                lines: try queries.lines(selection, order: order, offset: offset, limit: min(limit, Self.most)),
                total: try queries.count(selection),
                isPartial: selection.isPartial,
                choices: try queries.choices()
            )
        }
    }

    /// For programs: newest first, going on behind `cursor`.
    ///
    /// - Returns: at most `limit` calls, and where to go on; nil at the end.
    package func list(
        _ tenant: TenantID,
        _ filter: CallFilter = CallFilter(),
        after cursor: CallCursor? = nil,
        limit: Int
    ) async throws -> (lines: [CallLine], next: CallCursor?) {
        let now = time.now()
        let limit = max(1, min(limit, Self.most))
        let lines = try await database.withTenant(tenant) { transaction in
            let queries = ReadingQueries(transaction: transaction, tenant: tenant, now: now, documents: documents)
            return try queries.lines(CallSelection(filter, queries), after: cursor, limit: limit + 1)
        }
        let page = Array(lines.prefix(limit))
        return (page, lines.count > limit ? page.last?.cursor : nil)
    }

    /// One piece of a list in any order; at most `CallReading.most`.
    package func lines(
        _ tenant: TenantID,
        _ filter: CallFilter,
        order: CallOrder,
        offset: Int,
        limit: Int
    ) async throws -> [CallLine] {
        let now = time.now()
        return try await database.withTenant(tenant) { transaction in
            let queries = ReadingQueries(transaction: transaction, tenant: tenant, now: now, documents: documents)
            return try queries.lines(
                CallSelection(filter, queries),
                order: order,
                offset: offset,
                limit: min(limit, Self.most)
            )
        }
    }

    package func count(_ tenant: TenantID, _ filter: CallFilter) async throws -> Int {
        let now = time.now()
        return try await database.withTenant(tenant) { transaction in
            let queries = ReadingQueries(transaction: transaction, tenant: tenant, now: now, documents: documents)
            return try queries.count(CallSelection(filter, queries))
        }
    }

    /// The calls that go on now, oldest first, each with its last turns; at most `limit`.
    package func running(_ tenant: TenantID, turns: Int, limit: Int = 100) async throws -> [RunningCall] {
        let now = time.now()
        return try await database.withTenant(tenant) { transaction in
            try ReadingQueries(transaction: transaction, tenant: tenant, now: now, documents: documents)
                .running(turns: turns, limit: limit)
        }
    }

    // MARK: One call

    /// Nil if the tenant has no such call.
    package func call(_ tenant: TenantID, _ id: CallID) async throws -> CallLine? {
        let now = time.now()
        return try await database.withTenant(tenant) { transaction in
            try ReadingQueries(transaction: transaction, tenant: tenant, now: now, documents: documents).line(id)
        }
    }

    /// What was said, in its order, behind the turn with the ordinal `after`. Personal data.
    ///
    /// - Returns: nil if the tenant has no such call.
    package func turns(
        _ tenant: TenantID,
        _ id: CallID,
        after ordinal: Int? = nil,
        limit: Int = CallReading.most
    ) async throws -> [TurnRecord]? {
        let now = time.now()
        return try await database.withTenant(tenant) { transaction in
            let queries = ReadingQueries(transaction: transaction, tenant: tenant, now: now, documents: documents)
            guard try queries.exists(id) else { return nil }
            return try queries.turns(id, after: ordinal, limit: min(limit, Self.most))
        }
    }

    /// What is paid for; nil if the tenant has no such call.
    package func segments(_ tenant: TenantID, _ id: CallID) async throws -> [UsageSegment]? {
        let now = time.now()
        return try await database.withTenant(tenant) { transaction in
            let queries = ReadingQueries(transaction: transaction, tenant: tenant, now: now, documents: documents)
            guard try queries.exists(id) else { return nil }
            return try CallQueries(transaction: transaction, tenant: tenant).segments(id)
        }
    }

    /// What the carrier asked and reported, in its order; nil if the tenant has no such call.
    package func events(_ tenant: TenantID, _ id: CallID) async throws -> [CallEvent]? {
        let now = time.now()
        return try await database.withTenant(tenant) { transaction in
            let queries = ReadingQueries(transaction: transaction, tenant: tenant, now: now, documents: documents)
            return try queries.exists(id) ? try queries.events(id) : nil
        }
    }

    /// Everything about one call in one transaction; nil if the tenant has no such call.
    ///
    /// - Parameter withWords: whether what was said is read too.
    package func detail(_ tenant: TenantID, _ id: CallID, withWords: Bool) async throws -> CallDetail? {
        let now = time.now()
        return try await database.withTenant(tenant) { transaction in
            let queries = ReadingQueries(transaction: transaction, tenant: tenant, now: now, documents: documents)
            guard let line = try queries.line(id) else { return nil }
            let neighbours = try queries.neighbours(of: line)
            return CallDetail(
                line: line,
                turns: try queries.turns(id, after: nil, limit: 2_000, withWords: withWords),
                segments: try CallQueries(transaction: transaction, tenant: tenant).segments(id),
                events: try queries.events(id),
                nodeKinds: try queries.nodeKinds(of: id),
                wish: withWords ? try queries.wish(of: id) : nil,
                earlier: neighbours.earlier,
                later: neighbours.later
            )
        }
    }
}
