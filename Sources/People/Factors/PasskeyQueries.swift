import Credentials
import Database
import Foundation
import Kernel

/// A passkey with its owner, locked.
struct StoredPasskey: Sendable {
    let id: PasskeyID
    let person: PersonID
    let known: KnownPasskey
}

/// The statements on `passkey` and `web_challenge`.
struct PasskeyQueries {
    enum ChallengeKind: String, Sendable {
        case signIn = "passkey_sign_in"
        case secondFactor = "passkey_second_factor"
        case register = "passkey_register"
    }

    let transaction: Transaction

    /// Keeps a challenge, and lets some that have expired go.
    func keep(
        _ challenge: Data,
        _ kind: ChallengeKind,
        person: PersonID?,
        session: WebSessionID?,
        until: Date,
        at date: Date
    ) throws -> UUID {
        try transaction.execute(
            """
            DELETE FROM web_challenge WHERE id IN (
                SELECT id FROM web_challenge WHERE expires_at <= \(date) ORDER BY expires_at LIMIT 20
                FOR UPDATE SKIP LOCKED)
            """
        )
        let id = UUID()
        try transaction.execute(
            """
            INSERT INTO web_challenge (id, kind, person_id, session_id, challenge, created_at, expires_at)
            VALUES (\(id), \(kind.rawValue), \(person), \(session), \(challenge), \(date), \(until))
            """
        )
        return id
    }

    /// The challenge, which is gone afterwards: it is good once, and only where it was asked for.
    func take(_ id: UUID, _ kind: ChallengeKind, session: WebSessionID?, at date: Date) throws -> Data? {
        try transaction.queryOne(
            """
            DELETE FROM web_challenge
            WHERE id = \(id) AND kind = \(kind.rawValue) AND session_id IS NOT DISTINCT FROM \(session)::uuid
            RETURNING CASE WHEN expires_at > \(date) THEN challenge END AS challenge
            """
        )?.getOptional("challenge")
    }

    func find(credential: Data) throws -> StoredPasskey? {
        try transaction.queryOne(
            """
            SELECT id, person_id, credential_id, public_key, algorithm, sign_count FROM passkey
            WHERE credential_id = \(credential) FOR UPDATE
            """
        ).map { row in
            StoredPasskey(
                id: try row.get("id"),
                person: try row.get("person_id"),
                known: KnownPasskey(
                    credentialID: try row.get("credential_id"),
                    publicKey: try row.get("public_key"),
                    algorithm: try row.get("algorithm"),
                    signCount: UInt32(clamping: try row.get("sign_count", as: Int64.self))
                )
            )
        }
    }

    func used(_ id: PasskeyID, count: UInt32, at date: Date) throws {
        try transaction.execute(
            "UPDATE passkey SET sign_count = \(Int64(count)), last_used_at = \(date) WHERE id = \(id)"
        )
    }

    func descriptors(of person: PersonID) throws -> [PasskeyDescriptor] {
        try transaction.query("SELECT credential_id, transports FROM passkey WHERE person_id = \(person) ORDER BY id")
            .map { PasskeyDescriptor(credentialID: try $0.get("credential_id"), transports: try $0.get("transports")) }
    }

    func list(of person: PersonID) throws -> [PasskeyLine] {
        try transaction.query(
            """
            SELECT id, name, backed_up, created_at, last_used_at FROM passkey
            WHERE person_id = \(person) ORDER BY created_at, id
            """
        ).map { row in
            PasskeyLine(
                id: try row.get("id"),
                name: try row.get("name"),
                isBackedUp: try row.get("backed_up"),
                createdAt: try row.get("created_at"),
                lastUsedAt: try row.getOptional("last_used_at")
            )
        }
    }

    /// - Returns: whether it is new; false if the credential is registered already.
    func insert(_ passkey: RegisteredPasskey, name: String, of person: PersonID, at date: Date) throws -> Bool {
        try transaction.execute(
            """
            INSERT INTO passkey (person_id, credential_id, public_key, algorithm, sign_count, transports, name,
                backed_up, created_at)
            VALUES (\(person), \(passkey.credentialID), \(passkey.publicKey), \(passkey.algorithm),
                \(Int64(passkey.signCount)), \(passkey.transports), \(name), \(passkey.backedUp), \(date))
            ON CONFLICT (credential_id) DO NOTHING
            """
        ) == 1
    }

    func rename(_ id: PasskeyID, of person: PersonID, to name: String) throws -> Bool {
        try transaction.execute("UPDATE passkey SET name = \(name) WHERE id = \(id) AND person_id = \(person)") == 1
    }

    func remove(_ id: PasskeyID, of person: PersonID) throws -> Bool {
        try transaction.execute("DELETE FROM passkey WHERE id = \(id) AND person_id = \(person)") == 1
    }
}
