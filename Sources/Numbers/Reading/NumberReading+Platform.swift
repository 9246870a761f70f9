package import Audit
import Database
import Foundation
package import Kernel

/// The operator's view of all tenants' numbers. Every question opens the platform's door, which leaves its trace.
extension NumberReading {
    package struct PlatformPage: Sendable {
        package let lines: [PlatformNumber]
        package let total: Int
        package let tenants: [NumberTenant]
        package let hasNumbers: Bool
    }

    package struct PlatformNumber: Sendable, Hashable {
        package let tenant: NumberTenant
        package let line: NumberLine

        package init(tenant: NumberTenant, line: NumberLine) {
            self.tenant = tenant
            self.line = line
        }
    }

    package func platformPage(
        _ filter: NumberFilter,
        order: NumberOrder = .number,
        descending: Bool = false,
        offset: Int,
        limit: Int,
        actor: AuditActor
    ) async throws -> PlatformPage {
        let now = time.now()
        return try await database.withPlatform(actor: actor.name, reason: "number list") { transaction in
            let queries = NumberReadingQueries(transaction: transaction, now: now)
            let lines = try queries.lines(
                filter,
                of: nil,
                order: order,
                descending: descending,
                offset: offset,
                limit: min(limit, Self.most)
            )
            let tenants = try queries.tenants()
            return PlatformPage(
                lines: Self.named(lines, tenants),
                total: try queries.count(filter, of: nil),
                tenants: tenants,
                hasNumbers: try queries.count(NumberFilter(), of: nil) > 0
            )
        }
    }

    /// The whole list for a spreadsheet; that it was taken stands in the platform's trail.
    package func platformSheet(
        _ filter: NumberFilter,
        order: NumberOrder = .number,
        descending: Bool = false,
        actor: AuditActor
    ) async throws -> [PlatformNumber] {
        let now = time.now()
        return try await database.withPlatform(actor: actor.name, reason: "number list") { transaction in
            let queries = NumberReadingQueries(transaction: transaction, now: now)
            let lines = try queries.lines(
                filter,
                of: nil,
                order: order,
                descending: descending,
                offset: 0,
                limit: Self.most
            )
            let entry = AuditEntry(
                actor: actor,
                action: "number.exported",
                object: AuditObject("number_ownership", "all"),
                after: ["rows": .text(String(lines.count))]
            )
            let named = Self.named(lines, try queries.tenants())
            try AuditTrail.record(entry, in: transaction)
            return named
        }
    }

    /// Everything about one number, over all tenants.
    package struct PlatformDetail: Sendable {
        package let number: PlatformNumber
        /// Newest first, of all tenants.
        package let history: [NumberEvent]
        package let runningCalls: Int
        /// By name; closed ones are left out unless they had the number.
        package let tenants: [NumberTenant]
        /// Those it may be moved to: active, and not the owner.
        package let targets: [NumberTenant]
        /// The flows of the tenant that was asked for.
        package let flows: [NumberFlow]

        package func tenantName(_ id: TenantID) -> String { tenants.first { $0.id == id }?.name ?? "" }
    }

    /// Nil for a number that nobody ever had.
    ///
    /// - Parameter target: whose flows are wanted too.
    package func platformDetail(
        _ number: E164,
        target: TenantID? = nil,
        actor: AuditActor
    ) async throws -> PlatformDetail? {
        let now = time.now()
        return try await database.withPlatform(actor: actor.name, reason: "number show") { transaction in
            let queries = NumberReadingQueries(transaction: transaction, now: now)
            guard let line = try queries.newest(number, of: nil) else { return nil }
            let tenants = try queries.tenants()
            let targets = try queries.activeTenants()
            return PlatformDetail(
                number: PlatformNumber(tenant: Self.tenant(line.tenant, tenants), line: line),
                history: try queries.history(number, of: nil).events,
                runningCalls: try queries.runningCalls(number, of: nil),
                tenants: tenants,
                targets: targets.filter { $0.id != line.tenant },
                flows: try target.map { try queries.flows(of: $0) } ?? []
            )
        }
    }

    private static func named(_ lines: [NumberLine], _ tenants: [NumberTenant]) -> [PlatformNumber] {
        let names = Dictionary(tenants.map { ($0.id, $0) }) { first, _ in first }
        return lines.map { line in
            PlatformNumber(tenant: names[line.tenant] ?? NumberTenant(id: line.tenant, name: ""), line: line)
        }
    }

    private static func tenant(_ id: TenantID, _ tenants: [NumberTenant]) -> NumberTenant {
        tenants.first { $0.id == id } ?? NumberTenant(id: id, name: "")
    }
}
