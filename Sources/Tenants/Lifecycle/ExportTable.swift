import Database
import Kernel

/// One file of a tenant's export: what its lines are, read in the order of a key.
struct ExportTable: Sendable {
    let name: String
    /// The columns that say where a page ends; the values before the first row are `start`.
    let keys: [String]
    let start: [String]
    /// Up to 500 rows after a place, each with `line`, its JSON.
    let page: @Sendable (TenantID, [String]) -> SQL
    /// What stands sealed in the rows: opened, it is part of the line.
    let sealed: [ExportCell]

    private init(
        _ name: String,
        by keys: [String] = ["key"],
        from start: [String] = [ExportTable.least],
        sealed: [ExportCell] = [],
        _ page: @escaping @Sendable (TenantID, [String]) -> SQL
    ) {
        self.name = name
        self.keys = keys
        self.start = start
        self.page = page
        self.sealed = sealed
    }

    /// The smallest UUID, which no row has.
    private static let least = "00000000-0000-0000-0000-000000000000"

    static let all: [ExportTable] = people + flows + numbers + calls

    private static let people = [
        ExportTable("tenant") { tenant, after in
            """
            SELECT kept.id::text AS key, to_jsonb(kept)::text AS line FROM tenant AS kept
            WHERE kept.id = \(tenant) AND kept.id > \(after[0])::uuid
            """
        },
        ExportTable("members") { tenant, after in
            """
            SELECT kept.person_id::text AS key, jsonb_build_object('person_id', kept.person_id, 'name', known.name,
                'email', known.email, 'role', kept.role, 'created_at', kept.created_at)::text AS line
            FROM membership AS kept JOIN person AS known ON known.id = kept.person_id
            WHERE kept.tenant_id = \(tenant) AND kept.person_id > \(after[0])::uuid ORDER BY kept.person_id LIMIT 500
            """
        },
        ExportTable("invitations") { tenant, after in
            """
            SELECT kept.id::text AS key, (to_jsonb(kept) - 'tenant_id' - 'token_hash')::text AS line
            FROM invitation AS kept
            WHERE kept.tenant_id = \(tenant) AND kept.id > \(after[0])::uuid ORDER BY kept.id LIMIT 500
            """
        },
        ExportTable("api_keys") { tenant, after in
            """
            SELECT kept.id::text AS key, (to_jsonb(kept) - 'tenant_id' - 'hash')::text AS line FROM api_key AS kept
            WHERE kept.tenant_id = \(tenant) AND kept.id > \(after[0])::uuid ORDER BY kept.id LIMIT 500
            """
        },
        ExportTable("support_accesses") { tenant, after in
            """
            SELECT kept.id::text AS key, (to_jsonb(kept) - 'tenant_id')::text AS line FROM support_access AS kept
            WHERE kept.tenant_id = \(tenant) AND kept.id > \(after[0])::uuid ORDER BY kept.id LIMIT 500
            """
        },
    ]

    private static let flows = [
        ExportTable("flows") { tenant, after in
            """
            SELECT kept.id::text AS key, (to_jsonb(kept) - 'tenant_id')::text AS line FROM flow AS kept
            WHERE kept.tenant_id = \(tenant) AND kept.id > \(after[0])::uuid ORDER BY kept.id LIMIT 500
            """
        },
        ExportTable("flow_versions", sealed: [ExportCell("document", "flow_version.document", by: ["key"])]) {
            tenant,
            after in
            """
            SELECT kept.id::text AS key, (to_jsonb(kept) - 'tenant_id' - 'document')::text AS line, kept.document
            FROM flow_version AS kept
            WHERE kept.tenant_id = \(tenant) AND kept.id > \(after[0])::uuid ORDER BY kept.id LIMIT 500
            """
        },
    ]

    private static let numbers = [
        ExportTable("numbers") { tenant, after in
            """
            SELECT kept.id::text AS key, (to_jsonb(kept) - 'tenant_id')::text AS line FROM number_ownership AS kept
            WHERE kept.tenant_id = \(tenant) AND kept.id > \(after[0])::uuid ORDER BY kept.id LIMIT 500
            """
        },
        ExportTable("number_assignments") { tenant, after in
            """
            SELECT kept.id::text AS key, (to_jsonb(kept) - 'tenant_id')::text AS line FROM number_assignment AS kept
            WHERE kept.tenant_id = \(tenant) AND kept.id > \(after[0])::uuid ORDER BY kept.id LIMIT 500
            """
        },
    ]

    private static let calls = [
        ExportTable(
            "calls",
            sealed: [
                ExportCell("caller", "call.caller", by: ["call_sid"], isText: true),
                ExportCell("intent", "call.intent", by: ["key"]),
            ]
        ) { tenant, after in
            """
            SELECT kept.id::text AS key, (to_jsonb(kept) - 'tenant_id' - 'caller' - 'intent')::text AS line,
                kept.call_sid, kept.caller, kept.intent
            FROM call AS kept
            WHERE kept.tenant_id = \(tenant) AND kept.id > \(after[0])::uuid ORDER BY kept.id LIMIT 500
            """
        },
        ExportTable("call_legs") { tenant, after in
            """
            SELECT kept.id::text AS key, (to_jsonb(kept) - 'tenant_id')::text AS line FROM call_leg AS kept
            WHERE kept.tenant_id = \(tenant) AND kept.id > \(after[0])::uuid ORDER BY kept.id LIMIT 500
            """
        },
        ExportTable(
            "transcripts",
            by: ["call", "place"],
            from: [least, "-1"],
            sealed: [ExportCell("words", "transcript_turn.words", by: ["call", "place"])]
        ) { tenant, after in
            """
            SELECT kept.call_id::text AS call, kept.ordinal::text AS place,
                (to_jsonb(kept) - 'tenant_id' - 'words')::text AS line, kept.words
            FROM transcript_turn AS kept
            WHERE kept.tenant_id = \(tenant) AND (kept.call_id, kept.ordinal) > (\(after[0])::uuid, \(after[1])::int)
            ORDER BY kept.call_id, kept.ordinal LIMIT 500
            """
        },
        ExportTable(
            "carrier_events",
            by: ["call", "kind", "event"],
            from: [least, "", ""],
            sealed: [ExportCell("body", "carrier_event.body", by: ["call", "kind", "event"])]
        ) { tenant, after in
            """
            SELECT kept.call_id::text AS call, kept.kind, kept.dedupe_key AS event,
                (to_jsonb(kept) - 'tenant_id' - 'body')::text AS line, kept.body
            FROM carrier_event AS kept
            WHERE kept.tenant_id = \(tenant)
                AND (kept.call_id, kept.kind, kept.dedupe_key)
                    > (\(after[0])::uuid, \(after[1])::text, \(after[2])::text)
            ORDER BY kept.call_id, kept.kind, kept.dedupe_key LIMIT 500
            """
        },
        ExportTable("usage_segments") { tenant, after in
            """
            SELECT kept.id::text AS key, (to_jsonb(kept) - 'tenant_id')::text AS line FROM usage_segment AS kept
            WHERE kept.tenant_id = \(tenant) AND kept.id > \(after[0])::uuid ORDER BY kept.id LIMIT 500
            """
        },
        ExportTable("provider_usage", by: ["call", "kind", "provider"], from: [least, "", ""]) { tenant, after in
            """
            SELECT kept.call_id::text AS call, kept.kind, kept.provider, (to_jsonb(kept) - 'tenant_id')::text AS line
            FROM provider_usage AS kept
            WHERE kept.tenant_id = \(tenant)
                AND (kept.call_id, kept.kind, kept.provider) > (\(after[0])::uuid, \(after[1])::text, \(after[2])::text)
            ORDER BY kept.call_id, kept.kind, kept.provider LIMIT 500
            """
        },
    ]
}
