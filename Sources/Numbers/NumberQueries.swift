import Database
import Foundation
import Kernel

/// The SQL of numbers. Boundaries are `clock_timestamp()` taken after locking (decision 4).
struct NumberQueries {
    let transaction: Transaction

    /// Lets acts on one number happen one after the other, also before there is a row to lock, and lets what is read
    /// afterwards be what the act before left. Without it, parallel inserts would wait for each other's exclusion
    /// constraint and be ended as a deadlock.
    func lock(_ number: E164) throws {
        _ = try transaction.query("SELECT pg_advisory_xact_lock(hashtextextended(\(number.value), 164))")
    }

    func owned(_ number: E164, by tenant: TenantID) throws -> OwnedNumber? {
        try transaction.queryOne(
            """
            SELECT owned.id, owned.e164, owned.typed, owned.carrier_account_sid, lower(owned.valid) AS since,
                assigned.flow_id
            FROM number_ownership AS owned
            LEFT JOIN number_assignment AS assigned
                ON assigned.tenant_id = owned.tenant_id AND assigned.ownership_id = owned.id
                AND upper_inf(assigned.valid)
            WHERE owned.tenant_id = \(tenant) AND owned.e164 = \(number) AND upper_inf(owned.valid)
            """
        ).map(OwnedNumber.init)
    }

    func numbers(of tenant: TenantID) throws -> [OwnedNumber] {
        try transaction.query(
            """
            SELECT owned.id, owned.e164, owned.typed, owned.carrier_account_sid, lower(owned.valid) AS since,
                assigned.flow_id
            FROM number_ownership AS owned
            LEFT JOIN number_assignment AS assigned
                ON assigned.tenant_id = owned.tenant_id AND assigned.ownership_id = owned.id
                AND upper_inf(assigned.valid)
            WHERE owned.tenant_id = \(tenant) AND upper_inf(owned.valid)
            ORDER BY owned.e164
            """
        ).map(OwnedNumber.init)
    }

    func insertOwnership(
        _ tenant: TenantID,
        _ found: CarrierNumber,
        typed: String,
        verifiedAt: Date
    ) throws -> OwnedNumber {
        let row = try transaction.queryOne(
            """
            INSERT INTO number_ownership (tenant_id, e164, typed, carrier_account_sid, carrier_number_sid, verified_at,
                valid)
            VALUES (\(tenant), \(found.e164), \(typed), \(found.account), \(found.sid), \(verifiedAt),
                tstzrange(clock_timestamp(), NULL))
            RETURNING id, e164, typed, carrier_account_sid, lower(valid) AS since, NULL::uuid AS flow_id
            """
        )
        guard let row else { throw NumberError.unreadable }
        return try OwnedNumber(row: row)
    }

    func noteVerified(_ id: NumberOwnershipID, of tenant: TenantID, _ found: CarrierNumber, at: Date) throws {
        try transaction.execute(
            """
            UPDATE number_ownership SET verified_at = \(at), carrier_account_sid = \(found.account),
                carrier_number_sid = \(found.sid)
            WHERE tenant_id = \(tenant) AND id = \(id)
            """
        )
    }

    /// The boundary between two periods of a number: now, but later than everything that has begun.
    func boundary(_ number: E164, of tenant: TenantID) throws -> Date {
        let row = try transaction.queryOne(
            """
            SELECT GREATEST(
                clock_timestamp(),
                (SELECT max(lower(valid)) FROM number_ownership WHERE tenant_id = \(tenant) AND e164 = \(number))
                    + interval '1 microsecond',
                (SELECT max(lower(valid)) FROM number_assignment WHERE tenant_id = \(tenant) AND e164 = \(number))
                    + interval '1 microsecond'
            ) AS boundary
            """
        )
        guard let row else { throw NumberError.unreadable }
        return try row.get("boundary")
    }

    func endAssignment(_ number: E164, of tenant: TenantID, at boundary: Date) throws {
        try transaction.execute(
            """
            UPDATE number_assignment SET valid = tstzrange(lower(valid), \(boundary))
            WHERE tenant_id = \(tenant) AND e164 = \(number) AND upper_inf(valid)
            """
        )
    }

    func insertAssignment(
        _ tenant: TenantID,
        _ number: OwnedNumber,
        flow: FlowID,
        from boundary: Date
    ) throws -> NumberAssignment {
        let row = try transaction.queryOne(
            """
            INSERT INTO number_assignment (tenant_id, ownership_id, e164, flow_id, valid)
            VALUES (\(tenant), \(number.id), \(number.e164), \(flow), tstzrange(\(boundary), NULL))
            RETURNING id
            """
        )
        guard let row else { throw NumberError.unreadable }
        return NumberAssignment(id: try row.get("id"), e164: number.e164, flow: flow, since: boundary)
    }

    func endOwnership(
        _ id: NumberOwnershipID,
        of tenant: TenantID,
        at boundary: Date,
        restingUntil: Date?
    ) throws {
        try transaction.execute(
            """
            UPDATE number_ownership SET valid = tstzrange(lower(valid), \(boundary)), quarantined_until = \(restingUntil)
            WHERE tenant_id = \(tenant) AND id = \(id)
            """
        )
    }

    func hasFlow(_ flow: FlowID, _ tenant: TenantID) throws -> Bool {
        try transaction.queryOne("SELECT 1 AS one FROM flow WHERE tenant_id = \(tenant) AND id = \(flow)") != nil
    }

    func route(_ number: E164, at: Date) throws -> Route? {
        try transaction.queryOne(
            """
            SELECT tenant_id, assignment_id, flow_id, carrier_account_sid, tenant_state, max_concurrent_calls,
                max_call_seconds, language, overflow_e164
            FROM route_number(\(number), \(at))
            """
        ).map(Route.init)
    }

    func routeNow(_ number: E164) throws -> Route? {
        try transaction.queryOne(
            """
            SELECT tenant_id, assignment_id, flow_id, carrier_account_sid, tenant_state, max_concurrent_calls,
                max_call_seconds, language, overflow_e164
            FROM route_number(\(number), clock_timestamp())
            """
        ).map(Route.init)
    }
}

extension OwnedNumber {
    fileprivate init(row: Row) throws {
        try self.init(
            id: row.get("id"),
            e164: row.get("e164"),
            typed: row.get("typed"),
            account: row.get("carrier_account_sid"),
            since: row.get("since"),
            flow: row.get("flow_id")
        )
    }
}

extension Route {
    fileprivate init(row: Row) throws {
        try self.init(
            tenant: row.get("tenant_id"),
            assignment: row.get("assignment_id"),
            flow: row.get("flow_id"),
            account: row.get("carrier_account_sid"),
            isTenantActive: row.get("tenant_state", as: String.self) == "active",
            concurrentCalls: row.get("max_concurrent_calls"),
            callSeconds: row.get("max_call_seconds"),
            language: row.get("language"),
            overflow: row.get("overflow_e164")
        )
    }
}
