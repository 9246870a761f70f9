import Database
import Foundation
import Kernel
import Localization
import Outbox
import Tenants
import TestSupport
import Testing

@Suite("The people of a tenant")
struct MemberBookTests {
    @Test("members are listed with name, address, role and when they were last there")
    func list() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant()
            let seen = Date(timeIntervalSince1970: 1_800_000_000)
            let anna = try await database.makeMember(tenant, "owner", name: "Anna", at: seen)
            _ = try await database.makeMember(tenant, "viewer", name: "Bert")
            _ = try await database.makeMember(try await database.makeTenant(), name: "Fremd")
            let members = try await fixture.members().members(tenant)
            #expect(members.map(\.name) == ["Anna", "Bert"])
            #expect(members.map(\.role) == [.owner, .viewer])
            #expect(members.first?.lastSeenAt == seen)
            #expect(members.first?.email == anna.email)
        }
    }

    @Test("G1: a changed role and an ended membership leave one line and one mail each, and none when repeated")
    func lines() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant()
            let owner = try await database.makeMember(tenant)
            let member = try await database.makeMember(tenant, "viewer")
            let other = try await database.makeMember(tenant, "viewer")
            let book = fixture.members()
            #expect(try await book.changeRole(tenant, member.person, to: .editor, by: Acting(owner)) == nil)
            #expect(try await book.changeRole(tenant, member.person, to: .editor, by: Acting(owner)) == nil)
            #expect(try await book.remove(tenant, member.person, by: Acting(owner)) == nil)
            #expect(try await book.remove(tenant, member.person, by: Acting(owner)) == .notAMember)
            #expect(try await book.leave(tenant, by: Acting(other)) == nil)
            #expect(
                try await database.auditActions(tenant) == ["member.role_changed", "member.removed", "member.left"]
            )
            #expect(try await fixture.mails() == ["role_changed", "member_removed"])
        }
    }

    @Test("G1: an act that is rolled back leaves neither line nor mail")
    func rollBack() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant()
            let owner = try await database.makeMember(tenant)
            // The only owner is disabled, which the statements let pass and the database refuses.
            try await database.app.withPlatform(actor: "test", reason: "test") { transaction in
                try transaction.execute("UPDATE person SET state = 'disabled' WHERE id = \(owner.person)")
            }
            let refusal = try await fixture.members()
                .changeRole(tenant, owner.person, to: .viewer, by: .operatorAnna)
            #expect(refusal == .lastOwner)
            #expect(try await database.auditCount(tenant) == 0)
            #expect(try await fixture.mails().isEmpty)
        }
    }

    @Test("G1: an act whose mail cannot be written is not done at all")
    func mailFails() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant()
            _ = try await database.makeMember(tenant)
            let member = try await database.makeMember(tenant, "viewer")
            let nameless = Acting(.platform("cli:anna"), name: "")
            await #expect(throws: OutboxError.arguments(names: ["actor"])) {
                try await fixture.members().changeRole(tenant, member.person, to: .admin, by: nameless)
            }
            #expect(try await fixture.visitor(member)?.standing?.position == .member(.viewer))
            #expect(try await database.auditCount(tenant) == 0)
            #expect(try await fixture.mails().isEmpty)
        }
    }

    @Test("the last owner can neither be demoted nor removed nor leave")
    func lastOwner() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant()
            let owner = try await database.makeMember(tenant)
            let book = fixture.members()
            #expect(try await book.changeRole(tenant, owner.person, to: .admin, by: Acting(owner)) == .lastOwner)
            #expect(try await book.remove(tenant, owner.person, by: .operatorAnna) == .lastOwner)
            #expect(try await book.leave(tenant, by: Acting(owner)) == .lastOwner)
            let second = try await database.makeMember(tenant)
            #expect(try await book.leave(tenant, by: Acting(owner)) == nil)
            #expect(try await book.leave(tenant, by: Acting(second)) == .lastOwner)
        }
    }

    @Test("of two owners who are demoted at the same time one remains", arguments: 1...4)
    func concurrentDemotions(round: Int) async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant()
            let owners = [try await database.makeMember(tenant), try await database.makeMember(tenant)]
            let book = fixture.members()
            let refusals = try await withThrowingTaskGroup(of: MemberRefusal?.self) { group in
                for owner in owners {
                    group.addTask { try await book.changeRole(tenant, owner.person, to: .viewer, by: .operatorAnna) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(refusals.filter { $0 == nil }.count == 1)
            #expect(refusals.filter { $0 == .lastOwner }.count == 1)
        }
    }

    @Test("the database itself keeps an owner, also against statements that race", arguments: 1...4)
    func concurrentStatements(round: Int) async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            let owners = [try await database.makeMember(tenant), try await database.makeMember(tenant)]
            let outcomes = await withTaskGroup(of: Bool.self) { group in
                for owner in owners {
                    group.addTask {
                        do {
                            try await database.app.withTenant(tenant) { transaction in
                                try transaction.execute("DELETE FROM membership WHERE person_id = \(owner.person)")
                            }
                            return true
                        } catch {
                            return false
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count { $0 } == 1)
        }
    }

    @Test("B8: only owners make, unmake and remove owners; only those with the permission touch anybody")
    func ownership() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant()
            let owner = try await database.makeMember(tenant)
            let admin = try await database.makeMember(tenant, "admin")
            let viewer = try await database.makeMember(tenant, "viewer")
            let stranger = try await database.makeMember(try await database.makeTenant())
            let book = fixture.members()
            #expect(try await book.changeRole(tenant, admin.person, to: .owner, by: Acting(admin)) == .notAllowed)
            #expect(try await book.changeRole(tenant, owner.person, to: .viewer, by: Acting(admin)) == .notAllowed)
            #expect(try await book.remove(tenant, owner.person, by: Acting(admin)) == .notAllowed)
            for nobody in [viewer, stranger] {
                let acting = Acting(nobody)
                #expect(try await book.changeRole(tenant, admin.person, to: .viewer, by: acting) == .notAllowed)
                #expect(try await book.changeRole(tenant, PersonID(), to: .viewer, by: acting) == .notAllowed)
                #expect(try await book.remove(tenant, admin.person, by: acting) == .notAllowed)
                #expect(
                    try await book.invite(tenant, email: "x@example.at", role: .viewer, language: .de, by: acting)
                        == .refused(.notAllowed)
                )
            }
            let asOwner = try await book.invite(
                tenant,
                email: "x@example.at",
                role: .owner,
                language: .de,
                by: Acting(admin)
            )
            #expect(asOwner == .refused(.notAllowed))
            #expect(try await book.changeRole(tenant, viewer.person, to: .editor, by: Acting(admin)) == nil)
            #expect(try await book.changeRole(tenant, admin.person, to: .owner, by: Acting(owner)) == nil)
            #expect(try await book.changeRole(tenant, PersonID(), to: .viewer, by: Acting(owner)) == .notAMember)
        }
    }

    @Test("in a closed tenant nothing is changed")
    func closedTenant() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant()
            let owner = try await database.makeMember(tenant)
            try await database.setState(tenant, "closed")
            let book = fixture.members()
            #expect(try await book.remove(tenant, owner.person, by: Acting(owner)) == .tenantClosed)
            let invited = try await book.invite(
                tenant,
                email: "x@example.at",
                role: .viewer,
                language: .de,
                by: Acting(owner)
            )
            #expect(invited == .refused(.tenantClosed))
        }
    }
}
