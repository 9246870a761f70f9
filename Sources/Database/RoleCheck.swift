/// What a login may be (requirement A1): nothing that could reach past row-level security.
struct RoleCheck {
    /// The group the login must be a member of, and the ones it must not.
    let group: String
    let foreignGroups: [String]

    static let application = RoleCheck(group: "va_app", foreignGroups: ["va_platform", "va_router", "va_eraser"])
    static let platform = RoleCheck(group: "va_platform", foreignGroups: ["va_app", "va_router", "va_eraser"])

    /// What is wrong with the login of `transaction`; empty if nothing is.
    func faults(_ transaction: Transaction) throws -> [String] {
        guard
            let row = try transaction.queryOne(
                """
                SELECT me.rolname AS login, me.rolsuper AS super, me.rolbypassrls AS bypass,
                    me.rolcreaterole AS creates_roles,
                    COALESCE(pg_has_role(wanted.oid, 'USAGE'), false) AS in_group,
                    ARRAY(SELECT other.rolname::text FROM pg_roles AS other
                        WHERE other.rolname = ANY(\(foreignGroups)) AND pg_has_role(other.oid, 'MEMBER')
                        ORDER BY 1) AS foreign_groups,
                    ARRAY(SELECT DISTINCT owner.rolname::text FROM pg_class AS object
                        JOIN pg_namespace AS space ON space.oid = object.relnamespace
                        JOIN pg_roles AS owner ON owner.oid = object.relowner
                        WHERE space.nspname = 'public' AND pg_has_role(owner.oid, 'MEMBER')
                        ORDER BY 1) AS owners,
                    EXISTS (SELECT FROM pg_database AS this
                        WHERE this.datname = current_database() AND pg_has_role(this.datdba, 'MEMBER'))
                        AS owns_database,
                    has_schema_privilege('public', 'CREATE') AS may_create,
                    session_user = current_user AS is_itself
                FROM pg_roles AS me
                LEFT JOIN pg_roles AS wanted ON wanted.rolname = \(group)
                WHERE me.rolname = current_user
                """
            )
        else { return ["the login has no row in pg_roles"] }
        let login: String = try row.get("login")
        let foreignGroups: [String] = try row.get("foreign_groups")
        let owners: [String] = try row.get("owners")
        let rules: [(Bool, String)] = [
            (try row.get("super"), "is a superuser"),
            (try row.get("bypass"), "bypasses row-level security"),
            (try row.get("creates_roles"), "may create roles"),
            (try !row.get("in_group", as: Bool.self), "is not a member of \(group)"),
            (!foreignGroups.isEmpty, "is a member of \(foreignGroups.joined(separator: ", "))"),
            (!owners.isEmpty, "owns objects, itself or as a member of \(owners.joined(separator: ", "))"),
            (try row.get("owns_database"), "owns the database, itself or as a member of its owner"),
            (try row.get("may_create"), "may create objects in the schema public"),
            (try !row.get("is_itself", as: Bool.self), "acts as another role than it signed in as"),
        ]
        return rules.filter(\.0).map { "\(login) \($0.1)" }
    }
}

/// The logins of the configuration could reach past row-level security; nothing may be served with them.
package struct UnsafeRoles: Error, Equatable, CustomStringConvertible {
    /// One sentence each, naming the login.
    package let faults: [String]

    package init(faults: [String]) {
        self.faults = faults
    }

    package var description: String { faults.joined(separator: "; ") }
}
