import Database
package import Foundation
package import Kernel

/// Somebody with a session, and where they work.
package struct MemberFixture: Sendable {
    package let person: PersonID
    package let email: String
    package let name: String
    package let session: SessionFixture
    /// What the cookie holds.
    package var token: String { session.token }
}

extension TestDatabase {
    /// A person who works in `tenant` and is signed in there with everything shown.
    /// - Parameter role: `owner`, `admin`, `editor`, `agent`, `billing` or `viewer`.
    package func makeMember(
        _ tenant: TenantID,
        _ role: String = "owner",
        email: String? = nil,
        name: String = "Anna Beispiel",
        at date: Date = Date()
    ) async throws -> MemberFixture {
        let member = try await makeSignedIn(email: email, name: name, tenant: tenant, at: date)
        try await app.withTenant(tenant) { transaction in
            try transaction.execute(
                """
                INSERT INTO membership (tenant_id, person_id, role) VALUES (\(tenant), \(member.person), \(role))
                """
            )
        }
        return member
    }

    /// A person with a session that has shown everything, and no membership.
    /// - Parameter platform: `operator` or `support` for somebody who works for the platform.
    package func makeSignedIn(
        email: String? = nil,
        name: String = "Anna Beispiel",
        platform: String? = nil,
        tenant: TenantID? = nil,
        at date: Date = Date()
    ) async throws -> MemberFixture {
        let email = email ?? "p-\(PersonID())@example.at"
        let person = try await makePerson(email: email, name: name, platform: platform, at: date)
        let session = try await makeSession(person: person, tenant: tenant, at: date)
        return MemberFixture(person: person, email: email, name: name, session: session)
    }

    /// The actions of the platform's chain without the openings of its door, oldest first.
    package func platformActions() async throws -> [String] {
        try await app.withPlatform(actor: "test", reason: "reading the chain") { transaction in
            try transaction.query(
                "SELECT action FROM platform_audit_entry WHERE action <> 'platform.opened' ORDER BY seq"
            ).map { try $0.get("action") }
        }
    }
}
