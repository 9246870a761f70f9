import Credentials
import Database
import Foundation
import Kernel
import Localization
import People
import Tenants
import TestSupport
import Testing

@Suite("The operator resets lost factors")
struct PersonDeskTests {
    private let boss = Acting(.platform("cli:test"), name: "Betrieb")
    private let reason = "Telefon verloren; am Telefon an zwei Rechnungen erkannt"

    private func desk(_ fixture: TenantsFixture) throws -> PersonDesk {
        let factors = FactorReset(
            outbox: fixture.outbox,
            links: AccountLinks(base: "https://voice.example"),
            catalog: try Catalog.load(resources: RepositoryFolder.resources),
            time: .fixed(Date())
        )
        return PersonDesk(fixture.database.app, factors: factors)
    }

    /// Somebody with an app, a waiting app, a passkey and two recovery codes, one of which is used.
    private func equip(_ person: PersonID, _ database: TestDatabase) async throws {
        try await database.makePasskey(person)
        try await database.makeWaitingApp(person)
        let hashes = [Data(repeating: 1, count: 32), Data(repeating: 2, count: 32)]
        try await database.app.withoutTenant { transaction in
            try transaction.execute(
                """
                INSERT INTO totp_factor (person_id, state, key_version, nonce, ciphertext, confirmed_at)
                VALUES (\(person), 'active', 1, \(Data([0])), \(Data([0])), now())
                """
            )
            try transaction.execute(
                "INSERT INTO recovery_code (person_id, hash) SELECT \(person), unnest(\(hashes)::bytea[])"
            )
            try transaction.execute(
                "UPDATE recovery_code SET used_at = now() WHERE person_id = \(person) AND hash = \(hashes[0])"
            )
        }
    }

    private func left(_ person: PersonID, _ database: TestDatabase) async throws -> Int {
        try await database.app.withoutTenant { transaction in
            try transaction.queryOne(
                """
                SELECT (SELECT count(*) FROM totp_factor WHERE person_id = \(person))
                    + (SELECT count(*) FROM passkey WHERE person_id = \(person))
                    + (SELECT count(*) FROM recovery_code WHERE person_id = \(person)) AS n
                """
            )?.get("n") ?? -1
        }
    }

    @Test("G1, B5: all factors and sessions go, the password stays, a mail tells, and each chain has one line")
    func reset() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let first = try await database.makeTenant()
            let second = try await database.makeTenant()
            let closed = try await database.makeTenant()
            let other = try await database.makeTenant()
            let anna = try await database.makeMember(first, "admin", email: "anna@muster.example")
            for tenant in [second, closed] {
                try await database.app.withTenant(tenant) { transaction in
                    try transaction.execute(
                        "INSERT INTO membership (tenant_id, person_id, role) VALUES (\(tenant), \(anna.person), 'agent')"
                    )
                }
            }
            try await database.app.withPlatform(actor: "test", reason: "fixture") { transaction in
                try transaction.execute("UPDATE tenant SET state = 'closed' WHERE id = \(closed)")
            }
            try await database.app.withoutTenant { transaction in
                try transaction.execute(
                    """
                    UPDATE person SET password_hash = 'unchanged', password_changed_at = now()
                    WHERE id = \(anna.person)
                    """
                )
            }
            let elsewhere = try await database.makeSession(person: anna.person)
            let bystander = try await database.makeMember(first, "agent")
            try await equip(anna.person, database)
            try await database.makePasskey(bystander.person)
            let refusal = try await desk(fixture).resetFactors(
                anna.person,
                confirming: "  Anna@Muster.example ",
                reason: reason,
                by: boss
            )
            #expect(refusal == nil)
            #expect(try await left(anna.person, database) == 0)
            #expect(try await left(bystander.person, database) == 1)
            #expect(try await fixture.visitor(anna) == nil)
            #expect(try await fixture.visitor(bystander) != nil)
            let kept = try await database.app.withoutTenant { transaction in
                let row = try transaction.queryOne(
                    """
                    SELECT password_hash, (SELECT end_reason FROM web_session WHERE id = \(elsewhere.id)) AS end_reason
                    FROM person WHERE id = \(anna.person)
                    """
                )
                return try [row?.get("password_hash", as: String.self), row?.get("end_reason", as: String.self)]
            }
            #expect(kept == ["unchanged", "factors_reset"])
            #expect(try await fixture.mails() == ["second_factors_reset"])
            for tenant in [first, second] {
                #expect(try await database.auditActions(tenant) == ["person.factors_reset"])
            }
            for tenant in [closed, other] { #expect(try await database.auditCount(tenant) == 0) }
            #expect(try await database.platformActions() == ["person.factors_reset"])
            let line = try await database.app.withTenant(first) { transaction in
                let row = try transaction.queryOne(
                    """
                    SELECT actor->>'kind' AS kind, reason, before->>'passkeys' AS passkeys,
                        before->>'recovery_codes' AS codes, before->>'sessions' AS sessions FROM audit_entry
                    """
                )
                return try ["kind", "reason", "passkeys", "codes", "sessions"].map { try row?.get($0, as: String.self) }
            }
            #expect(line == ["operator", reason, "1", "1", "2"])
        }
    }

    @Test("another address, no reason, no factor, nobody, oneself, and people of tenants: refused, and nothing changes")
    func refusals() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant()
            let anna = try await database.makeMember(tenant, "owner", email: "anna@muster.example")
            let bare = try await database.makeMember(tenant, "agent", email: "berta@muster.example")
            let olga = try await database.makeSignedIn(email: "olga@betrieb.example", platform: "operator")
            for person in [anna.person, olga.person] { try await database.makePasskey(person) }
            let desk = try desk(fixture)
            func ask(
                _ person: PersonID,
                _ typed: String,
                _ reason: String,
                _ acting: Acting
            ) async throws
                -> FactorResetRefusal?
            {
                try await desk.resetFactors(person, confirming: typed, reason: reason, by: acting)
            }
            let itself = Acting(.platform("\(olga.person)"), name: "Olga")
            #expect(try await ask(anna.person, "berta@muster.example", reason, boss) == .emailDiffers)
            #expect(try await ask(anna.person, "", reason, boss) == .emailDiffers)
            #expect(try await ask(anna.person, anna.email, " \n ", boss) == .reasonMissing)
            #expect(try await ask(bare.person, bare.email, reason, boss) == .nothingToReset)
            #expect(try await ask(PersonID(), anna.email, reason, boss) == .noSuchPerson)
            #expect(try await ask(olga.person, olga.email, reason, itself) == .ownAccount)
            #expect(try await ask(bare.person, bare.email, reason, Acting(anna)) == .notAllowed)
            let unknown = try #require(EmailAddress("niemand@muster.example"))
            #expect(try await desk.resetFactors(unknown, reason: reason, by: boss) == .noSuchPerson)
            for person in [anna, bare] { #expect(try await fixture.visitor(person) != nil) }
            #expect(try await left(anna.person, database) == 1)
            #expect(try await fixture.mails().isEmpty)
            #expect(try await database.auditCount(tenant) == 0)
            #expect(try await database.platformActions().isEmpty)
            let address = try #require(EmailAddress(anna.email))
            #expect(try await desk.resetFactors(address, reason: reason, by: boss) == nil)
            #expect(try await left(anna.person, database) == 0)
        }
    }
}
