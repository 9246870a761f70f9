import Database
import Foundation
import Kernel
import Secrets

/// The authenticator app of a person, as it is stored.
struct StoredTOTP: Sendable {
    let sealed: SealedValue
    let createdAt: Date
}

extension StoredTOTP {
    init(row: Row) throws {
        sealed = SealedValue(
            keyVersion: try row.get("key_version"),
            nonce: try row.get("nonce"),
            ciphertext: try row.get("ciphertext")
        )
        createdAt = try row.get("created_at")
    }
}

/// The statements on `totp_factor` and `recovery_code`.
struct FactorQueries {
    let transaction: Transaction

    /// The one that counts.
    func totp(of person: PersonID) throws -> StoredTOTP? {
        try transaction.queryOne("\(Self.stored) WHERE person_id = \(person) AND state = 'active'")
            .map(StoredTOTP.init(row:))
    }

    /// The one that this session set up and that waits for its first code.
    func waitingTOTP(of person: PersonID, session: WebSessionID) throws -> StoredTOTP? {
        try transaction.queryOne(
            "\(Self.stored) WHERE person_id = \(person) AND state = 'waiting' AND session_id = \(session)"
        ).map(StoredTOTP.init(row:))
    }

    /// Stores a secret that waits for its first code, in place of another one that waits.
    func begin(_ sealed: SealedValue, of person: PersonID, session: WebSessionID, at date: Date) throws {
        try transaction.execute(
            """
            INSERT INTO totp_factor (person_id, state, key_version, nonce, ciphertext, created_at, session_id)
            VALUES (\(person), 'waiting', \(sealed.keyVersion), \(sealed.nonce), \(sealed.ciphertext), \(date),
                \(session))
            ON CONFLICT (person_id, state) DO UPDATE SET key_version = EXCLUDED.key_version, nonce = EXCLUDED.nonce,
                ciphertext = EXCLUDED.ciphertext, created_at = EXCLUDED.created_at, session_id = EXCLUDED.session_id
            """
        )
    }

    /// Lets the one that waits count, in place of the one that counted.
    func confirm(step: Int64, of person: PersonID, session: WebSessionID, at date: Date) throws {
        try transaction.execute("DELETE FROM totp_factor WHERE person_id = \(person) AND state = 'active'")
        try transaction.execute(
            """
            UPDATE totp_factor SET state = 'active', confirmed_at = \(date), last_step = \(step), session_id = NULL
            WHERE person_id = \(person) AND state = 'waiting' AND session_id = \(session)
            """
        )
    }

    /// The one statement that decides whether a code is new; concurrent ones wait for each other.
    func spend(step: Int64, of person: PersonID) throws -> Bool {
        try transaction.execute(
            """
            UPDATE totp_factor SET last_step = \(step)
            WHERE person_id = \(person) AND state = 'active' AND last_step < \(step)
            """
        ) == 1
    }

    /// - Returns: whether there was one that counted.
    func removeTOTP(of person: PersonID) throws -> Bool {
        let removed = try transaction.query(
            "DELETE FROM totp_factor WHERE person_id = \(person) RETURNING state = 'active' AS was_active"
        )
        return try removed.contains { try $0.get("was_active") }
    }

    private static let stored: SQL = "SELECT key_version, nonce, ciphertext, created_at FROM totp_factor"

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
