import Database
import Foundation
import Kernel

/// An event as the ledger reads it.
struct LedgerEvent: Sendable {
    let id: Int64
    let person: PersonID?
    /// As it was written; a newer program may know more kinds.
    let name: String
    let detail: String?
    let session: WebSessionID?
    let addressPrefix: String
    let requestID: String?
    let at: Date

    var kind: SignInEvent.Kind? { SignInEvent.Kind(rawValue: name) }
}

/// The statements that carry events into the chains.
struct LedgerQueries {
    let transaction: Transaction

    func waitingForTenants(limit: Int) throws -> [LedgerEvent] {
        try transaction.query(
            """
            SELECT id, person_id, kind, detail, session_id, address_prefix, request_id, at
            FROM sign_in_event WHERE recorded_at IS NULL ORDER BY id LIMIT \(limit)
            """
        ).map(LedgerEvent.init(row:))
    }

    func tenants(of people: Set<PersonID>) throws -> [PersonID: Set<TenantID>] {
        let rows = try transaction.query(
            """
            SELECT p.id AS person_id, t.tenant_id
            FROM unnest(\(people.map(\.uuid))::uuid[]) AS p (id), LATERAL tenants_of_person(p.id) AS t
            """
        )
        return try rows.reduce(into: [:]) { tenants, row in
            tenants[try row.get("person_id"), default: []].insert(try row.get("tenant_id"))
        }
    }

    /// Notes that these events stand in the tenant's chain.
    /// - Returns: those that did not yet.
    func mark(_ events: [Int64], of tenant: TenantID) throws -> Set<Int64> {
        let rows = try transaction.query(
            """
            INSERT INTO sign_in_copy (tenant_id, event_id) SELECT \(tenant), unnest(\(events)::bigint[])
            ON CONFLICT (tenant_id, event_id) DO NOTHING RETURNING event_id
            """
        )
        return Set(try rows.map { try $0.get("event_id", as: Int64.self) })
    }

    func settle(_ events: [Int64]) throws {
        try transaction.execute(
            """
            UPDATE sign_in_event SET recorded_at = clock_timestamp()
            WHERE id = ANY(\(events)::bigint[]) AND recorded_at IS NULL
            """
        )
    }

    func waitForPlatform() throws -> Bool {
        try transaction.queryOne("SELECT 1 AS found FROM sign_in_event WHERE platform_recorded_at IS NULL LIMIT 1")
            != nil
    }

    /// Takes events in the transaction that records them. Events that another process is taking are left to it.
    func takeForPlatform(limit: Int) throws -> [LedgerEvent] {
        try transaction.query(
            """
            WITH taken AS (
                SELECT id FROM sign_in_event WHERE platform_recorded_at IS NULL ORDER BY id LIMIT \(limit)
                FOR UPDATE SKIP LOCKED
            ), settled AS (
                UPDATE sign_in_event AS e SET platform_recorded_at = clock_timestamp() FROM taken WHERE e.id = taken.id
                RETURNING e.id, e.person_id, e.kind, e.detail, e.address_prefix, e.request_id, e.at
            )
            SELECT id, person_id, kind, detail, NULL::uuid AS session_id, address_prefix, request_id, at
            FROM settled ORDER BY id
            """
        ).map(LedgerEvent.init(row:))
    }
}

extension LedgerEvent {
    init(row: Row) throws {
        id = try row.get("id")
        person = try row.getOptional("person_id")
        name = try row.get("kind")
        detail = try row.getOptional("detail")
        session = try row.getOptional("session_id")
        addressPrefix = try row.get("address_prefix")
        requestID = try row.getOptional("request_id")
        at = try row.get("at")
    }
}
