import Audit
import Database
import Foundation
import Kernel
import People
import Tenants
import TestSupport
import Testing

@Suite("The operator's list of people")
struct PersonReadingTests {
    private let actor = AuditActor(.operator, "cli:test")

    private func emails(
        _ reading: PersonReading,
        _ filter: PersonFilter = PersonFilter(),
        _ order: PersonOrder = .email,
        descending: Bool = false
    ) async throws -> [String] {
        try await reading.page(
            filter,
            order: order,
            descending: descending,
            offset: 0,
            limit: 25,
            actor: actor
        ).lines.map(\.email)
    }

    @Test("people are found by name and address, narrowed by state and factor, sorted, and cut into pages")
    func list() async throws {
        try await withTestDatabase { database in
            let reading = PersonReading(database.app)
            let tenant = try await database.makeTenant()
            let anna = try await database.makeMember(tenant, email: "anna@muster.example", name: "Anna Größl")
            let berta = try await database.makeMember(tenant, "agent", email: "berta@muster.example", name: "Berta")
            _ = try await database.makeSignedIn(email: "olga@betrieb.example", name: "Olga", platform: "operator")
            try await database.makePasskey(anna.person)
            try await database.app.withPlatform(actor: "test", reason: "fixture") { transaction in
                try transaction.execute("UPDATE person SET state = 'disabled' WHERE id = \(berta.person)")
            }
            let seen = Date(timeIntervalSince1970: 1_900_000_000)
            try await database.app.withoutTenant { transaction in
                try transaction.execute("UPDATE person SET last_signed_in_at = \(seen) WHERE id = \(anna.person)")
            }
            let all = ["anna@muster.example", "berta@muster.example", "olga@betrieb.example"]
            #expect(try await emails(reading) == all)
            #expect(try await emails(reading, descending: true) == all.reversed())
            for order in PersonOrder.allCases {
                for descending in [true, false] {
                    #expect(try await Set(emails(reading, PersonFilter(), order, descending: descending)) == Set(all))
                }
            }
            #expect(try await emails(reading, PersonFilter(), .lastSignIn, descending: true).first == all[0])
            #expect(try await emails(reading, PersonFilter(search: "größ")) == [all[0]])
            #expect(try await emails(reading, PersonFilter(search: "BETRIEB.example")) == [all[2]])
            #expect(try await emails(reading, PersonFilter(search: "100%")) == [])
            #expect(try await emails(reading, PersonFilter(isActive: false)) == [all[1]])
            #expect(try await emails(reading, PersonFilter(hasSecondFactor: true)) == [all[0]])
            #expect(try await emails(reading, PersonFilter(isActive: true, hasSecondFactor: false)) == [all[2]])
            let page = try await reading.page(PersonFilter(), order: .email, offset: 1, limit: 1, actor: actor)
            #expect(page.total == 3 && page.lines.map(\.email) == [all[1]])
            let line = try #require(
                try await reading.page(PersonFilter(), offset: 0, limit: 1, actor: actor).lines.first
            )
            #expect(line.workplaces == 1 && line.hasSecondFactor && line.lastSignedInAt == seen)
        }
    }

    @Test("one person's page names tenants with roles, kinds of factors with dates, and nothing of closed tenants")
    func detail() async throws {
        try await withTestDatabase { database in
            let reading = PersonReading(database.app)
            let tenant = try await database.makeTenant(slug: "muster")
            let closed = try await database.makeTenant(slug: "zu")
            let anna = try await database.makeMember(tenant, "editor")
            try await database.app.withTenant(closed) { transaction in
                try transaction.execute(
                    "INSERT INTO membership (tenant_id, person_id, role) VALUES (\(closed), \(anna.person), 'agent')"
                )
            }
            try await database.app.withPlatform(actor: "test", reason: "fixture") { transaction in
                try transaction.execute("UPDATE tenant SET state = 'closed' WHERE id = \(closed)")
            }
            let since = Date(timeIntervalSince1970: 1_800_000_000)
            try await database.makePasskey(anna.person, at: since)
            let detail = try #require(try await reading.detail(anna.person, actor: actor))
            #expect(detail.workplaces.map(\.slug.value) == ["muster"] && detail.workplaces.map(\.role) == [.editor])
            #expect(detail.passkeys.map(\.since) == [since] && detail.passkeys.allSatisfy { $0.lastUsedAt == nil })
            #expect(detail.appSince == nil && detail.recoveryCodesLeft == 0)
            #expect(try await reading.detail(PersonID(), actor: actor) == nil)
        }
    }

    @Test("G1: the table for spreadsheets is recorded once with its number of lines")
    func sheet() async throws {
        try await withTestDatabase { database in
            _ = try await database.makeSignedIn()
            let lines = try await PersonReading(database.app).sheet(PersonFilter(), actor: actor)
            #expect(lines.count == 1)
            #expect(try await database.platformActions() == ["person.list_exported"])
        }
    }
}
