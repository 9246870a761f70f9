import Database

/// What the catalogue of a migrated database must look like (requirements A1, A2, A4–A6). Each rule answers with one
/// sentence per fault, none if all is well. Whoever adds an exception states its reason.
struct CatalogLint {
    let transaction: Transaction

    /// Tables without rows of tenants.
    static let tablesWithoutTenant = [
        "schema_migration": "the files that were applied",
        "node_lease": "heartbeats of processes",
        "mail_outbox": "mails to people, who belong to no tenant; what they say is sealed",
        "platform_audit_detail": "the platform's own chain",
        "platform_audit_entry": "the platform's own chain",
        "platform_audit_head": "the platform's own chain",
        "person": "a person belongs to no tenant; memberships do",
        "platform_member": "who works for the platform",
        "totp_factor": "a person's own; the secret is sealed",
        "recovery_code": "a person's own; hashes of random codes",
        "passkey": "a person's own; public keys",
        "web_session": "a person's own; hashes of random tokens",
        "web_challenge": "random bytes for one sign-in",
        "person_token": "a person's own; hashes of random tokens",
        "sign_in_event": "of people, and of accounts that do not exist; copied into the chains",
        "denied_request": "the platform's question whose an object is; it is answered afterwards",
    ]

    /// Unique or exclusive over all tenants. A conflict tells a tenant that a value exists elsewhere, so each is a
    /// value that is public, or that nobody can choose.
    static let globallyUnique = [
        "tenant_pkey": "the tenant itself; random",
        "tenant_slug_key": "chosen by the operator only",
        "call_call_sid_key": "given by the carrier",
        "number_ownership_one_owner": "a number belongs to one tenant at a time; it is verified at the carrier first",
        "number_ownership_quarantine": "a released number rests",
        "invitation_token_hash_key": "the hash of a random token",
        "api_key_hash_key": "the hash of a random key",
    ]

    /// Policies besides `tenant_scope`: table, policy and the group it is for.
    static let otherPolicies = [
        "tenant platform va_platform": "the platform creates and suspends tenants",
        "tenant router va_router": "routing needs the tenant's state and limits",
        "number_ownership platform va_platform": "the platform moves numbers between tenants",
        "number_ownership router va_router": "routing",
        "number_assignment platform va_platform": "the platform moves numbers between tenants",
        "number_assignment router va_router": "routing",
        "call platform va_platform": "counts of calls, by granted columns",
        "call router va_router": "callbacks know only the CallSid",
        "call_leg platform va_platform": "usage",
        "call_leg router va_router": "legs of dead processes",
        "usage_segment platform va_platform": "usage",
        "provider_usage platform va_platform": "usage",
        "audit_entry platform va_platform": "acts of the platform on a tenant stand in the tenant's chain",
        "audit_head platform va_platform": "as above",
        "audit_detail platform va_platform": "as above",
        "outbox platform va_platform": "consequences of acts of the platform",
        "outbox router va_router": "workers claim rows of all tenants",
        "membership platform va_platform": "owners are written to, wrong roles are told from foreign objects",
        "membership router va_router": "where a visitor stands",
        "invitation platform va_platform": "whose an object is that was refused, by granted columns",
        "invitation router va_router": "a link that leads to a tenant",
        "api_key platform va_platform": "whose an object is that was refused, by granted columns",
        "api_key router va_router": "whose a key is",
        "support_access platform va_platform": "the platform's own acts",
        "support_access router va_router": "where a visitor stands",
        "flow platform va_platform": "whose an object is that was refused, by granted columns",
        "flow_version platform va_platform": "as above",
    ].merging(erased.map { ("\($0) eraser va_eraser", "the end of a closed tenant") }) { first, _ in first }

    /// What the end of a tenant takes from, by the one function of va_eraser.
    private static let erased = [
        "api_idempotency", "api_key", "audit_detail", "call", "call_state", "carrier_event", "flow", "flow_version",
        "invitation", "membership", "outbox", "sign_in_copy", "support_access", "tenant", "tenant_model_key",
        "transcript_turn",
    ]

    /// Functions that run with the rights of va_router, or of va_eraser.
    static let definerFunctions = [
        "route_number": "who answers a dialled number",
        "pinned_call": "whose a call is",
        "orphaned_legs": "legs of dead processes",
        "claim_outbox": "workers claim rows of all tenants",
        "visitor": "who is behind a cookie",
        "tenants_of_person": "where somebody works",
        "open_invitation": "where an invitation leads",
        "api_key_owner": "whose a key of the API is",
        eraser: "the end of a closed tenant",
    ]

    /// The one function of va_eraser.
    static let eraser = "erase_tenant"

    /// Rows that are inserted and then only read.
    static let appendOnly = [
        "audit_entry", "platform_audit_entry", "usage_segment", "transcript_turn", "carrier_event",
    ]

    static let scope = """
        ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")
        """

    func allFaults() throws -> [String] {
        try tableFaults() + policyFaults() + foreignKeyFaults() + uniquenessFaults() + viewFaults()
            + functionFaults() + grantFaults() + roleFaults()
    }

    private func names(_ sql: SQL) throws -> [String] {
        try transaction.query(sql).map { try $0.get("name", as: String.self) }
    }

    /// Tables that hold rows of tenants: those with `tenant_id`, and `tenant`.
    func tenantTables() throws -> [String] {
        try names(
            """
            SELECT relname::text AS name FROM pg_class AS c
            WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND (relname = 'tenant' OR EXISTS (
                SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'tenant_id' AND NOT attisdropped))
            ORDER BY 1
            """
        )
    }

    func tableFaults() throws -> [String] {
        let rows = try transaction.query(
            """
            SELECT relname::text AS name, relrowsecurity AS enabled, relforcerowsecurity AS forced,
                (SELECT attnotnull FROM pg_attribute AS a
                    WHERE a.attrelid = c.oid AND attname = CASE relname WHEN 'tenant' THEN 'id' ELSE 'tenant_id' END
                        AND NOT attisdropped) AS required
            FROM pg_class AS c
            WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'f')
            """
        )
        return try rows.flatMap { row -> [String] in
            let name: String = try row.get("name")
            if Self.tablesWithoutTenant[name] != nil { return [] }
            guard let required = try row.getOptional("required", as: Bool.self) else {
                return ["\(name): no tenant_id, and not on the list of tables without"]
            }
            return [
                required ? nil : "\(name): tenant_id may be null",
                try row.get("enabled", as: Bool.self) ? nil : "\(name): row-level security is not enabled",
                try row.get("forced", as: Bool.self) ? nil : "\(name): row-level security is not forced",
            ].compactMap { $0 }
        }
    }

    func policyFaults() throws -> [String] {
        let policies = try transaction.query(
            """
            SELECT c.relname::text AS name, p.polname::text AS policy, p.polcmd = '*' AS for_all,
                p.polpermissive AS permissive, pg_get_expr(p.polqual, p.polrelid) AS visible,
                pg_get_expr(p.polwithcheck, p.polrelid) AS writable,
                ARRAY(SELECT CASE r WHEN 0 THEN 'public' ELSE pg_get_userbyid(r)::text END FROM unnest(p.polroles) AS r)
                    AS roles
            FROM pg_policy AS p JOIN pg_class AS c ON c.oid = p.polrelid
            """
        )
        var scoped = Set<String>()
        var faults: [String] = []
        for row in policies {
            let name: String = try row.get("name")
            let policy: String = try row.get("policy")
            let roles = try row.get("roles", as: [String].self).joined(separator: ",")
            if roles == "va_app" {
                let expected = "(\(name == "tenant" ? "id" : "tenant_id") = \(Self.scope))"
                let isScope =
                    try row.getOptional("visible", as: String.self) == expected
                    && row.getOptional("writable", as: String.self) == expected
                    && row.get("for_all", as: Bool.self) && row.get("permissive", as: Bool.self)
                if isScope {
                    scoped.insert(name)
                } else {
                    faults.append("\(name): \(policy) is not the tenant's scope")
                }
            } else if Self.otherPolicies["\(name) \(policy) \(roles)"] == nil {
                faults.append("\(name): \(policy) to \(roles) is not on the list")
            }
        }
        return try faults + tenantTables().filter { !scoped.contains($0) }.map { "\($0): no scope of the tenant" }
    }

    /// Between tables of tenants the tenant is part of the key: referential checks do not see row-level security.
    func foreignKeyFaults() throws -> [String] {
        let tables = try Set(tenantTables())
        let keys = try transaction.query(
            """
            SELECT k.conname::text AS name, c.relname::text AS source, f.relname::text AS target,
                ARRAY(SELECT a.attname::text || '=' || b.attname::text
                    FROM unnest(k.conkey, k.confkey) AS pair(a, b)
                    JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = pair.a
                    JOIN pg_attribute AS b ON b.attrelid = k.confrelid AND b.attnum = pair.b) AS pairs
            FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conrelid JOIN pg_class AS f ON f.oid = k.confrelid
            WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace
            """
        )
        return try keys.compactMap { row in
            let target: String = try row.get("target")
            guard tables.contains(target) else { return nil }
            let wanted = target == "tenant" ? "tenant_id=id" : "tenant_id=tenant_id"
            let pairs: [String] = try row.get("pairs")
            return pairs.contains(wanted)
                ? nil
                : "\(try row.get("source", as: String.self)): \(try row.get("name", as: String.self)) without tenant"
        }
    }

    func uniquenessFaults() throws -> [String] {
        let tables = try Set(tenantTables())
        let indexes = try transaction.query(
            """
            SELECT i.relname::text AS name, t.relname::text AS source,
                EXISTS (SELECT FROM pg_attribute WHERE attrelid = t.oid AND attname = 'tenant_id'
                    AND attnum = ANY(x.indkey)) AS has_tenant
            FROM pg_index AS x JOIN pg_class AS i ON i.oid = x.indexrelid JOIN pg_class AS t ON t.oid = x.indrelid
            WHERE (x.indisunique OR x.indisexclusion) AND t.relnamespace = 'public'::regnamespace
            """
        )
        return try indexes.compactMap { row in
            let name: String = try row.get("name")
            let source: String = try row.get("source")
            let isFine = try row.get("has_tenant", as: Bool.self) || Self.globallyUnique[name] != nil
            return isFine || !tables.contains(source) ? nil : "\(source): \(name) is unique over all tenants"
        }
    }

    func viewFaults() throws -> [String] {
        try names(
            """
            SELECT relname::text AS name FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND (relkind = 'm'
                OR (relkind = 'v' AND NOT COALESCE(reloptions @> ARRAY['security_invoker=true'], false)))
            """
        ).map { "\($0): a view that does not run as its reader" }
    }

    func functionFaults() throws -> [String] {
        let functions = try transaction.query(
            """
            SELECT p.proname::text AS name, p.prosecdef AS definer, pg_get_userbyid(p.proowner)::text AS owner,
                COALESCE('search_path=pg_catalog, public, pg_temp' = ANY(p.proconfig), false) AS fixed_path,
                p.proacl IS NULL OR EXISTS (SELECT FROM aclexplode(p.proacl) WHERE grantee = 0) AS is_public
            FROM pg_proc AS p
            WHERE p.pronamespace = 'public'::regnamespace AND NOT EXISTS (
                SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'e')
            """
        )
        return try functions.flatMap { row -> [String] in
            let name: String = try row.get("name")
            let isDefiner: Bool = try row.get("definer")
            let isListed = Self.definerFunctions[name] != nil
            let owner = name == Self.eraser ? "va_eraser" : "va_router"
            return [
                isDefiner && !isListed ? "\(name): runs as its owner and is not on the list" : nil,
                try isDefiner && row.get("owner", as: String.self) != owner ? "\(name): not \(owner)'s" : nil,
                try row.get("fixed_path", as: Bool.self) ? nil : "\(name): its search_path is not fixed",
                try row.get("is_public", as: Bool.self) ? "\(name): anybody may execute it" : nil,
            ].compactMap { $0 }
        }
    }

    func grantFaults() throws -> [String] {
        let rewritable = try names(
            """
            SELECT format('%s: %s may change what was recorded', c.relname, g.rolname) AS name
            FROM pg_class AS c CROSS JOIN pg_roles AS g
            WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY(\(Self.appendOnly))
                AND g.rolname IN ('va_app', 'va_platform', 'va_router')
                AND (has_table_privilege(g.oid, c.oid, 'DELETE') OR has_any_column_privilege(g.oid, c.oid, 'UPDATE'))
            """
        )
        let truncatable = try names(
            """
            SELECT format('%s: %s may truncate or add triggers or references', c.relname, g.rolname) AS name
            FROM pg_class AS c CROSS JOIN pg_roles AS g
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
                AND g.rolname IN ('va_app', 'va_platform', 'va_router', 'va_eraser')
                AND (has_table_privilege(g.oid, c.oid, 'TRUNCATE') OR has_table_privilege(g.oid, c.oid, 'TRIGGER')
                    OR has_any_column_privilege(g.oid, c.oid, 'REFERENCES'))
            """
        )
        let open = try names(
            """
            SELECT format('%s: granted to everybody', c.relname) AS name
            FROM pg_class AS c CROSS JOIN LATERAL aclexplode(c.relacl) AS acl
            WHERE c.relnamespace = 'public'::regnamespace AND acl.grantee = 0
            """
        )
        let platforms = try names(
            """
            SELECT format('%s: the application sees the platform''s chain', c.relname) AS name
            FROM pg_class AS c
            WHERE c.relnamespace = 'public'::regnamespace AND c.relname LIKE 'platform_audit%'
                AND (has_any_column_privilege('va_app', c.oid, 'SELECT') OR has_table_privilege('va_app', c.oid, 'INSERT'))
            """
        )
        let appointed = try names(
            """
            SELECT format('%s: %s may appoint people of the platform', c.relname, g.rolname) AS name
            FROM pg_class AS c CROSS JOIN pg_roles AS g
            WHERE c.oid = 'platform_member'::regclass AND g.rolname IN ('va_app', 'va_router')
                AND (has_any_column_privilege(g.oid, c.oid, 'INSERT') OR has_any_column_privilege(g.oid, c.oid, 'UPDATE')
                    OR has_table_privilege(g.oid, c.oid, 'DELETE'))
            """
        )
        return rewritable + truncatable + open + platforms + appointed
    }

    /// The groups cannot sign in, own nothing but the definer functions, and va_router and va_eraser have no members.
    func roleFaults() throws -> [String] {
        let powers = try names(
            """
            SELECT format('%s: can sign in or has powers', rolname) AS name FROM pg_roles
            WHERE rolname IN ('va_app', 'va_platform', 'va_router', 'va_eraser')
                AND (rolcanlogin OR rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)
            """
        )
        let members = try names(
            """
            SELECT format('%s: %s is a member', pg_get_userbyid(roleid), pg_get_userbyid(member)) AS name
            FROM pg_auth_members WHERE roleid IN ('va_router'::regrole, 'va_eraser'::regrole)
            """
        )
        let owned = try names(
            """
            SELECT format('%s: owned by %s', c.relname, pg_get_userbyid(c.relowner)) AS name FROM pg_class AS c
            WHERE pg_get_userbyid(c.relowner) IN ('va_app', 'va_platform', 'va_router', 'va_eraser')
            """
        )
        return powers + members + owned
    }
}
