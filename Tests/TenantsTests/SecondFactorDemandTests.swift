import Database
import Foundation
import Kernel
import People
import Tenants
import TestSupport
import Testing

@Suite("A tenant demands a second factor")
struct SecondFactorDemandTests {
    @Test("G1: an owner with a factor demands it and leaves it free again, one line each; visitors know at once")
    func life() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant()
            let owner = try await database.makeMember(tenant)
            let member = try await database.makeMember(tenant, "agent")
            try await database.makePasskey(owner.person)
            let book = TenantBook(database.app)
            for _ in 1...2 { #expect(try await book.demandSecondFactor(tenant, true, by: Acting(owner)) == nil) }
            #expect(try await book.tenant(tenant)?.requiresSecondFactor == true)
            #expect(try await fixture.visitor(owner)?.lacksDemandedFactor == false)
            #expect(try await fixture.visitor(member)?.lacksDemandedFactor == true)
            try await database.makePasskey(member.person)
            #expect(try await fixture.visitor(member)?.lacksDemandedFactor == false)
            for _ in 1...2 { #expect(try await book.demandSecondFactor(tenant, false, by: Acting(owner)) == nil) }
            #expect(try await book.tenant(tenant)?.requiresSecondFactor == false)
            let expected = ["tenant.second_factor_demanded", "tenant.second_factor_left_free"]
            #expect(try await database.auditActions(tenant) == expected)
        }
    }

    @Test("whoever has no factor cannot demand one, nor can anybody but an owner, and nothing is recorded")
    func refusals() async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            let owner = try await database.makeMember(tenant)
            let admin = try await database.makeMember(tenant, "admin")
            let stranger = try await database.makeMember(try await database.makeTenant())
            for person in [admin.person, stranger.person] { try await database.makePasskey(person) }
            let book = TenantBook(database.app)
            #expect(try await book.demandSecondFactor(tenant, true, by: Acting(owner)) == .ownFactorMissing)
            try await database.makeWaitingApp(owner.person)
            #expect(try await book.demandSecondFactor(tenant, true, by: Acting(owner)) == .ownFactorMissing)
            for person in [admin, stranger] {
                #expect(try await book.demandSecondFactor(tenant, true, by: Acting(person)) == .notAllowed)
            }
            let boss = Acting(.platform("cli:test"), name: "Betrieb")
            #expect(try await book.demandSecondFactor(tenant, true, by: boss) == .notAllowed)
            #expect(try await book.tenant(tenant)?.requiresSecondFactor == false)
            #expect(try await database.auditCount(tenant) == 0)
        }
    }

    @Test("other tenants of the same person are unaffected, and the list of members says who has a factor")
    func elsewhere() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let strict = try await database.makeTenant()
            let free = try await database.makeTenant()
            let owner = try await database.makeMember(strict)
            let member = try await database.makeMember(strict, "viewer")
            try await database.makePasskey(owner.person)
            #expect(try await TenantBook(database.app).demandSecondFactor(strict, true, by: Acting(owner)) == nil)
            try await database.app.withTenant(free) { transaction in
                try transaction.execute(
                    "INSERT INTO membership (tenant_id, person_id, role) VALUES (\(free), \(member.person), 'viewer')"
                )
            }
            #expect(try await fixture.visitor(member)?.lacksDemandedFactor == true)
            try await database.app.withoutTenant { transaction in
                try transaction.execute(
                    "UPDATE web_session SET current_tenant = \(free) WHERE id = \(member.session.id)"
                )
            }
            let visitor = try #require(try await fixture.visitor(member))
            #expect(visitor.standing?.tenant.id == free && !visitor.lacksDemandedFactor)
            let members = try await fixture.members().members(strict)
            #expect(Set(members.filter(\.hasSecondFactor).map(\.person)) == [owner.person])
            #expect(members.count == 2)
        }
    }

    @Test("members know of the look that is going on; one that ended by itself or by somebody is none")
    func looks() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let now = Date()
            let tenant = try await database.makeTenant()
            let owner = try await database.makeMember(tenant, at: now)
            let staff = try await database.makeSignedIn(name: "Max Plattner", platform: "support", at: now)
            #expect(try await fixture.visitor(owner, at: now)?.standing?.look == nil)
            let begun = try await fixture.support(at: now).begin(
                tenant,
                person: staff.person,
                session: staff.session.id,
                reason: "Ticket 2231: Übergabe bricht ab",
                from: .test
            )
            guard case .begun(let access) = begun else {
                Issue.record("not begun")
                return
            }
            let look = try #require(try await fixture.visitor(owner, at: now)?.standing?.look)
            #expect(look.id == access.id && look.personName == "Max Plattner" && look.reason == access.reason)
            let over = now.addingTimeInterval(31 * 60)
            #expect(try await fixture.visitor(owner, at: over)?.standing?.look == nil)
            #expect(try await fixture.support(at: now).end(tenant, access.id, by: Acting(owner)) == nil)
            #expect(try await fixture.visitor(owner, at: now)?.standing?.look == nil)
        }
    }
}
