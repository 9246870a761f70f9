import Database
import Foundation
import Kernel
import People

/// The statements on `support_access`; behind the platform's door or in the tenant's scope.
struct SupportQueries {
    let transaction: Transaction
    let tenant: TenantID

    /// Whether the person works for the platform's support now.
    func isSupport(_ person: PersonID) throws -> Bool {
        try transaction.queryOne(
            """
            SELECT 1 AS found FROM platform_member AS staff
            JOIN person AS known ON known.id = staff.person_id AND known.state = 'active'
            WHERE staff.person_id = \(person) AND staff.role = 'support'
            """
        ) != nil
    }

    func tenantName() throws -> String? {
        try transaction.queryOne("SELECT name FROM tenant WHERE id = \(tenant) AND state <> 'closed'")
            .map { try $0.get("name") }
    }

    func name(of person: PersonID) throws -> String {
        try transaction.queryOne("SELECT name FROM person WHERE id = \(person)").map { try $0.get("name") } ?? ""
    }

    func insert(_ access: SupportAccess) throws {
        try transaction.execute(
            """
            INSERT INTO support_access (tenant_id, id, person_id, reason, started_at, expires_at)
            VALUES (\(tenant), \(access.id), \(access.person), \(access.reason), \(access.startedAt),
                \(access.expiresAt))
            """
        )
    }

    /// Lets a running session of the person show the tenant.
    /// - Returns: whether there is such a session.
    func show(_ access: SupportAccess, in session: WebSessionID) throws -> Bool {
        try transaction.execute(
            """
            UPDATE web_session SET current_tenant = \(tenant), support_access = \(access.id)
            WHERE id = \(session) AND person_id = \(access.person) AND ended_at IS NULL
            """
        ) == 1
    }

    /// Sessions that show it show nothing from now on.
    func hide(_ access: SupportAccess) throws {
        try transaction.execute(
            """
            UPDATE web_session SET current_tenant = NULL, support_access = NULL
            WHERE person_id = \(access.person) AND support_access = \(access.id) AND ended_at IS NULL
            """
        )
    }

    /// Locked until the transaction ends; nil if it is over at `date`.
    func running(_ id: SupportAccessID, at date: Date) throws -> SupportAccess? {
        try transaction.queryOne(
            """
            \(Self.lines) WHERE access.tenant_id = \(tenant) AND access.id = \(id) AND access.ended_at IS NULL
                AND access.expires_at > \(date)
            FOR UPDATE OF access
            """
        ).map(SupportAccess.init(row:))
    }

    func running(at date: Date) throws -> [SupportAccess] {
        try transaction.query(
            """
            \(Self.lines) WHERE access.tenant_id = \(tenant) AND access.ended_at IS NULL AND access.expires_at > \(date)
            ORDER BY access.started_at DESC
            """
        ).map(SupportAccess.init(row:))
    }

    func latest(_ count: Int) throws -> [SupportAccess] {
        try transaction.query(
            "\(Self.lines) WHERE access.tenant_id = \(tenant) ORDER BY access.started_at DESC LIMIT \(count)"
        ).map(SupportAccess.init(row:))
    }

    /// Not before it began, by whatever clock.
    func end(_ id: SupportAccessID, at date: Date) throws {
        try transaction.execute(
            """
            UPDATE support_access SET ended_at = GREATEST(started_at, \(date)::timestamptz)
            WHERE tenant_id = \(tenant) AND id = \(id)
            """
        )
    }

    private static let lines: SQL = """
        SELECT access.id, access.person_id, known.name AS person_name, access.reason, access.started_at,
            access.expires_at, access.ended_at
        FROM support_access AS access JOIN person AS known ON known.id = access.person_id
        """
}

extension SupportAccess {
    fileprivate init(row: Row) throws {
        id = try row.get("id")
        person = try row.get("person_id")
        personName = try row.get("person_name")
        reason = try row.get("reason")
        startedAt = try row.get("started_at")
        expiresAt = try row.get("expires_at")
        endedAt = try row.getOptional("ended_at")
    }
}
