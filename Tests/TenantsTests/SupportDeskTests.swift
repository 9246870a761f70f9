import Database
import Foundation
import Kernel
import Tenants
import TestSupport
import Testing

@Suite("Support looks into a tenant")
struct SupportDeskTests {
    private let reason = "Kunde meldet stumme Anrufe, Ticket 4711"

    private func begin(
        _ fixture: TenantsFixture,
        _ tenant: TenantID,
        _ staff: MemberFixture,
        reason: String? = nil,
        minutes: Int = 30,
        at now: Date = Date()
    ) async throws -> SupportDesk.Beginning {
        try await fixture.support(at: now).begin(
            tenant,
            person: staff.person,
            session: staff.session.id,
            reason: reason ?? self.reason,
            minutes: minutes,
            from: .test
        )
    }

    @Test("it stands in the tenant with its reason until the time is over, told to owners and both chains")
    func life() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant()
            _ = try await database.makeMember(tenant, "owner")
            _ = try await database.makeMember(tenant, "viewer")
            let now = Date(timeIntervalSince1970: 1_900_000_000)
            let staff = try await database.makeSignedIn(name: "Max Plattner", platform: "support", at: now)
            guard case .begun(let access) = try await begin(fixture, tenant, staff, minutes: 10, at: now) else {
                Issue.record("not begun")
                return
            }
            guard case .support(let facts)? = try await fixture.visitor(staff, at: now)?.standing?.position else {
                Issue.record("stands nowhere")
                return
            }
            #expect(facts.id == access.id)
            #expect(facts.reason == reason)
            #expect(try await fixture.support(at: now).running(tenant).map(\.personName) == ["Max Plattner"])
            let end = now.addingTimeInterval(600)
            let after = try #require(try await fixture.visitor(staff, at: end))
            #expect(after.standing == nil)
            #expect(try await fixture.support(at: end).running(tenant).isEmpty)
            #expect(try await fixture.support(at: end).history(tenant).map(\.id) == [access.id])
            #expect(try await fixture.mails() == ["support_access_started"])
            #expect(try await database.auditActions(tenant) == ["support.started"])
            #expect(try await database.platformActions() == ["support.started"])
        }
    }

    @Test("support ends it, and an owner or admin of the tenant does; nobody else")
    func endings() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant()
            let owner = try await database.makeMember(tenant)
            let admin = try await database.makeMember(tenant, "admin")
            let editor = try await database.makeMember(tenant, "editor")
            let staff = try await database.makeSignedIn(platform: "support")
            let colleague = try await database.makeSignedIn(platform: "support")
            let desk = fixture.support()
            for ending in [owner, admin, nil] {
                guard case .begun(let access) = try await begin(fixture, tenant, staff) else {
                    Issue.record("not begun")
                    return
                }
                #expect(try await desk.end(tenant, access.id, by: Acting(editor)) == .notAllowed)
                let byColleague = try await desk.end(tenant, access.id, person: colleague.person, from: .test)
                #expect(byColleague == .notAllowed)
                let refusal =
                    if let ending {
                        try await desk.end(tenant, access.id, by: Acting(ending))
                    } else {
                        try await desk.end(tenant, access.id, person: staff.person, from: .test)
                    }
                #expect(refusal == nil)
                let visitor = try #require(try await fixture.visitor(staff))
                #expect(visitor.standing == nil)
                #expect(try await desk.end(tenant, access.id, by: Acting(owner)) == .accessOver)
            }
            let expected = (1...3).flatMap { _ in ["support.started", "support.ended"] }
            #expect(try await database.auditActions(tenant) == expected)
            #expect(try await database.platformActions() == expected)
        }
    }

    @Test("who is not support, gives no reason or asks for too long is refused, without a line or a mail")
    func refusals() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant()
            let owner = try await database.makeMember(tenant)
            let boss = try await database.makeSignedIn(platform: "operator")
            let staff = try await database.makeSignedIn(platform: "support")
            #expect(try await begin(fixture, tenant, owner) == .refused(.notAllowed))
            #expect(try await begin(fixture, tenant, boss) == .refused(.notAllowed))
            #expect(try await begin(fixture, tenant, staff, reason: "  zu  kurz ") == .refused(.reasonTooShort))
            let endless = String(repeating: "x", count: 501)
            #expect(try await begin(fixture, tenant, staff, reason: endless) == .refused(.reasonTooLong))
            for minutes in [4, 481] {
                #expect(try await begin(fixture, tenant, staff, minutes: minutes) == .refused(.durationOutOfBounds))
            }
            #expect(try await begin(fixture, TenantID(), staff) == .refused(.noSuchTenant))
            let foreignSession = try await fixture.support().begin(
                tenant,
                person: staff.person,
                session: owner.session.id,
                reason: reason,
                from: .test
            )
            #expect(foreignSession == .refused(.sessionOver))
            #expect(try await database.auditCount(tenant) == 0)
            #expect(try await database.platformActions().isEmpty)
            #expect(try await fixture.mails().isEmpty)
        }
    }

    @Test("whoever loses the role of support stands nowhere on the next request")
    func demoted() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant()
            let staff = try await database.makeSignedIn(platform: "support")
            _ = try await begin(fixture, tenant, staff)
            #expect(try await fixture.visitor(staff)?.standing != nil)
            try await database.app.withPlatform(actor: "test", reason: "test") { transaction in
                try transaction.execute(
                    "UPDATE platform_member SET role = 'operator' WHERE person_id = \(staff.person)"
                )
            }
            let visitor = try #require(try await fixture.visitor(staff))
            #expect(visitor.standing == nil)
        }
    }
}
