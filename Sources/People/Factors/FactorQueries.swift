import Database
import Foundation
import Kernel
import Secrets

/// The authenticator app of a person, as it is stored.
struct StoredTOTP: Sendable {
    let sealed: SealedValue
    let isConfirmed: Bool
    let createdAt: Date
    /// Which session set it up; nil once it is confirmed.
    let session: WebSessionID?
}

/// The statements on `totp_factor` and `recovery_code`.
struct FactorQueries {
    let transaction: Transaction

    func totp(of person: PersonID) throws -> StoredTOTP? {
        try transaction.queryOne(
            """
            SELECT key_version, nonce, ciphertext, confirmed_at, created_at, session_id FROM totp_factor
            WHERE person_id = \(person)
            """
        ).map { row in
            StoredTOTP(
                sealed: SealedValue(
                    keyVersion: try row.get("key_version"),
                    nonce: try row.get("nonce"),
                    ciphertext: try row.get("ciphertext")
                ),
                isConfirmed: try row.getOptional("confirmed_at", as: Date.self) != nil,
                createdAt: try row.get("created_at"),
                session: try row.getOptional("session_id")
            )
        }
    }

    /// Stores a secret that waits for its first code, in place of another one that waits.
    /// - Returns: whether it did; false if a confirmed one is there.
    func begin(_ sealed: SealedValue, of person: PersonID, session: WebSessionID, at date: Date) throws -> Bool {
        try transaction.execute(
            """
            INSERT INTO totp_factor (person_id, key_version, nonce, ciphertext, created_at, session_id)
            VALUES (\(person), \(sealed.keyVersion), \(sealed.nonce), \(sealed.ciphertext), \(date), \(session))
            ON CONFLICT (person_id) DO UPDATE SET key_version = EXCLUDED.key_version, nonce = EXCLUDED.nonce,
                ciphertext = EXCLUDED.ciphertext, created_at = EXCLUDED.created_at, session_id = EXCLUDED.session_id
            WHERE totp_factor.confirmed_at IS NULL
            """
        ) == 1
    }

    /// - Returns: whether it waited for its first code, and this one is not older than any that was accepted.
    func confirm(step: Int64, of person: PersonID, session: WebSessionID, at date: Date) throws -> Bool {
        try transaction.execute(
            """
            UPDATE totp_factor SET confirmed_at = \(date), last_step = \(step), session_id = NULL
            WHERE person_id = \(person) AND session_id = \(session) AND confirmed_at IS NULL AND last_step < \(step)
            """
        ) == 1
    }

    /// The one statement that decides whether a code is new; concurrent ones wait for each other.
    func spend(step: Int64, of person: PersonID) throws -> Bool {
        try transaction.execute(
            """
            UPDATE totp_factor SET last_step = \(step)
            WHERE person_id = \(person) AND confirmed_at IS NOT NULL AND last_step < \(step)
            """
        ) == 1
    }

    /// - Returns: whether there was a confirmed one.
    func removeTOTP(of person: PersonID) throws -> Bool {
        try transaction.queryOne(
            "DELETE FROM totp_factor WHERE person_id = \(person) RETURNING confirmed_at IS NOT NULL AS was_confirmed"
        )?.get("was_confirmed") ?? false
    }

    func spend(recovery hash: Data, of person: PersonID, at date: Date) throws -> Bool {
        try transaction.queryOne(
            """
            UPDATE recovery_code SET used_at = \(date)
            WHERE person_id = \(person) AND hash = \(hash) AND used_at IS NULL RETURNING used_at
            """
        ) != nil
    }

    func replaceRecoveryCodes(of person: PersonID, by hashes: [Data]) throws {
        try removeRecoveryCodes(of: person)
        try transaction.execute(
            "INSERT INTO recovery_code (person_id, hash) SELECT \(person), unnest(\(hashes)::bytea[])"
        )
    }

    func removeRecoveryCodes(of person: PersonID) throws {
        try transaction.execute("DELETE FROM recovery_code WHERE person_id = \(person)")
    }

    func recoveryCodesLeft(of person: PersonID) throws -> Int {
        try transaction.queryOne(
            "SELECT count(*) AS n FROM recovery_code WHERE person_id = \(person) AND used_at IS NULL"
        )?.get("n") ?? 0
    }
}
