import Database
import Foundation
import Kernel

/// The statements on the end of a tenant.
struct ClosingQueries {
    let transaction: Transaction
    let tenant: TenantID

    struct Company: Sendable {
        let slug: String
        let name: String
        let region: String
        let timeZone: String
        let state: TenantState
        let closing: TenantClosing?
        /// The time to take it back is over, by the database's clock, which erasing asks too.
        let isDue: Bool
    }

    func closing() throws -> TenantClosing? {
        try transaction.queryOne("\(Self.columns) WHERE id = \(tenant)").flatMap { try Company(row: $0).closing }
    }

    /// Locked until the transaction ends.
    func locked() throws -> Company? {
        try transaction.queryOne("\(Self.columns) WHERE id = \(tenant) FOR NO KEY UPDATE").map(Company.init(row:))
    }

    func ask(at date: Date?) throws {
        try transaction.execute("UPDATE tenant SET closing_at = \(date) WHERE id = \(tenant)")
    }

    func close() throws {
        try transaction.execute(
            "UPDATE tenant SET state = 'closed', closed_at = clock_timestamp() WHERE id = \(tenant)"
        )
    }

    /// The database refuses it unless the tenant is closed and its time is over.
    func erase() throws {
        _ = try transaction.query("SELECT erase_tenant(\(tenant))")
    }

    private static let columns: SQL = """
        SELECT slug, name, region, time_zone, state, closing_at, closed_at, destroyed_at,
            COALESCE(closing_at + interval '30 days' <= clock_timestamp(), false) AS is_due
        FROM tenant
        """
}

extension ClosingQueries.Company {
    fileprivate init(row: Row) throws {
        let closedAt: Date? = try row.getOptional("closed_at")
        let destroyedAt: Date? = try row.getOptional("destroyed_at")
        slug = try row.get("slug")
        name = try row.get("name")
        region = try row.get("region")
        timeZone = try row.get("time_zone")
        state = try row.get("state")
        closing = try row.getOptional("closing_at").map {
            TenantClosing(askedAt: $0, closedAt: closedAt, destroyedAt: destroyedAt)
        }
        isDue = try row.get("is_due")
    }
}
