import Credentials
import Database
import Foundation
import Kernel
import People
import Tenants
import TestSupport
import Testing

@Suite("Visitors")
struct VisitorBookTests {
    @Test("a member with a running session stands in the tenant with their role")
    func standing() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant(slug: "autohaus-donau")
            for role in MemberRole.allCases {
                let member = try await database.makeMember(tenant, role.rawValue)
                let visitor = try #require(try await fixture.visitor(member))
                #expect(visitor.person.email == member.email)
                #expect(visitor.platformRole == nil)
                #expect(visitor.standing?.position == .member(role))
                #expect(visitor.standing?.tenant.slug.value == "autohaus-donau")
                #expect(visitor.standing?.tenant.timeZone == "Europe/Vienna")
            }
        }
    }

    @Test("B3: an unknown, ended, idle or expired session, and a disabled person, are nobody")
    func nobody() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant()
            let now = Date(timeIntervalSince1970: 1_900_000_000)
            #expect(try await fixture.visitors().visitor(token: RandomToken().hash) == nil)
            let member = try await database.makeMember(tenant, at: now)
            #expect(try await fixture.visitor(member, at: now.addingTimeInterval(59 * 60)) != nil)
            #expect(try await fixture.visitor(member, at: now.addingTimeInterval(60 * 60)) == nil)
            let ended = try await database.makeMember(tenant, at: now)
            let disabled = try await database.makeMember(tenant, at: now)
            let expired = try await database.makeMember(tenant, at: now)
            try await database.app.withoutTenant { transaction in
                try transaction.execute(
                    """
                    UPDATE web_session SET ended_at = clock_timestamp(), end_reason = 'signed_out'
                    WHERE id = \(ended.session.id)
                    """
                )
                try transaction.execute(
                    "UPDATE web_session SET ends_at = \(now.addingTimeInterval(60)) WHERE id = \(expired.session.id)"
                )
            }
            try await database.app.withPlatform(actor: "test", reason: "test") { transaction in
                try transaction.execute("UPDATE person SET state = 'disabled' WHERE id = \(disabled.person)")
            }
            #expect(try await fixture.visitor(ended, at: now) == nil)
            #expect(try await fixture.visitor(disabled, at: now) == nil)
            #expect(try await fixture.visitor(expired, at: now) != nil)
            #expect(try await fixture.visitor(expired, at: now.addingTimeInterval(60)) == nil)
        }
    }

    @Test("B3: people of the platform are idle after 15 minutes")
    func platformIdle() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let now = Date(timeIntervalSince1970: 1_900_000_000)
            let staff = try await database.makeSignedIn(platform: "operator", at: now)
            let visitor = try #require(try await fixture.visitor(staff, at: now.addingTimeInterval(14 * 60)))
            #expect(visitor.platformRole == .operator)
            #expect(visitor.standing == nil)
            #expect(try await fixture.visitor(staff, at: now.addingTimeInterval(15 * 60)) == nil)
        }
    }

    @Test("ASVS 6.3.2: a new installation has no account")
    func noDefaultAccounts() async throws {
        try await withTestDatabase { database in
            let people = try await database.app.withPlatform(actor: "test", reason: "test") { transaction in
                try transaction.queryOne("SELECT count(*) AS people FROM person")?.get("people", as: Int.self)
            }
            #expect(people == 0)
        }
    }

    @Test("a session that has only shown the password stands nowhere")
    func passwordLevel() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant()
            let member = try await database.makeMember(tenant)
            let session = try await database.makeSession(person: member.person, level: "password", tenant: tenant)
            let token = try #require(RandomToken(session.token))
            let visitor = try #require(try await fixture.visitors().visitor(token: token.hash))
            #expect(visitor.session.level == .password)
            #expect(visitor.standing == nil)
        }
    }

    @Test("B8: a changed role and a removed member act on the next request")
    func nextRequest() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant()
            let owner = try await database.makeMember(tenant)
            let member = try await database.makeMember(tenant, "viewer")
            let book = fixture.members()
            #expect(try await book.changeRole(tenant, member.person, to: .admin, by: Acting(owner)) == nil)
            #expect(try await fixture.visitor(member)?.standing?.position == .member(.admin))
            #expect(try await book.remove(tenant, member.person, by: Acting(owner)) == nil)
            let visitor = try #require(try await fixture.visitor(member))
            #expect(visitor.standing == nil)
        }
    }

    @Test("a suspended tenant's members still read, a closed tenant is nobody's place")
    func tenantStates() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant()
            let member = try await database.makeMember(tenant)
            try await database.setState(tenant, "suspended")
            #expect(try await fixture.visitor(member)?.standing?.tenant.state == .suspended)
            #expect(try await fixture.visitors().tenants(of: member.person).map(\.tenant) == [tenant])
            try await database.setState(tenant, "closed")
            let visitor = try #require(try await fixture.visitor(member))
            #expect(visitor.standing == nil)
            #expect(try await fixture.visitors().tenants(of: member.person).isEmpty)
        }
    }

    @Test("a session that shows a tenant without a membership in it stands nowhere")
    func foreignTenant() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let mine = try await database.makeTenant()
            let theirs = try await database.makeTenant()
            let member = try await database.makeMember(mine)
            let session = try await database.makeSession(person: member.person, tenant: theirs)
            let token = try #require(RandomToken(session.token))
            let visitor = try #require(try await fixture.visitors().visitor(token: token.hash))
            #expect(visitor.standing == nil)
        }
    }

    @Test("the lookup of a visitor is one statement, whether there is one or not")
    func oneStatement() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let member = try await database.makeMember(try await database.makeTenant())
            let before = database.statements
            #expect(try await fixture.visitor(member) != nil)
            let between = database.statements
            #expect(try await fixture.visitors().visitor(token: RandomToken().hash) == nil)
            #expect(between - before == 1)
            #expect(database.statements - between == 1)
        }
    }
}

extension TestDatabase {
    func setState(_ tenant: TenantID, _ state: String) async throws {
        try await app.withPlatform(actor: "test", reason: "test") { transaction in
            try transaction.execute("UPDATE tenant SET state = \(state) WHERE id = \(tenant)")
        }
    }

    /// How many statements the application's login has sent.
    var statements: Int {
        let name = #"voiceagent_database_statements_total{kind="application"} "#
        let line = metricsText.split(separator: "\n").first { $0.hasPrefix(name) }
        return line.flatMap { Int(Double($0.dropFirst(name.count)) ?? 0) } ?? 0
    }
}
