import Audit
import Database
import Foundation
import Kernel
import Outbox
import Tenants
import TestSupport
import Testing

@Suite("What the operator sees of all tenants")
struct TenantReadingTests {
    private let actor = AuditActor(.operator, "cli:anna")
    private static let noon = Date(timeIntervalSince1970: 1_900_000_000)

    private func reading(_ database: TestDatabase, at now: Date = noon) -> TenantReading {
        TenantReading(database.app, time: .fixed(now))
    }

    /// A call of the fixture's tenant, with what its agent spoke.
    private func makeCall(
        _ database: TestDatabase,
        _ fixture: TenantFixture,
        at date: Date,
        milliseconds: Int = 0
    ) async throws -> CallID {
        let call = try await database.makeCall(fixture)
        try await database.app.withTenant(fixture.tenant) { transaction in
            guard milliseconds > 0 else { return }
            let end = date.addingTimeInterval(Double(milliseconds) / 1_000)
            try transaction.execute(
                """
                INSERT INTO usage_segment (tenant_id, id, call_id, kind, leg_sid, ordinal, period)
                VALUES (\(fixture.tenant), \(CallID()), \(call), 'bot', 'MZ1', 0,
                    tstzrange(\(date)::timestamptz, \(end)::timestamptz))
                """
            )
        }
        return call
    }

    @Test("a line counts numbers, members, and this month's calls and agent minutes of its tenant only")
    func line() async throws {
        try await withTestDatabase { database in
            let now = Date()
            let number = try #require(E164("+436640000990"))
            let busy = try await database.makeTenantWithFlow(number)
            let other = try await database.makeTenantWithFlow()
            _ = try await database.makeMember(busy.tenant, "owner")
            _ = try await database.makeMember(busy.tenant, "viewer")
            _ = try await makeCall(database, busy, at: now, milliseconds: 61_000)
            _ = try await makeCall(database, busy, at: now)
            // Without a number the fixture's call is one that was refused.
            _ = try await makeCall(database, other, at: now)
            // The number is owned from the moment it was made.
            let reading = reading(database, at: now.addingTimeInterval(60))
            let lines = try await reading.page(TenantFilter(), offset: 0, limit: 25, actor: actor).lines
            let line = try #require(lines.first { $0.id == busy.tenant })
            #expect(line.numbers == 1)
            #expect(line.members == 2)
            #expect(line.callsThisMonth == 2)
            #expect(line.agentMilliseconds == 61_000)
            #expect(line.agentMinutes == 2)
            let quiet = try #require(lines.first { $0.id == other.tenant })
            #expect(quiet.numbers == 0)
            #expect(quiet.members == 0)
            #expect(quiet.callsThisMonth == 0)
            #expect(quiet.agentMinutes == 0)
            let later = self.reading(database, at: now.addingTimeInterval(40 * 86_400))
            let next = try #require(try await later.detail(busy.tenant, actor: actor)).line
            #expect(next.callsThisMonth == 0)
            #expect(next.agentMilliseconds == 0)
        }
    }

    @Test("search finds names, slugs and numbers; stages and orders hold; the counts are of all")
    func list() async throws {
        try await withTestDatabase { database in
            let actor = actor
            let book = TenantBook(database.app)
            for (slug, name) in [("linde", "Zahnarztpraxis Musterlinde"), ("auto", "Autohaus"), ("korn", "Bäckerei")] {
                _ = try await book.create(try #require(TenantSlug(slug)), name: name, actor: actor)
            }
            let reading = TenantReading(database.app, time: .fixed(Date().addingTimeInterval(60)))
            func names(
                _ filter: TenantFilter = TenantFilter(),
                _ order: TenantOrder = .name,
                descending: Bool = false
            ) async throws -> [String] {
                try await reading.page(
                    filter,
                    order: order,
                    descending: descending,
                    offset: 0,
                    limit: 25,
                    actor: actor
                ).lines.map(\.slug.value)
            }
            let kornSlug = try #require(TenantSlug("korn"))
            let korn = try #require(try await book.find(kornSlug, actor: actor))
            try await book.suspend(korn.id, reason: "Rechnung offen", actor: actor)
            let number = try #require(E164("+436640000990"))
            let flow = try await database.makeLiveFlow(korn.id)
            _ = try await database.makeNumber(korn.id, number, flow: flow.flow)
            #expect(try await names() == ["auto", "korn", "linde"])
            #expect(try await names(descending: true) == ["linde", "korn", "auto"])
            #expect(try await names(TenantFilter(search: "MUSTER")) == ["linde"])
            #expect(try await names(TenantFilter(search: "auto")) == ["auto"])
            #expect(try await names(TenantFilter(search: "0664 0000990")) == ["korn"])
            #expect(try await names(TenantFilter(search: "0664 0000991")).isEmpty)
            #expect(try await names(TenantFilter(search: "%")).isEmpty)
            #expect(try await names(TenantFilter(stage: .suspended)) == ["korn"])
            #expect(try await names(TenantFilter(stage: .active)) == ["auto", "linde"])
            #expect(try await names(TenantFilter(stage: .ending)).isEmpty)
            for order in TenantOrder.allCases {
                #expect(try await names(TenantFilter(), order).count == 3)
                #expect(try await names(TenantFilter(), order, descending: true).count == 3)
            }
            #expect(try await names(TenantFilter(), .numbers, descending: true).first == "korn")
            let page = try await reading.page(TenantFilter(search: "auto"), offset: 0, limit: 1, actor: actor)
            #expect(page.total == 1)
            #expect(page.states == [.active: 2, .suspended: 1])
        }
    }

    @Test("G1: the table for spreadsheets leaves a line in the platform's chain, and a look leaves the door's")
    func sheet() async throws {
        try await withTestDatabase { database in
            _ = try await database.makeTenant()
            let lines = try await reading(database).sheet(TenantFilter(), actor: actor)
            #expect(lines.count == 1)
            #expect(try await database.platformActions() == ["tenant.list_exported"])
        }
    }

    @Test("a tenant is shown with owners, numbers, looks into it and its own history, without other tenants' parts")
    func detail() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let now = Self.noon
            let number = try #require(E164("+436640000990"))
            let own = try await database.makeTenantWithFlow(number)
            let foreign = try await database.makeTenantWithFlow()
            let owner = try await database.makeMember(own.tenant, "owner", name: "Anna Beispiel")
            _ = try await database.makeMember(own.tenant, "admin", name: "Berta Probe")
            _ = try await database.makeMember(foreign.tenant, "owner", name: "Carl Fremd")
            let staff = try await database.makeSignedIn(name: "Paul Vorlage", platform: "support", at: now)
            _ = try await fixture.support(at: now).begin(
                own.tenant,
                person: staff.person,
                session: staff.session.id,
                reason: "Ticket 2231: stumme Anrufe",
                from: .test
            )
            try await TenantBook(database.app).suspend(own.tenant, reason: "Rechnung offen", actor: actor)
            let reading = TenantReading(database.app, time: .fixed(Date()))
            let detail = try #require(try await reading.detail(own.tenant, actor: actor))
            #expect(detail.standing.tenant.state == .suspended)
            #expect(detail.standing.closing == nil)
            #expect(detail.owners.map(\.person) == [owner.person])
            #expect(detail.numbers.map(\.e164) == [number])
            #expect(detail.accesses.map(\.personName) == ["Paul Vorlage"])
            #expect(detail.history.map(\.action) == ["tenant.suspended", "support.started"])
            #expect(detail.history.map(\.actorName) == [nil, "Paul Vorlage"])
            #expect(detail.history.first?.reason == "Rechnung offen")
            #expect(try await reading.detail(TenantID(), actor: actor) == nil)
            #expect(try await reading.standing(TenantID(), actor: actor) == nil)
        }
    }

    @Test("a tenant that is to end says until when it can be taken back")
    func ending() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let tenant = try await database.makeTenant(slug: "linde")
            _ = try await fixture.lifecycle(at: Self.noon).ask(
                tenant,
                confirming: "linde",
                reason: "Gekündigt",
                by: .operatorAnna
            )
            let standing = try #require(try await reading(database).standing(tenant, actor: actor))
            #expect(standing.closing?.endsAt == Self.noon.addingTimeInterval(30 * 86_400))
            let page = try await reading(database).page(TenantFilter(stage: .ending), offset: 0, limit: 5, actor: actor)
            #expect(page.lines.map(\.isEnding) == [true])
        }
    }

    @Test("names are found for the ids that are known, and staff by name")
    func names() async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant(slug: "linde")
            let paul = try await database.makePerson(name: "Paul Vorlage", platform: "support")
            let olga = try await database.makePerson(name: "Olga Betrieb", platform: "operator")
            let names = try await reading(database).names(
                people: [paul, PersonID()],
                tenants: [tenant, TenantID()],
                actor: actor
            )
            #expect(names.people == [paul: "Paul Vorlage"])
            #expect(names.tenants == [tenant: "linde"])
            #expect(names.staff.map(\.person) == [olga, paul])
        }
    }

    @Test("the installation's figures count calls of all tenants by outcome, and what each node leads")
    func installation() async throws {
        try await withTestDatabase { database in
            let fixture = try TenantsFixture(database)
            let now = Date()
            let number = try #require(E164("+436640000990"))
            let busy = try await database.makeTenantWithFlow(number)
            let other = try await database.makeTenantWithFlow()
            let call = try await makeCall(database, busy, at: now)
            _ = try await makeCall(database, busy, at: now)
            _ = try await makeCall(database, other, at: now)
            try await database.app.withoutTenant { transaction in
                try transaction.execute(
                    "INSERT INTO node_lease (node, epoch, seen_at) VALUES ('wien-1', 1, \(now)), ('wien-2', 1, \(now))"
                )
            }
            try await database.app.withTenant(busy.tenant) { transaction in
                try transaction.execute(
                    """
                    INSERT INTO call_leg (tenant_id, call_id, kind, leg_sid, ordinal, node, node_epoch, started_at)
                    VALUES (\(busy.tenant), \(call), 'bot', 'MZ1', 0, 'wien-1', 1, \(now))
                    """
                )
                try transaction.execute("UPDATE call SET outcome = 'completed' WHERE id = \(call)")
            }
            let figures = try await InstallationReading(
                database.app,
                outbox: fixture.outbox,
                time: .fixed(now.addingTimeInterval(60))
            ).figures(since: now.addingTimeInterval(-3_600), actor: actor)
            #expect(figures.nodes.map(\.name) == ["wien-1", "wien-2"])
            #expect(figures.nodes.map(\.calls) == [1, 0])
            #expect(figures.busiest.map(\.tenant) == [busy.tenant])
            #expect(figures.runningCalls == 1)
            #expect(figures.outcomes == ["completed": 1, nil: 1])
            #expect(figures.callsToday == 2)
            #expect(figures.refusedToday == 1)
            #expect(figures.recentCalls == 3)
            #expect(figures.mails.waiting == 0)
            #expect(figures.migrations.count > 10)
            #expect(figures.migrations.newest != nil)
            let tomorrow = try await InstallationReading(
                database.app,
                outbox: fixture.outbox,
                time: .fixed(now.addingTimeInterval(86_400))
            ).figures(since: now.addingTimeInterval(86_400), actor: actor)
            #expect(tomorrow.callsToday == 0)
            #expect(tomorrow.recentCalls == 0)
            #expect(tomorrow.runningCalls == 1)
        }
    }
}
