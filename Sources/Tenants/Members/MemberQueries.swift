import Database
import Foundation
import Kernel
import Localization
import People

/// The statements on `membership`, in a tenant's scope.
struct MemberQueries {
    let transaction: Transaction
    let tenant: TenantID

    /// The tenant's name and state. Its row stays locked until the transaction ends, so that acts on its people form a
    /// line.
    func lockedTenant() throws -> (name: String, state: TenantState)? {
        try transaction.queryOne("SELECT name, state FROM tenant WHERE id = \(tenant) FOR NO KEY UPDATE").map { row in
            (try row.get("name"), try row.get("state"))
        }
    }

    func role(of person: PersonID) throws -> MemberRole? {
        try transaction.queryOne(
            "SELECT role FROM membership WHERE tenant_id = \(tenant) AND person_id = \(person)"
        ).map { try $0.get("role") }
    }

    /// Whether whoever acts has the permission now.
    func allows(_ acting: Acting, _ permission: Permission) throws -> Bool {
        switch acting.authority {
        case .platform: true
        case .member(let person):
            try role(of: person).map { AccessMatrix.allows(.member($0), permission) } ?? false
        }
    }

    func members() throws -> [Member] {
        try transaction.query(
            """
            SELECT member.person_id, known.email, known.name, member.role, member.created_at,
                (SELECT max(session.seen_at) FROM web_session AS session
                    WHERE session.person_id = member.person_id AND session.current_tenant = member.tenant_id)
                    AS last_seen_at,
                \(Self.hasSecondFactor) AS has_second_factor
            FROM membership AS member JOIN person AS known ON known.id = member.person_id
            WHERE member.tenant_id = \(tenant)
            ORDER BY known.name, known.email
            """
        ).map(Member.init(row:))
    }

    func member(_ person: PersonID) throws -> Person? {
        try transaction.queryOne(
            """
            SELECT known.id, known.email, known.name, known.language, known.theme
            FROM membership AS member JOIN person AS known ON known.id = member.person_id
            WHERE member.tenant_id = \(tenant) AND member.person_id = \(person)
            """
        ).map(Person.init(row:))
    }

    func hasSecondFactor(_ person: PersonID) throws -> Bool {
        try transaction.queryOne(
            "SELECT \(Self.hasSecondFactor) AS has_second_factor FROM person AS known WHERE known.id = \(person)"
        )?.get("has_second_factor") ?? false
    }

    /// Of `known`: an app that was confirmed, or a passkey.
    private static let hasSecondFactor: SQL = """
        (EXISTS (SELECT FROM totp_factor AS app WHERE app.person_id = known.id AND app.state = 'active')
            OR EXISTS (SELECT FROM passkey WHERE passkey.person_id = known.id))
        """

    func isMember(_ email: EmailAddress) throws -> Bool {
        try transaction.queryOne(
            """
            SELECT 1 AS found FROM membership AS member JOIN person AS known ON known.id = member.person_id
            WHERE member.tenant_id = \(tenant) AND known.email = \(email)
            """
        ) != nil
    }

    /// Those who are written to about the tenant's affairs; also behind the platform's door.
    func owners() throws -> [Recipient] {
        try transaction.query(
            """
            SELECT known.id, known.email, known.name, known.language
            FROM membership AS member JOIN person AS known ON known.id = member.person_id AND known.state = 'active'
            WHERE member.tenant_id = \(tenant) AND member.role = 'owner'
            ORDER BY known.email
            """
        ).map(Recipient.init(row:))
    }

    func insert(_ person: PersonID, _ role: MemberRole, invitedBy: PersonID?, at date: Date) throws {
        try transaction.execute(
            """
            INSERT INTO membership (tenant_id, person_id, role, invited_by, created_at)
            VALUES (\(tenant), \(person), \(role), \(invitedBy), \(date))
            """
        )
    }

    func set(_ role: MemberRole, of person: PersonID) throws {
        try transaction.execute(
            "UPDATE membership SET role = \(role) WHERE tenant_id = \(tenant) AND person_id = \(person)"
        )
    }

    func remove(_ person: PersonID) throws {
        try transaction.execute("DELETE FROM membership WHERE tenant_id = \(tenant) AND person_id = \(person)")
    }
}

extension Member {
    fileprivate init(row: Row) throws {
        person = try row.get("person_id")
        email = try row.get("email")
        name = try row.get("name")
        role = try row.get("role")
        since = try row.get("created_at")
        lastSeenAt = try row.getOptional("last_seen_at")
        hasSecondFactor = try row.get("has_second_factor")
    }
}
