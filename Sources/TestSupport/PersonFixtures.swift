import Database
package import Foundation
package import Kernel

/// A session that a browser has, made without a password.
package struct SessionFixture: Sendable {
    package let id: WebSessionID
    package let person: PersonID
    /// What the cookie holds.
    package let token: String
}

extension TestDatabase {
    /// Somebody who can sign in, made without the cost of a password.
    ///
    /// - Parameters:
    ///   - platform: `operator` or `support`; nil for somebody who does not work for the platform.
    ///   - passwordHash: as `PasswordHash.text` spells it.
    package func makePerson(
        email: String? = nil,
        name: String = "Anna Beispiel",
        language: String = "de",
        platform: String? = nil,
        passwordHash: String? = nil,
        at date: Date = Date()
    ) async throws -> PersonID {
        let id = PersonID()
        let email = email ?? "p-\(id)@example.at"
        try await app.withoutTenant { transaction in
            try transaction.execute(
                """
                INSERT INTO person (id, email, name, language, password_hash, password_changed_at)
                VALUES (\(id), \(email), \(name), \(language), \(passwordHash), \(passwordHash.map { _ in date }))
                """
            )
        }
        if let platform {
            try await app.withPlatform(actor: "test", reason: "fixture") { transaction in
                try transaction.execute("INSERT INTO platform_member (person_id, role) VALUES (\(id), \(platform))")
            }
        }
        return id
    }

    /// A running session of `person`, with a factor proven just now if everything is served to it.
    ///
    /// - Parameters:
    ///   - level: `full`, or `password` while the second factor is still asked for.
    ///   - tenant: which one the pages show; a membership is another matter.
    package func makeSession(
        person: PersonID,
        level: String = "full",
        tenant: TenantID? = nil,
        at date: Date = Date()
    ) async throws -> SessionFixture {
        let id = WebSessionID()
        var generator = SystemRandomNumberGenerator()
        let bytes = Data((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
        try await app.withoutTenant { transaction in
            try transaction.execute(
                """
                INSERT INTO web_session (id, token_hash, person_id, level, current_tenant, created_at, seen_at,
                    strong_at, ends_at)
                VALUES (\(id), sha256(\(bytes)::bytea), \(person), \(level), \(tenant), \(date), \(date),
                    \(level == "full" ? date : nil), \(date.addingTimeInterval(12 * 3_600)))
                """
            )
        }
        let token = bytes.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
        return SessionFixture(id: id, person: person, token: token)
    }
}
