import Database
package import Foundation
package import Kernel

extension TestDatabase {
    /// A passkey that nobody can use, for what only asks whether there is one.
    package func makePasskey(_ person: PersonID, at date: Date = Date()) async throws {
        let credential = Data(UUID().uuidString.utf8)
        try await app.withoutTenant { transaction in
            try transaction.execute(
                """
                INSERT INTO passkey (person_id, credential_id, public_key, algorithm, sign_count, name, backed_up,
                    created_at)
                VALUES (\(person), \(credential), \(Data([0])), -7, 0, 'Notebook', false, \(date))
                """
            )
        }
    }

    /// Lets the tenant demand a second factor, whoever has one.
    package func demandSecondFactor(in tenant: TenantID) async throws {
        try await app.withTenant(tenant) { transaction in
            try transaction.execute("UPDATE tenant SET second_factor_required = true WHERE id = \(tenant)")
        }
    }

    /// An authenticator app that was never confirmed and so is no factor.
    package func makeWaitingApp(_ person: PersonID) async throws {
        try await app.withoutTenant { transaction in
            try transaction.execute(
                """
                INSERT INTO totp_factor (person_id, state, key_version, nonce, ciphertext)
                VALUES (\(person), 'waiting', 1, \(Data([0])), \(Data([0])))
                """
            )
        }
    }
}
