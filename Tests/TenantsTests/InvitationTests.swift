import Credentials
import Database
import Foundation
import Kernel
import Localization
import People
import Tenants
import TestSupport
import Testing

@Suite("Invitations")
struct InvitationTests {
    private let password = "vier kluge Pferde am Fluss"

    @Test("an invitation is sent once, can be sent again and be revoked; each act leaves one line")
    func invite() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant()
            let owner = try await database.makeMember(tenant)
            let book = fixture.members()
            func invite(_ email: String, at now: Date = Date()) async throws -> MemberBook.Inviting {
                try await fixture.members(at: now)
                    .invite(tenant, email: email, role: .editor, language: .en, by: Acting(owner))
            }
            guard case .invited(let first) = try await invite(" Berta@Example.AT ") else {
                Issue.record("not invited")
                return
            }
            #expect(first.email == "berta@example.at")
            #expect(first.expiresAt.timeIntervalSince(first.createdAt) == 7 * 86_400)
            #expect(try await invite("berta@example.at") == .refused(.alreadyInvited))
            #expect(try await invite(owner.email) == .refused(.alreadyMember))
            #expect(try await invite("keine Adresse") == .refused(.emailMalformed))
            #expect(try await invite("mär@") == .refused(.emailMalformed))
            guard case .invited(let second) = try await book.reinvite(tenant, first.id, by: Acting(owner)) else {
                Issue.record("not invited again")
                return
            }
            #expect(try await book.reinvite(tenant, first.id, by: Acting(owner)) == .refused(.invitationOver))
            #expect(try await book.invitations(tenant).map(\.id) == [second.id])
            // An expired one is replaced.
            let later = Date(timeIntervalSinceNow: 8 * 86_400)
            guard case .invited(let third) = try await invite("berta@example.at", at: later) else {
                Issue.record("not replaced")
                return
            }
            #expect(try await book.revokeInvitation(tenant, third.id, by: Acting(owner)) == nil)
            #expect(try await book.revokeInvitation(tenant, third.id, by: Acting(owner)) == .invitationOver)
            #expect(try await book.invitations(tenant).isEmpty)
            #expect(
                try await database.auditActions(tenant) == [
                    "member.invited", "member.reinvited", "member.invited", "invitation.revoked",
                ]
            )
            #expect(try await fixture.mails() == ["invitation", "invitation", "invitation"])
        }
    }

    @Test("what a tenant can make this installation send is bounded, by open invitations and by the day")
    func bounds() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant()
            let other = try await database.makeTenant()
            let now = Date(timeIntervalSince1970: 1_900_000_000)
            func fill(_ tenant: TenantID, _ count: Int, open: Bool, at date: Date) async throws {
                try await database.app.withTenant(tenant) { transaction in
                    try transaction.execute(
                        """
                        INSERT INTO invitation (tenant_id, email, role, token_hash, language, created_at, expires_at,
                            revoked_at)
                        SELECT \(tenant), 'p' || place || '@example.at', 'viewer', sha256((\(tenant)::text || place)::bytea),
                            'de', \(date), \(date.addingTimeInterval(86_400)), \(open ? nil : date)::timestamptz
                        FROM generate_series(1, \(count)::int) AS place
                        """
                    )
                }
            }
            func invite(_ tenant: TenantID, at date: Date) async throws -> MemberBook.Inviting {
                try await fixture.members(at: date)
                    .invite(tenant, email: "neu@example.at", role: .viewer, language: .de, by: .operatorAnna)
            }
            try await fill(tenant, MemberBook.openInvitationLimit, open: true, at: now)
            #expect(try await invite(tenant, at: now) == .refused(.tooManyInvitations))
            try await fill(other, MemberBook.dailyInvitationLimit, open: false, at: now)
            #expect(try await invite(other, at: now.addingTimeInterval(3_600)) == .refused(.tooManyInvitationsToday))
            guard case .invited = try await invite(other, at: now.addingTimeInterval(86_400)) else {
                Issue.record("not invited the next day")
                return
            }
        }
    }

    @Test("the database holds no token of an invitation")
    func onlyTheHash() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant()
            let token = try await fixture.makeInvitation(tenant, email: "neu@example.at")
            let isStored = try await database.app.withTenant(tenant) { transaction in
                try transaction.queryOne(
                    "SELECT 1 AS found FROM invitation AS kept WHERE kept::text LIKE '%' || \(token.reveal()) || '%'"
                ) != nil
            }
            #expect(!isStored)
            #expect(try await fixture.members().invitation(token)?.email == "neu@example.at")
        }
    }

    @Test("whoever has the link becomes a person with a password and a member, once")
    func acceptAsNew() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant()
            let token = try await fixture.makeInvitation(tenant, email: "neu@example.at", role: .agent)
            let book = fixture.members()
            #expect(try await book.invitation(token)?.hasAccount == false)
            let acceptance = try await book.accept(
                token,
                name: " Nina  Neu ",
                password: Password(password),
                language: .de,
                from: .test
            )
            guard case .joined(let person, tenant) = acceptance else {
                Issue.record("\(acceptance)")
                return
            }
            let members = try await book.members(tenant)
            #expect(members.map(\.name) == ["Nina Neu"])
            #expect(members.map(\.role) == [.agent])
            #expect(members.map(\.person) == [person])
            let stored = try await database.app.withoutTenant { transaction in
                try transaction.queryOne("SELECT password_hash FROM person WHERE id = \(person)")?
                    .getOptional("password_hash", as: String.self)
            }
            let hash = PasswordHash(try #require(stored))
            #expect(try await fixture.hasher.verify(Password(password), hash) != .wrong)
            #expect(try await book.invitation(token) == nil)
            let again = try await book.accept(
                token,
                name: "Nina",
                password: Password(password),
                language: .de,
                from: .test
            )
            #expect(again == .refused(.linkOver))
            #expect(try await database.auditActions(tenant) == ["member.joined"])
        }
    }

    @Test("a bad name or password is refused, and nothing remains of the attempt")
    func refusedForms() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant()
            let token = try await fixture.makeInvitation(tenant, email: "neu@example.at")
            let book = fixture.members()
            func accept(_ name: String, _ password: String) async throws -> MemberBook.Acceptance {
                try await book.accept(token, name: name, password: Password(password), language: .de, from: .test)
            }
            #expect(try await accept("", password) == .refused(.nameMalformed))
            #expect(try await accept("Nina", "kurz") == .refused(.password(.tooShort)))
            #expect(try await accept("Nina", "neu@example.at") == .refused(.password(.contextWord)))
            #expect(try await database.auditCount(tenant) == 0)
            #expect(try await book.invitation(token) != nil)
        }
    }

    @Test("unknown, expired, revoked and closed: one answer")
    func oneAnswer() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant()
            let owner = try await database.makeMember(tenant)
            let person = try await database.makeSignedIn(email: "gast@example.at")
            let closed = try await database.makeTenant()
            let known = try #require(try await fixture.visitor(person)?.person)
            let book = fixture.members()
            let expired = try await fixture.makeInvitation(
                tenant,
                email: "alt@example.at",
                at: Date(timeIntervalSinceNow: -7 * 86_400 - 60)
            )
            let revoked = try await fixture.makeInvitation(tenant, email: "weg@example.at")
            for invitation in try await book.invitations(tenant) where invitation.email == "weg@example.at" {
                #expect(try await book.revokeInvitation(tenant, invitation.id, by: Acting(owner)) == nil)
            }
            let late = try await fixture.makeInvitation(closed, email: "gast@example.at")
            try await database.setState(closed, "closed")
            for token in [RandomToken(), expired, revoked, late] {
                #expect(try await book.invitation(token) == nil)
                #expect(try await book.accept(token, as: known, from: .test) == .refused(.linkOver))
                let asNew = try await book.accept(
                    token,
                    name: "Nina",
                    password: Password(password),
                    language: .de,
                    from: .test
                )
                #expect(asNew == .refused(.linkOver))
            }
        }
    }

    @Test("a person who is signed in joins if the invitation went to their address")
    func acceptSignedIn() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant()
            let person = try await database.makeSignedIn(email: "berta@example.at")
            let other = try await database.makeSignedIn(email: "carl@example.at")
            let berta = try #require(try await fixture.visitor(person)?.person)
            let carl = try #require(try await fixture.visitor(other)?.person)
            let token = try await fixture.makeInvitation(tenant, email: "berta@example.at")
            let book = fixture.members()
            #expect(try await book.invitation(token)?.hasAccount == true)
            let asNew = try await book.accept(
                token,
                name: "Berta",
                password: Password(password),
                language: .de,
                from: .test
            )
            #expect(asNew == .refused(.signInFirst))
            #expect(try await book.accept(token, as: carl, from: .test) == .refused(.otherAddress))
            #expect(try await book.accept(token, as: berta, from: .test) == .joined(person.person, tenant))
            #expect(try await fixture.visitors().tenants(of: person.person).map(\.role) == [.editor])
            let second = try await fixture.makeInvitation(tenant, email: "berta@example.at")
            #expect(try await book.accept(second, as: berta, from: .test) == .refused(.alreadyMember))
            #expect(try await database.auditActions(tenant) == ["member.joined"])
        }
    }

    @Test("of two who use one link at the same time one joins")
    func spentOnce() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant()
            let token = try await fixture.makeInvitation(tenant, email: "neu@example.at")
            let book = fixture.members()
            let password = password
            let outcomes = try await withThrowingTaskGroup(of: MemberBook.Acceptance.self) { group in
                for name in ["Nina", "Nora"] {
                    group.addTask {
                        try await book.accept(
                            token,
                            name: name,
                            password: Password(password),
                            language: .de,
                            from: .test
                        )
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let joined = outcomes.filter { if case .joined = $0 { true } else { false } }
            #expect(joined.count == 1)
            #expect(try await book.members(tenant).count == 1)
        }
    }
}
