import Credentials
import Database
import Foundation
import Kernel

/// The statements on `api_key`, in a tenant's scope.
struct APIKeyQueries {
    let transaction: Transaction
    let tenant: TenantID

    private static let lines: SQL = """
        SELECT key.id, key.name, key.prefix, key.scopes, key.created_by, known.name AS created_by_name, key.created_at,
            key.expires_at, key.last_used_at, key.revoked_at
        FROM api_key AS key JOIN person AS known ON known.id = key.created_by
        """

    func lines() throws -> [APIKeyLine] {
        try transaction.query(
            "\(Self.lines) WHERE key.tenant_id = \(tenant) ORDER BY key.created_at DESC, key.id"
        ).map(APIKeyLine.init(row:))
    }

    /// Locked until the transaction ends.
    func locked(_ id: APIKeyID) throws -> APIKeyLine? {
        try transaction.queryOne(
            "\(Self.lines) WHERE key.tenant_id = \(tenant) AND key.id = \(id) FOR UPDATE OF key"
        ).map(APIKeyLine.init(row:))
    }

    func insert(_ line: APIKeyLine, hash: Data) throws {
        try transaction.execute(
            """
            INSERT INTO api_key (tenant_id, id, name, prefix, hash, scopes, created_by, created_at, expires_at)
            VALUES (\(tenant), \(line.id), \(line.name), \(line.prefix), \(hash), \(line.scopes.map(\.rawValue)),
                \(line.createdBy), \(line.createdAt), \(line.expiresAt))
            """
        )
    }

    func revoke(_ id: APIKeyID, at date: Date) throws {
        try transaction.execute(
            "UPDATE api_key SET revoked_at = \(date) WHERE tenant_id = \(tenant) AND id = \(id)"
        )
    }

    func used(_ id: APIKeyID, at date: Date) throws {
        try transaction.execute(
            """
            UPDATE api_key SET last_used_at = \(date)
            WHERE tenant_id = \(tenant) AND id = \(id)
                AND (last_used_at IS NULL OR last_used_at <= \(date.addingTimeInterval(-APIKeys.useResolution)))
            """
        )
    }
}

extension APIKeyLine {
    fileprivate init(row: Row) throws {
        let names = Set(try row.get("scopes", as: [String].self))
        id = try row.get("id")
        name = try row.get("name")
        prefix = try row.get("prefix")
        scopes = AccessMatrix.keyScopes.filter { names.contains($0.rawValue) }
        createdBy = try row.get("created_by")
        createdByName = try row.get("created_by_name")
        createdAt = try row.get("created_at")
        expiresAt = try row.getOptional("expires_at")
        lastUsedAt = try row.getOptional("last_used_at")
        revokedAt = try row.getOptional("revoked_at")
    }
}
