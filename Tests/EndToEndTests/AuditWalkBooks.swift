import Audit
import Database
import Foundation
import Kernel
import TestSupport

/// The chains and tables of a stage's database, looked at from outside the product.
struct AuditBooks: Sendable {
    /// Where each chain ended at a moment.
    struct Mark: Sendable {
        fileprivate let tenants: [TenantID: Int64]
        fileprivate let platform: Int64
        fileprivate let events: Int64
        fileprivate let people: Set<String>
    }

    let database: TestDatabase

    /// Lets the owner's login see tenants' rows and lays the triggers that refuse records. What the product's logins
    /// may do stays as it is.
    static func open(_ database: TestDatabase) async throws -> AuditBooks {
        try await database.owner.withoutTenant { transaction in
            try transaction.execute(
                """
                DO $do$ DECLARE name text; BEGIN
                    FOR name IN SELECT relname FROM pg_class
                        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relforcerowsecurity
                    LOOP EXECUTE format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY', name); END LOOP;
                END $do$
                """
            )
            try transaction.execute(
                """
                CREATE FUNCTION refuse_records() RETURNS trigger LANGUAGE plpgsql AS
                $do$ BEGIN RAISE EXCEPTION 'no record is taken'; END $do$
                """
            )
            // The door's own opening is recorded and committed before any act of the platform; refusing that would
            // leave the act itself untried.
            for statement: SQL in [
                "CREATE TRIGGER refuse BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION refuse_records()",
                """
                CREATE TRIGGER refuse BEFORE INSERT ON platform_audit_entry FOR EACH ROW
                WHEN (NEW.action <> 'platform.opened') EXECUTE FUNCTION refuse_records()
                """,
                "CREATE TRIGGER refuse BEFORE INSERT ON sign_in_event FOR EACH ROW EXECUTE FUNCTION refuse_records()",
            ] {
                try transaction.execute(statement)
            }
        }
        let books = AuditBooks(database: database)
        for kind in Kind.allCases { try await books.set(kind, refusing: false) }
        return books
    }

    // MARK: Rows

    func mark() async throws -> Mark {
        try await database.owner.withoutTenant { transaction in
            let tenants: [(TenantID, Int64)] = try transaction.query(
                """
                SELECT t.id, coalesce(max(e.seq), 0) AS last
                FROM tenant AS t LEFT JOIN audit_entry AS e ON e.tenant_id = t.id GROUP BY t.id
                """
            ).map { (try $0.get("id"), try $0.get("last")) }
            let ends = try transaction.queryOne(
                """
                SELECT (SELECT coalesce(max(seq), 0) FROM platform_audit_entry) AS platform,
                    (SELECT coalesce(max(id), 0) FROM sign_in_event) AS events
                """
            )
            return Mark(
                tenants: Dictionary(uniqueKeysWithValues: tenants),
                platform: try ends?.get("platform") ?? 0,
                events: try ends?.get("events") ?? 0,
                people: try Self.people(transaction)
            )
        }
    }

    private static func people(_ transaction: Transaction) throws -> Set<String> {
        Set(try transaction.query("SELECT id::text AS id FROM person").map { try $0.get("id") })
    }

    /// What was recorded since, without the openings of the platform's door.
    ///
    /// What did not exist at the mark is called by the names that `LedgerRow` has for it, unless `isRaw`.
    func rows(since mark: Mark, isRaw: Bool = false) async throws -> [LedgerRow] {
        try await database.owner.withoutTenant { transaction in
            let newPeople = try Self.people(transaction).subtracting(mark.people)
            let rows = try transaction.query(
                """
                SELECT tenant_id::text AS chain, seq, action, actor ->> 'name' AS actor FROM audit_entry
                UNION ALL SELECT \(LedgerRow.platform), seq, action, actor ->> 'name' FROM platform_audit_entry
                    WHERE action <> 'platform.opened'
                UNION ALL SELECT \(LedgerRow.signIns), id, kind, coalesce(person_id::text, '') FROM sign_in_event
                """
            )
            return try rows.compactMap { row in
                var chain: String = try row.get("chain")
                let actor: String = try row.get("actor")
                let last: Int64?
                switch chain {
                case LedgerRow.platform: last = mark.platform
                case LedgerRow.signIns: last = mark.events
                default: last = TenantID(chain).flatMap { mark.tenants[$0] }
                }
                guard try row.get("seq", as: Int64.self) > last ?? 0 else { return nil }
                if last == nil, !isRaw { chain = LedgerRow.newTenant }
                return LedgerRow(
                    chain: chain,
                    action: try row.get("action"),
                    actor: newPeople.contains(actor) && !isRaw ? LedgerRow.somebodyNew : actor
                )
            }
        }
    }

    /// The faults of the chains that something was recorded in since.
    func faults(since mark: Mark) async throws -> [String] {
        var verdicts: [(chain: String, verdict: AuditVerdict)] = []
        for chain in Set(try await rows(since: mark, isRaw: true).map(\.chain)) {
            if let tenant = TenantID(chain) {
                verdicts.append((chain, try await database.app.withTenant(tenant) { try AuditTrail.verify(in: $0) }))
            } else if chain == LedgerRow.platform {
                let verdict = try await database.app.withPlatform(actor: "test", reason: "verification") {
                    try AuditTrail.verify(in: $0)
                }
                verdicts.append((chain, verdict))
            }
        }
        return verdicts.compactMap { chain, verdict in
            if case .intact = verdict { nil } else { "\(chain): \(verdict)" }
        }
    }

    // MARK: Refusing

    enum Kind: CaseIterable {
        case tenants
        case platform
        case signIns

        /// Where a row belongs.
        init(_ row: LedgerRow) {
            switch row.chain {
            case LedgerRow.platform: self = .platform
            case LedgerRow.signIns: self = .signIns
            default: self = .tenants
            }
        }
    }

    /// Whether every new record of the kind fails.
    func set(_ kind: Kind, refusing isRefusing: Bool) async throws {
        let statement: SQL =
            switch (kind, isRefusing) {
            case (.tenants, true): "ALTER TABLE audit_entry ENABLE TRIGGER refuse"
            case (.tenants, false): "ALTER TABLE audit_entry DISABLE TRIGGER refuse"
            case (.platform, true): "ALTER TABLE platform_audit_entry ENABLE TRIGGER refuse"
            case (.platform, false): "ALTER TABLE platform_audit_entry DISABLE TRIGGER refuse"
            case (.signIns, true): "ALTER TABLE sign_in_event ENABLE TRIGGER refuse"
            case (.signIns, false): "ALTER TABLE sign_in_event DISABLE TRIGGER refuse"
            }
        try await database.owner.withoutTenant { _ = try $0.execute(statement) }
    }

    // MARK: Contents

    /// A digest of each table's rows, by name.
    ///
    /// Left out is what changes without an act: the heartbeats of processes (`node_lease`), refusals that are gathered
    /// (`denied_request`), the opening of the platform's door and its head, which are committed before the act and
    /// judged by their rows, and when a session or a key was last seen.
    func contents() async throws -> [String: String] {
        try await database.owner.withoutTenant { transaction in
            let rows = try transaction.query(
                """
                SELECT relname::text AS name, (xpath('/row/digest/text()', query_to_xml(format(
                    'SELECT coalesce(md5(string_agg(x::text, chr(10) ORDER BY x::text)), ''none'') AS digest
                        FROM (SELECT to_jsonb(t) - %L::text[] AS x FROM %I t) s',
                    CASE relname WHEN 'web_session' THEN '{seen_at}' WHEN 'api_key' THEN '{last_used_at}' ELSE '{}' END,
                    relname), true, true, '')))[1]::text AS digest
                FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
                    AND relname NOT IN ('node_lease', 'denied_request', 'platform_audit_entry', 'platform_audit_head')
                """
            )
            return Dictionary(uniqueKeysWithValues: try rows.map { (try $0.get("name"), try $0.get("digest")) })
        }
    }

    /// The tables whose rows differ.
    static func changes(_ before: [String: String], _ after: [String: String]) -> Set<String> {
        Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }
    }

    /// Where records themselves stand.
    static let records: Set<String> = [
        "audit_entry", "audit_head", "audit_detail", "platform_audit_detail", "sign_in_event",
    ]
}
