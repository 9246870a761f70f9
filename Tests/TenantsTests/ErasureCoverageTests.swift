import Database
import TestSupport
import Testing

@Suite("What the end of a tenant leaves")
struct ErasureCoverageTests {
    /// Tables of tenants that `erase_tenant` does not touch, and why.
    private static let kept = [
        "audit_entry": "the chain, without the personal details beside it",
        "audit_head": "the end of the chain",
        "call_leg": "bills stand on it; says nothing of the caller",
        "number_assignment": "the history of a number",
        "number_ownership": "the history of a number",
        "provider_usage": "what calls cost",
        "usage_segment": "bills stand on it",
    ]

    @Test("K9: each table of tenants is erased, or stands on the list of what is kept with a reason")
    func coverage() async throws {
        try await withTestDatabase { database in
            let (untouched, erased) = try await database.owner.withoutTenant { transaction in
                let rows = try transaction.query(
                    """
                    SELECT c.relname::text AS name,
                        position(format('FROM %s AS', c.relname) IN p.prosrc) > 0
                            OR position(format('UPDATE %s AS', c.relname) IN p.prosrc) > 0 AS is_erased
                    FROM pg_class AS c CROSS JOIN pg_proc AS p
                    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
                        AND p.proname = 'erase_tenant'
                        AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'tenant_id'
                            AND NOT attisdropped)
                    """
                )
                return try rows.reduce(into: (Set<String>(), Set<String>())) { names, row in
                    let name: String = try row.get("name")
                    if try row.get("is_erased", as: Bool.self) { names.1.insert(name) } else { names.0.insert(name) }
                }
            }
            #expect(untouched == Set(Self.kept.keys))
            #expect(erased.count >= 15)
        }
    }
}
