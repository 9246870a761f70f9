import Credentials
import Database
import Foundation
import Kernel

/// The statements on `person_token`.
struct TokenQueries {
    enum Kind: String, Sendable {
        case firstPassword = "first_password"
        case passwordReset = "password_reset"
        case emailChange = "email_change"
    }

    let transaction: Transaction

    /// For whoever has this address and is active.
    /// - Returns: whether anybody has.
    func insert(_ token: RandomToken, _ kind: Kind, for email: EmailAddress?, until: Date, at date: Date) throws -> Bool
    {
        try transaction.execute(
            """
            INSERT INTO person_token (hash, person_id, kind, created_at, expires_at)
            SELECT \(token.hash), id, \(kind.rawValue), \(date), \(until) FROM person
            WHERE email = \(email?.value ?? "") AND state = 'active'
            """
        ) == 1
    }

    func insert(
        _ token: RandomToken,
        _ kind: Kind,
        of person: PersonID,
        payload: String? = nil,
        until: Date,
        at date: Date
    ) throws {
        try transaction.execute(
            """
            INSERT INTO person_token (hash, person_id, kind, payload, created_at, expires_at)
            VALUES (\(token.hash), \(person), \(kind.rawValue), \(payload), \(date), \(until))
            """
        )
    }

    /// Whose a link is that can still be used.
    func owner(of token: RandomToken, _ kinds: [Kind], at date: Date) throws -> PersonID? {
        try transaction.queryOne(
            """
            SELECT t.person_id FROM person_token AS t JOIN person AS p ON p.id = t.person_id
            WHERE t.hash = \(token.hash) AND t.kind = ANY(\(kinds.map(\.rawValue))) AND t.used_at IS NULL
                AND t.expires_at > \(date) AND p.state = 'active'
            """
        )?.get("person_id")
    }

    /// Uses a link up; of concurrent uses one succeeds.
    func spend(_ token: RandomToken, at date: Date) throws -> (kind: Kind, person: PersonID, payload: String?)? {
        let row = try transaction.queryOne(
            """
            UPDATE person_token SET used_at = \(date)
            WHERE hash = \(token.hash) AND used_at IS NULL AND expires_at > \(date)
            RETURNING kind, person_id, payload
            """
        )
        guard let row, let kind = Kind(rawValue: try row.get("kind")) else { return nil }
        return (kind, try row.get("person_id"), try row.getOptional("payload"))
    }

    /// Makes every other link of the person useless.
    func removeAll(of person: PersonID) throws {
        try transaction.execute("DELETE FROM person_token WHERE person_id = \(person) AND used_at IS NULL")
    }
}
