import Database
import Foundation
import Kernel

/// The SQL of the status page; behind the platform's door.
struct InstallationQueries {
    let transaction: Transaction

    func nodes() throws -> [InstallationFigures.Node] {
        try transaction.query(
            """
            SELECT lease.node, lease.seen_at,
                (SELECT count(DISTINCT leg.call_id) FROM call_leg AS leg
                    WHERE leg.node = lease.node AND leg.ended_at IS NULL) AS calls
            FROM node_lease AS lease ORDER BY lease.node LIMIT 100
            """
        ).map { row in
            InstallationFigures.Node(
                name: try row.get("node"),
                seenAt: try row.get("seen_at"),
                calls: try row.get("calls")
            )
        }
    }

    func busiest() throws -> [InstallationFigures.Busy] {
        try transaction.query(
            """
            SELECT company.id, company.name, count(DISTINCT leg.call_id) AS calls
            FROM call_leg AS leg JOIN tenant AS company ON company.id = leg.tenant_id
            WHERE leg.ended_at IS NULL
            GROUP BY company.id, company.name ORDER BY calls DESC, lower(company.name) LIMIT 10
            """
        ).map { row in
            InstallationFigures.Busy(
                tenant: try row.get("id"),
                name: try row.get("name"),
                calls: try row.get("calls")
            )
        }
    }

    func runningCalls() throws -> Int {
        try transaction.queryOne(
            "SELECT count(DISTINCT (tenant_id, call_id)) AS number FROM call_leg WHERE ended_at IS NULL"
        )?.get("number") ?? 0
    }

    struct Calls {
        var outcomes: [String?: Int] = [:]
        var refused = 0
        var recent = 0
    }

    /// Tenant by tenant, because calls are indexed by tenant and time. `recent` may lie before `today`.
    func calls(since today: Date, recent: Date) throws -> Calls {
        let rows = try transaction.query(
            """
            SELECT made.outcome, made.is_refused, count(*) FILTER (WHERE made.admitted_at >= \(today)) AS today,
                count(*) FILTER (WHERE made.admitted_at >= \(recent)) AS recent
            FROM tenant AS company CROSS JOIN LATERAL (
                SELECT call.outcome, call.refusal IS NOT NULL AS is_refused, call.admitted_at FROM call
                WHERE call.tenant_id = company.id AND call.admitted_at >= LEAST(\(today)::timestamptz, \(recent))
            ) AS made
            GROUP BY made.outcome, made.is_refused
            """
        )
        return try rows.reduce(into: Calls()) { calls, row in
            let today: Int = try row.get("today")
            if try row.get("is_refused") {
                calls.refused += today
            } else if today > 0 {
                calls.outcomes[try row.getOptional("outcome", as: String.self), default: 0] += today
            }
            calls.recent += try row.get("recent", as: Int.self)
        }
    }

    func migrations() throws -> InstallationFigures.Migrations {
        let row = try transaction.queryOne(
            """
            SELECT count(*) AS number, max(name) AS newest, max(applied_at) AS applied_at FROM schema_migration
            """
        )
        return InstallationFigures.Migrations(
            count: try row?.get("number") ?? 0,
            newest: try row?.getOptional("newest") ?? nil,
            appliedAt: try row?.getOptional("applied_at") ?? nil
        )
    }
}
