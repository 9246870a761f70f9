import Credentials
import Database
import Foundation
import Kernel
import Localization
import People

/// The statements on `invitation`, in a tenant's scope.
struct InvitationQueries {
    let transaction: Transaction
    let tenant: TenantID

    private static let columns: SQL = "id, email, role, language, created_at, expires_at"
    private static let isOpen: SQL = "accepted_at IS NULL AND revoked_at IS NULL"

    func open() throws -> [Invitation] {
        try transaction.query(
            """
            SELECT \(Self.columns) FROM invitation WHERE tenant_id = \(tenant) AND \(Self.isOpen)
            ORDER BY created_at DESC, id
            """
        ).map(Invitation.init(row:))
    }

    /// How many were sent after `date`, whatever became of them.
    func count(since date: Date) throws -> Int {
        try transaction.queryOne(
            "SELECT count(*) AS sent FROM invitation WHERE tenant_id = \(tenant) AND created_at > \(date)"
        ).map { try $0.get("sent") } ?? 0
    }

    /// Locked until the transaction ends; nil if it is over.
    func locked(_ id: InvitationID) throws -> Invitation? {
        try transaction.queryOne(
            """
            SELECT \(Self.columns) FROM invitation
            WHERE tenant_id = \(tenant) AND id = \(id) AND \(Self.isOpen) FOR UPDATE
            """
        ).map(Invitation.init(row:))
    }

    func insert(_ invitation: Invitation, token: RandomToken, by person: PersonID?) throws {
        try transaction.execute(
            """
            INSERT INTO invitation (tenant_id, id, email, role, token_hash, language, invited_by, created_at, expires_at)
            VALUES (\(tenant), \(invitation.id), \(invitation.email), \(invitation.role), \(token.hash),
                \(invitation.language.rawValue), \(person), \(invitation.createdAt), \(invitation.expiresAt))
            """
        )
    }

    func inviter(of id: InvitationID) throws -> PersonID? {
        try transaction.queryOne("SELECT invited_by FROM invitation WHERE tenant_id = \(tenant) AND id = \(id)")
            .flatMap { try $0.getOptional("invited_by") }
    }

    func revoke(_ id: InvitationID, at date: Date) throws {
        try transaction.execute(
            "UPDATE invitation SET revoked_at = \(date) WHERE tenant_id = \(tenant) AND id = \(id)"
        )
    }

    func accept(_ id: InvitationID, by person: PersonID, at date: Date) throws {
        try transaction.execute(
            """
            UPDATE invitation SET accepted_at = \(date), accepted_by = \(person)
            WHERE tenant_id = \(tenant) AND id = \(id)
            """
        )
    }
}

extension Invitation {
    fileprivate init(row: Row) throws {
        id = try row.get("id")
        email = try row.get("email")
        role = try row.get("role")
        language = Language(rawValue: try row.get("language")) ?? .de
        createdAt = try row.get("created_at")
        expiresAt = try row.get("expires_at")
    }
}
