package import Database
package import Foundation
package import Kernel
import Localization
import People

/// Turns the token of a cookie into whoever is behind it. Everything is read anew at each request, so that the end of a
/// session, a changed role and a removed member act on the next one (requirements B3, B8).
package struct VisitorBook: Sendable {
    private let database: Database
    private let time: TimeSource

    package init(_ database: Database, time: TimeSource) {
        self.database = database
        self.time = time
    }

    /// Who comes with a token, given by its SHA-256; nil for one that is unknown, ended, idle or expired, and for a
    /// person who is disabled. One statement in every case.
    ///
    /// A session that has only shown the password stands nowhere yet. A suspended tenant's members still read; a closed
    /// tenant is nobody's place.
    package func visitor(token: Data) async throws -> Visitor? {
        let now = time.now()
        return try await database.withoutTenant { transaction in
            let row = try transaction.queryOne(
                """
                SELECT session_id, level, created_at, seen_at, strong_at, ends_at, person_id AS id, email, name,
                    language, theme, platform_role, has_second_factor, tenant_id, tenant_slug, tenant_name,
                    tenant_state, tenant_language, tenant_region, tenant_time_zone, tenant_second_factor_required,
                    role, support_id, support_reason, support_expires_at, look_id, look_person, look_reason,
                    look_expires_at
                FROM visitor(\(token))
                """
            )
            return try row.flatMap { try Visitor(row: $0, at: now) }
        }
    }

    /// Where somebody works, by the tenants' names. Closed tenants are left out.
    package func tenants(of person: PersonID) async throws -> [Workplace] {
        try await database.withoutTenant { transaction in
            try transaction.query(
                "SELECT tenant_id, slug, name, state, role FROM tenants_of_person(\(person)) ORDER BY name, slug"
            ).map(Workplace.init(row:))
        }
    }
}

/// A tenant somebody is a member of, for the choice of where to go.
package struct Workplace: Sendable, Hashable {
    package let tenant: TenantID
    package let slug: TenantSlug
    package let name: String
    package let state: TenantState
    package let role: MemberRole
}

extension Workplace {
    init(row: Row) throws {
        guard let slug = TenantSlug(try row.get("slug")) else { throw TenantError.unreadable }
        tenant = try row.get("tenant_id")
        self.slug = slug
        name = try row.get("name")
        state = try row.get("state")
        role = try row.get("role")
    }
}

extension Visitor {
    /// Nil if the session's time is over at `now`.
    fileprivate init?(row: Row, at now: Date) throws {
        let session = VisitorSession(
            id: try row.get("session_id"),
            level: try row.get("level"),
            createdAt: try row.get("created_at"),
            seenAt: try row.get("seen_at"),
            strongAt: try row.getOptional("strong_at"),
            endsAt: try row.get("ends_at")
        )
        let platformRole: PlatformRole? = try row.getOptional("platform_role")
        let isAlive = SessionLimits.isAlive(
            seenAt: session.seenAt,
            endsAt: session.endsAt,
            endedAt: nil,
            platformRole: platformRole,
            at: now
        )
        guard isAlive else { return nil }
        self.init(
            session: session,
            person: try Person(row: row),
            platformRole: platformRole,
            hasSecondFactor: try row.get("has_second_factor"),
            standing: session.level == .full ? try Standing(row: row, at: now) : nil
        )
    }
}

extension Standing {
    /// Nil if the person stands nowhere. Support that runs goes before a membership.
    fileprivate init?(row: Row, at now: Date) throws {
        guard let tenant = try TenantFacts(row: row) else { return nil }
        if let id: SupportAccessID = try row.getOptional("support_id") {
            let access = SupportAccessFacts(
                id: id,
                reason: try row.get("support_reason"),
                expiresAt: try row.get("support_expires_at")
            )
            if now < access.expiresAt {
                self.init(tenant: tenant, position: .support(access))
                return
            }
        }
        guard let role: MemberRole = try row.getOptional("role") else { return nil }
        self.init(tenant: tenant, position: .member(role), look: try SupportLookFacts(row: row, at: now))
    }
}

extension SupportLookFacts {
    /// Nil if nobody looks in at `date`.
    fileprivate init?(row: Row, at date: Date) throws {
        guard let id: SupportAccessID = try row.getOptional("look_id") else { return nil }
        let expiresAt: Date = try row.get("look_expires_at")
        guard date < expiresAt else { return nil }
        self.init(
            id: id,
            personName: try row.get("look_person"),
            reason: try row.get("look_reason"),
            expiresAt: expiresAt
        )
    }
}

extension TenantFacts {
    fileprivate init?(row: Row) throws {
        guard let id: TenantID = try row.getOptional("tenant_id") else { return nil }
        guard let slug = TenantSlug(try row.get("tenant_slug")),
            let language = Language(tag: try row.get("tenant_language"))
        else { throw TenantError.unreadable }
        self.init(
            id: id,
            slug: slug,
            name: try row.get("tenant_name"),
            state: try row.get("tenant_state"),
            language: language,
            region: try row.get("tenant_region"),
            timeZone: try row.get("tenant_time_zone"),
            requiresSecondFactor: try row.get("tenant_second_factor_required")
        )
    }
}

extension MemberRole: PostgresValue {}
