import Audit
import Database
import Foundation
import Kernel

/// The SQL of reading numbers, in a tenant's scope or behind the platform's door.
struct NumberReadingQueries {
    let transaction: Transaction
    let now: Date

    /// A call that began earlier and was never reported as ended is not running any more.
    private static let longestCall: TimeInterval = 5 * 3_600
    /// Periods of one number that its history goes back to.
    private static let longestHistory = 200

    // MARK: Lists

    func lines(
        _ filter: NumberFilter,
        of tenant: TenantID?,
        order: NumberOrder,
        descending: Bool,
        offset: Int,
        limit: Int
    ) throws -> [NumberLine] {
        try transaction.query(
            """
            SELECT \(columns) \(Self.joins) WHERE \(condition(filter, of: tenant))
            ORDER BY \(Self.sql(order, descending: descending)) LIMIT \(limit) OFFSET \(offset)
            """
        ).map(NumberLine.init(row:))
    }

    func count(_ filter: NumberFilter, of tenant: TenantID?) throws -> Int {
        try transaction.queryOne(
            "SELECT count(*) AS numbers \(Self.joins) WHERE \(condition(filter, of: tenant))"
        )?.get("numbers") ?? 0
    }

    func flows(of tenant: TenantID) throws -> [NumberFlow] {
        try transaction.query(
            """
            SELECT flow.id, flow.name, live.ordinal
            FROM flow
            LEFT JOIN flow_version AS live
                ON live.tenant_id = flow.tenant_id AND live.flow_id = flow.id AND live.state = 'live'
            WHERE flow.tenant_id = \(tenant) ORDER BY flow.name, flow.id LIMIT 500
            """
        ).map { row in
            NumberFlow(
                id: try row.get("id"),
                name: try row.get("name"),
                liveVersion: try row.getOptional("ordinal")
            )
        }
    }

    func calls(of tenant: TenantID) throws -> NumberCalls {
        let rows = try transaction.query(
            """
            SELECT recent.called_e164, count(*) AS calls FROM (
                SELECT called_e164 FROM call
                WHERE tenant_id = \(tenant) AND admitted_at > \(now.addingTimeInterval(-30 * 86_400))
                ORDER BY admitted_at DESC LIMIT \(NumberCalls.most)
            ) AS recent GROUP BY recent.called_e164
            """
        )
        let counts = try rows.map { (try $0.get("called_e164", as: E164.self), try $0.get("calls", as: Int.self)) }
        let all = counts.reduce(0) { $0 + $1.1 }
        return NumberCalls(Dictionary(counts) { first, _ in first }, isLowerBound: all >= NumberCalls.most)
    }

    func tenants() throws -> [NumberTenant] {
        try tenants(where: "state <> 'closed' OR EXISTS (SELECT FROM number_ownership WHERE tenant_id = tenant.id)")
    }

    func activeTenants() throws -> [NumberTenant] { try tenants(where: "state = 'active'") }

    private func tenants(where condition: SQL) throws -> [NumberTenant] {
        try transaction.query("SELECT id, name FROM tenant WHERE \(condition) ORDER BY name, id").map {
            NumberTenant(id: try $0.get("id"), name: try $0.get("name"))
        }
    }

    // MARK: One number

    /// The tenant's newest period of it; over all tenants without one.
    func newest(_ number: E164, of tenant: TenantID?) throws -> NumberLine? {
        try transaction.queryOne(
            """
            SELECT \(columns) \(Self.joins)
            WHERE owned.e164 = \(number) AND \(Self.scope(tenant)) ORDER BY lower(owned.valid) DESC LIMIT 1
            """
        ).map(NumberLine.init(row:))
    }

    func runningCalls(_ number: E164, of tenant: TenantID?) throws -> Int {
        let scope: SQL = if let tenant { "tenant_id = \(tenant)" } else { "true" }
        return try transaction.queryOne(
            """
            SELECT count(*) AS calls FROM call
            WHERE \(scope) AND state <> 'ended' AND called_e164 = \(number)
                AND admitted_at > \(now.addingTimeInterval(-Self.longestCall))
            """
        )?.get("calls") ?? 0
    }

    func history(_ number: E164, of tenant: TenantID?) throws -> NumberHistory {
        let ownerships = try transaction.query(
            """
            SELECT owned.tenant_id, owned.id, lower(owned.valid) AS since, upper(owned.valid) AS ended_at,
                owned.quarantined_until
            FROM number_ownership AS owned WHERE owned.e164 = \(number) AND \(Self.scope(tenant))
            ORDER BY lower(owned.valid) DESC LIMIT \(Self.longestHistory)
            """
        ).map(NumberHistory.Ownership.init(row:))
        let assignments = try transaction.query(
            """
            SELECT assigned.id, assigned.ownership_id, flow.name, lower(assigned.valid) AS since,
                upper(assigned.valid) AS ended_at
            FROM number_assignment AS assigned
            JOIN flow ON flow.tenant_id = assigned.tenant_id AND flow.id = assigned.flow_id
            WHERE assigned.ownership_id = ANY (\(ownerships.map(\.id))::uuid[])
                AND assigned.tenant_id = ANY (\(ownerships.map(\.tenant))::uuid[])
            ORDER BY lower(assigned.valid) DESC LIMIT \(Self.longestHistory)
            """
        ).map(NumberHistory.Assignment.init(row:))
        return NumberHistory(
            ownerships: ownerships,
            assignments: assignments,
            acts: try acts(ownerships, assignments)
        )
    }

    /// The lines of the trail about these periods, oldest first, with the names that persons have now.
    private func acts(
        _ ownerships: [NumberHistory.Ownership],
        _ assignments: [NumberHistory.Assignment]
    ) throws -> [NumberHistory.Act] {
        let objects = ownerships.map(\.id.description) + assignments.map(\.id.description)
        return try transaction.query(
            """
            SELECT entry.object_id, entry.action, entry.at, entry.actor->>'kind' AS actor_kind, entry.reason,
                person.name AS person_name
            FROM audit_entry AS entry
            LEFT JOIN person ON person.id = CASE
                WHEN entry.actor->>'name' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                THEN (entry.actor->>'name')::uuid
            END
            WHERE entry.tenant_id = ANY (\(ownerships.map(\.tenant))::uuid[])
                AND entry.object_kind IN ('number_ownership', 'number_assignment')
                AND entry.object_id = ANY (\(objects)::text[])
            ORDER BY entry.at, entry.seq
            """
        ).map(NumberHistory.Act.init(row:))
    }

    // MARK: Parts

    private static let joins: SQL = """
        FROM number_ownership AS owned
        JOIN tenant ON tenant.id = owned.tenant_id
        LEFT JOIN number_assignment AS assigned
            ON assigned.tenant_id = owned.tenant_id AND assigned.ownership_id = owned.id
            AND upper_inf(assigned.valid)
        LEFT JOIN flow ON flow.tenant_id = assigned.tenant_id AND flow.id = assigned.flow_id
        LEFT JOIN flow_version AS live
            ON live.tenant_id = flow.tenant_id AND live.flow_id = flow.id AND live.state = 'live'
        """

    private var columns: SQL {
        """
        owned.tenant_id, owned.id, owned.e164, owned.typed, owned.carrier_account_sid, lower(owned.valid) AS since,
        upper(owned.valid) AS ended_at, owned.verified_at, owned.quarantined_until, \(state) AS state,
        flow.id AS flow_id, flow.name AS flow_name, live.ordinal AS flow_version, lower(assigned.valid) AS flow_since
        """
    }

    private var state: SQL {
        """
        CASE
            WHEN NOT upper_inf(owned.valid) AND owned.quarantined_until > \(now) THEN 'resting'
            WHEN NOT upper_inf(owned.valid) THEN 'past'
            WHEN assigned.id IS NULL THEN 'unassigned'
            WHEN live.id IS NULL THEN 'silent'
            ELSE 'active'
        END
        """
    }

    /// What is owned now, and what still rests.
    private func condition(_ filter: NumberFilter, of tenant: TenantID?) -> SQL {
        var condition: SQL = """
            \(Self.scope(tenant ?? filter.tenant)) AND (upper_inf(owned.valid) OR owned.quarantined_until > \(now))
            """
        if let state = filter.state { condition = "\(condition) AND \(self.state) = \(state.rawValue)" }
        if let flow = filter.flow { condition = "\(condition) AND flow.id = \(flow)" }
        if let search = filter.search { condition = "\(condition) AND \(Self.sql(search, withTenants: tenant == nil))" }
        return condition
    }

    private static func sql(_ search: NumberSearch, withTenants: Bool) -> SQL {
        var found: SQL = "strpos(lower(flow.name), lower(\(search.words)::text)) > 0"
        if withTenants { found = "\(found) OR strpos(lower(tenant.name), lower(\(search.words)::text)) > 0" }
        if let number = search.number { found = "\(found) OR owned.e164 = \(number)" }
        if let digits = search.digits { found = "\(found) OR strpos(owned.e164, \(digits)::text) > 0" }
        return "(\(found))"
    }

    private static func scope(_ tenant: TenantID?) -> SQL {
        if let tenant { "owned.tenant_id = \(tenant)" } else { "true" }
    }

    private static func sql(_ order: NumberOrder, descending: Bool) -> SQL {
        switch (order, descending) {
        case (.number, false): "owned.e164, owned.id"
        case (.number, true): "owned.e164 DESC, owned.id"
        case (.flow, false): "flow.name NULLS LAST, owned.e164, owned.id"
        case (.flow, true): "flow.name DESC NULLS LAST, owned.e164, owned.id"
        case (.since, false): "lower(owned.valid), owned.e164, owned.id"
        case (.since, true): "lower(owned.valid) DESC, owned.e164, owned.id"
        case (.verified, false): "owned.verified_at, owned.e164, owned.id"
        case (.verified, true): "owned.verified_at DESC, owned.e164, owned.id"
        case (.tenant, false): "tenant.name, owned.e164, owned.id"
        case (.tenant, true): "tenant.name DESC, owned.e164, owned.id"
        }
    }
}
