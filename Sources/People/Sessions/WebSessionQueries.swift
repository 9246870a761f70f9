import Credentials
import Database
import Foundation
import Kernel

/// A session's row, locked.
struct SessionRow: Sendable {
    let id: WebSessionID
    let person: PersonID
    let level: SessionLevel
    let strongAt: Date?
}

/// The statements on `web_session`.
struct WebSessionQueries {
    let transaction: Transaction

    func insert(_ session: NewSession, from origin: RequestOrigin, endsAt: Date, at date: Date) throws {
        try transaction.execute(
            """
            INSERT INTO web_session (id, token_hash, person_id, level, created_at, seen_at, strong_at, ends_at,
                user_agent, address_prefix)
            VALUES (\(session.id), \(session.token.hash), \(session.person), \(session.level), \(date), \(date),
                \(session.level == .full ? date : nil), \(endsAt), \(origin.userAgent), \(origin.addressPrefix))
            """
        )
    }

    /// The running session of this person, locked until the transaction ends; nil if it is over.
    func locked(_ id: WebSessionID, of person: PersonID? = nil, at date: Date) throws -> SessionRow? {
        let row = try transaction.queryOne(
            """
            SELECT s.id, s.person_id, s.level, s.strong_at, s.seen_at, s.ends_at, m.role AS platform_role
            FROM web_session AS s JOIN person AS p ON p.id = s.person_id AND p.state = 'active'
                LEFT JOIN platform_member AS m ON m.person_id = s.person_id
            WHERE s.id = \(id) AND s.ended_at IS NULL AND s.person_id = COALESCE(\(person)::uuid, s.person_id)
            FOR UPDATE OF s
            """
        )
        guard let row else { return nil }
        let isAlive = SessionLimits.isAlive(
            seenAt: try row.get("seen_at"),
            endsAt: try row.get("ends_at"),
            endedAt: nil,
            platformRole: try row.getOptional("platform_role"),
            at: date
        )
        guard isAlive else { return nil }
        return SessionRow(
            id: try row.get("id"),
            person: try row.get("person_id"),
            level: try row.get("level"),
            strongAt: try row.getOptional("strong_at")
        )
    }

    /// Whose a session is that has not ended.
    func owner(of id: WebSessionID) throws -> PersonID? {
        try transaction.queryOne("SELECT person_id FROM web_session WHERE id = \(id) AND ended_at IS NULL")?
            .get("person_id")
    }

    /// Gives the session another token; the old one is dead from the next request on.
    func rotate(_ id: WebSessionID, to token: RandomToken) throws {
        try transaction.execute("UPDATE web_session SET token_hash = \(token.hash) WHERE id = \(id)")
    }

    /// Makes the session one that everything is served to.
    func raise(_ id: WebSessionID, to token: RandomToken, endsAt: Date, at date: Date) throws {
        try transaction.execute(
            """
            UPDATE web_session
            SET token_hash = \(token.hash), level = 'full', strong_at = \(date), seen_at = \(date), ends_at = \(endsAt)
            WHERE id = \(id)
            """
        )
    }

    func prove(_ id: WebSessionID, at date: Date) throws {
        try transaction.execute("UPDATE web_session SET strong_at = \(date) WHERE id = \(id)")
    }

    func touch(_ id: WebSessionID, at date: Date) throws {
        try transaction.execute(
            """
            UPDATE web_session SET seen_at = \(date)
            WHERE id = \(id) AND ended_at IS NULL AND seen_at <= \(date.addingTimeInterval(-SessionLimits.touch))
            """
        )
    }

    func show(_ tenant: TenantID?, support: SupportAccessID?, in id: WebSessionID) throws {
        try transaction.execute(
            """
            UPDATE web_session SET current_tenant = \(tenant), support_access = \(support)
            WHERE id = \(id) AND ended_at IS NULL
            """
        )
    }

    /// - Returns: whether it was running.
    func end(_ id: WebSessionID, of person: PersonID, _ reason: SessionEnd, at date: Date) throws -> Bool {
        try transaction.execute(
            """
            UPDATE web_session SET ended_at = \(date), end_reason = \(reason.rawValue)
            WHERE id = \(id) AND person_id = \(person) AND ended_at IS NULL
            """
        ) == 1
    }

    /// - Returns: how many were running.
    @discardableResult
    func endAll(of person: PersonID, except: WebSessionID?, _ reason: SessionEnd, at date: Date) throws -> Int {
        try transaction.execute(
            """
            UPDATE web_session SET ended_at = \(date), end_reason = \(reason.rawValue)
            WHERE person_id = \(person) AND ended_at IS NULL AND id IS DISTINCT FROM \(except)::uuid
            """
        )
    }

    /// The running ones, the last used first; at most 100.
    func running(of person: PersonID, current: WebSessionID?, at date: Date) throws -> [WebSessionLine] {
        let rows = try transaction.query(
            """
            SELECT s.id, s.created_at, s.seen_at, s.ends_at, s.address_prefix, s.user_agent, m.role AS platform_role
            FROM web_session AS s LEFT JOIN platform_member AS m ON m.person_id = s.person_id
            WHERE s.person_id = \(person) AND s.ended_at IS NULL AND s.ends_at > \(date)
            ORDER BY s.seen_at DESC, s.id LIMIT 100
            """
        )
        return try rows.compactMap { row in
            let id: WebSessionID = try row.get("id")
            let seenAt: Date = try row.get("seen_at")
            let isAlive = SessionLimits.isAlive(
                seenAt: seenAt,
                endsAt: try row.get("ends_at"),
                endedAt: nil,
                platformRole: try row.getOptional("platform_role"),
                at: date
            )
            guard isAlive else { return nil }
            return WebSessionLine(
                id: id,
                isCurrent: id == current,
                createdAt: try row.get("created_at"),
                seenAt: seenAt,
                addressPrefix: try row.get("address_prefix"),
                browser: BrowserName(userAgent: try row.get("user_agent"))
            )
        }
    }
}
