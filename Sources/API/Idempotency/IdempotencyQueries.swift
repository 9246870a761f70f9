import Database
import Foundation
import Kernel

/// One attempt at a request with an `Idempotency-Key`.
struct IdempotencyClaim: Sendable {
    let key: APIKeyID
    let text: String
    let hash: Data
    /// Tells this attempt from a later one that took its place.
    let at: Date
}

/// The statements on `api_idempotency`, in a tenant's scope.
struct IdempotencyQueries {
    let transaction: Transaction
    let tenant: TenantID

    enum Found: Sendable {
        case first
        case answered(Int, String?)
        case running
        case otherRequest
    }

    /// Removes up to 100 rows; those that somebody else is removing are passed over.
    func purge(before end: Date) throws -> Int {
        try transaction.execute(
            """
            DELETE FROM api_idempotency AS gone USING (
                SELECT key_id, idempotency_key FROM api_idempotency
                WHERE tenant_id = \(tenant) AND created_at < \(end) LIMIT 100 FOR UPDATE SKIP LOCKED
            ) AS old
            WHERE gone.tenant_id = \(tenant) AND gone.key_id = old.key_id
                AND gone.idempotency_key = old.idempotency_key
            """
        )
    }

    /// Removes the row of this key if it is too old, or nobody works on it any more.
    func forget(_ claim: IdempotencyClaim, runningSince lost: Date, keptSince old: Date) throws {
        try transaction.execute(
            """
            DELETE FROM api_idempotency
            WHERE tenant_id = \(tenant) AND key_id = \(claim.key) AND idempotency_key = \(claim.text)
                AND (created_at < \(old) OR status IS NULL AND created_at < \(lost))
            """
        )
    }

    /// Waits for an insertion of the same key that is under way.
    func begin(_ claim: IdempotencyClaim) throws -> Found {
        let inserted = try transaction.execute(
            """
            INSERT INTO api_idempotency (tenant_id, key_id, idempotency_key, request_hash, created_at)
            VALUES (\(tenant), \(claim.key), \(claim.text), \(claim.hash), \(claim.at))
            ON CONFLICT (tenant_id, key_id, idempotency_key) DO NOTHING
            """
        )
        guard inserted == 0 else { return .first }
        let row = try transaction.queryOne(
            """
            SELECT request_hash, status, body FROM api_idempotency
            WHERE tenant_id = \(tenant) AND key_id = \(claim.key) AND idempotency_key = \(claim.text)
            """
        )
        // Its attempt failed in between; the next one may begin.
        guard let row else { return .running }
        guard try row.get("request_hash", as: Data.self) == claim.hash else { return .otherRequest }
        guard let status = try row.getOptional("status", as: Int.self) else { return .running }
        let body = try row.getOptional("body", as: Data.self).map {
            try transaction.open($0, of: tenant, in: Self.cell(claim))
        }
        return .answered(status, body)
    }

    func finish(_ claim: IdempotencyClaim, status: Int, body: String?) throws {
        let sealed = try body.map { try transaction.seal($0, of: tenant, in: Self.cell(claim)) }
        try transaction.execute(
            """
            UPDATE api_idempotency SET status = \(status), body = \(sealed)
            WHERE tenant_id = \(tenant) AND key_id = \(claim.key) AND idempotency_key = \(claim.text)
                AND created_at = \(claim.at) AND status IS NULL
            """
        )
    }

    private static func cell(_ claim: IdempotencyClaim) -> SealedCell {
        SealedCell("api_idempotency.body", claim.key, claim.text)
    }

    func abandon(_ claim: IdempotencyClaim) throws {
        try transaction.execute(
            """
            DELETE FROM api_idempotency
            WHERE tenant_id = \(tenant) AND key_id = \(claim.key) AND idempotency_key = \(claim.text)
                AND created_at = \(claim.at) AND status IS NULL
            """
        )
    }
}
