import Audit
import Database
import Foundation
import Kernel
import PhoneNumbers
import Tenants
import TestSupport
import Testing

@testable import Numbers

private let now = Date()
private let clock = TimeSource(now: { now }, sleep: { _ in })

private func reading(_ database: TestDatabase) -> NumberReading { NumberReading(database.app, time: clock) }

private func show(
    _ database: TestDatabase,
    _ tenant: TenantID,
    _ filter: NumberFilter = NumberFilter(),
    order: NumberOrder = .number,
    descending: Bool = false
) async throws -> NumberReading.Page {
    try await reading(database).page(
        tenant,
        filter,
        order: order,
        descending: descending,
        offset: 0,
        limit: 25
    )
}

struct NumberReadingTests {
    private static let first = "+43732900100"
    private static let second = "+43732900200"
    private static let third = "+43732900300"

    @Test("F1: each number stands in the list with its flow, live version and state, and nobody else's does")
    func list() async throws {
        try await withTestDatabase { database in
            let mine = try await database.makeTenantWithFlow(try number(Self.first))
            _ = try await database.makeTenantWithFlow(try number(Self.third))
            let book = try numberBook(database)
            _ = try await book.claim(mine.tenant, typed: Self.second, region: .austria, actor: clerk)

            let page = try await show(database, mine.tenant)
            #expect(page.total == 2)
            #expect(page.hasNumbers)
            #expect(page.lines.map(\.e164.value) == [Self.first, Self.second])
            #expect(page.lines.map(\.state) == [.active, .unassigned])
            #expect(page.lines.first?.flow == NumberFlow(id: mine.flow, name: "Empfang", liveVersion: 1))
            #expect(page.flows == [NumberFlow(id: mine.flow, name: "Empfang", liveVersion: 1)])
            #expect(try await show(database, mine.tenant, descending: true).lines.first?.e164.value == Self.second)
        }
    }

    @Test("A number whose flow is not live is told apart, and a released one rests")
    func states() async throws {
        try await withTestDatabase { database in
            let mine = try await database.makeTenantWithFlow(try number(Self.first))
            _ = try await database.makeNumber(mine.tenant, try number(Self.second), flow: mine.flow)
            try await database.app.withTenant(mine.tenant) { transaction in
                try transaction.execute("UPDATE flow_version SET state = 'retired' WHERE tenant_id = \(mine.tenant)")
            }
            #expect(try await numberBook(database).release(mine.tenant, number(Self.second), actor: clerk) == nil)

            let lines = try await show(database, mine.tenant).lines
            #expect(lines.map(\.state) == [.silent, .resting])
            #expect(lines.first?.flow?.liveVersion == nil)
            let rest = try #require(lines.last?.restsUntil)
            #expect(abs(rest.timeIntervalSince(now) - NumberBook.rest) < 60)
            for state in NumberState.allCases {
                let found = try await show(database, mine.tenant, NumberFilter(state: state)).lines.map(\.e164.value)
                #expect(found == (state == .silent ? [Self.first] : state == .resting ? [Self.second] : []))
            }
        }
    }

    @Test(
        "A number is found by any spelling, by a part of it and by its flow's name",
        arguments: [
            ("0732 / 900 100", 1), ("+43 (0)732 900100", 1), ("900 100", 1), ("0043732900100", 1), ("empf", 1),
            ("100", 1), ("900 999", 0), ("%", 0), ("Bäckerei", 0),
        ]
    )
    func search(typed: String, found: Int) async throws {
        try await withTestDatabase { database in
            let mine = try await database.makeTenantWithFlow(try number(Self.first))
            let search = try #require(NumberSearch(typed, region: .austria))
            #expect(try await show(database, mine.tenant, NumberFilter(search: search)).total == found)
        }
    }

    @Test func nothingTypedIsNoSearch() {
        #expect(NumberSearch("  ", region: .austria) == nil)
    }

    @Test("F1: calls are counted by the number that was called, 30 days back")
    func calls() async throws {
        try await withTestDatabase { database in
            let mine = try await database.makeTenantWithFlow(try number(Self.first))
            for _ in 0..<3 { _ = try await database.makeCall(mine) }
            try await database.app.withTenant(mine.tenant) { transaction in
                try transaction.execute(
                    """
                    INSERT INTO call (tenant_id, call_sid, account_sid, assignment_id, flow_version_id, caller_kind,
                        called_e164, admitted_at)
                    VALUES (\(mine.tenant), 'CAold', \(TestDatabase.accountSid), \(mine.assignment), \(mine.version),
                        'withheld', \(Self.first), \(now.addingTimeInterval(-31 * 86_400)))
                    """
                )
            }
            let calls = try await show(database, mine.tenant).calls
            #expect(calls.count(try number(Self.first)) == 3)
            #expect(calls.count(try number(Self.second)) == 0)
            #expect(!calls.isLowerBound)
        }
    }

    @Test("G1: taking the list away as a table leaves exactly one line in the trail")
    func sheet() async throws {
        try await withTestDatabase { database in
            let mine = try await database.makeTenantWithFlow(try number(Self.first))
            let sheet = try await reading(database).sheet(mine.tenant, NumberFilter(), actor: clerk)
            #expect(sheet.lines.map(\.e164.value) == [Self.first])
            #expect(try await database.auditActions(mine.tenant) == ["number.exported"])
        }
    }

    @Test("A7: the history of a number says what happened, when and by whom")
    func history() async throws {
        try await withTestDatabase { database in
            let mine = try await database.makeTenantWithFlow()
            let other = try await database.makeLiveFlow(mine.tenant, name: "Notdienst")
            let anna = try await database.makePerson(name: "Anna Beispiel")
            let actor = AuditActor(.person, anna.description)
            let book = try numberBook(database)
            let e164 = try number(Self.first)
            _ = try await book.claim(mine.tenant, typed: Self.first, region: .austria, actor: actor)
            _ = try await book.assign(mine.tenant, e164, to: mine.flow, actor: actor)
            _ = try await book.assign(mine.tenant, e164, to: other.flow, actor: actor)
            _ = try await book.unassign(mine.tenant, e164, actor: clerk)
            #expect(try await book.release(mine.tenant, e164, actor: actor) == nil)

            let detail = try #require(try await reading(database).detail(mine.tenant, e164))
            #expect(detail.line.state == .resting)
            let rest = try #require(detail.line.restsUntil)
            #expect(
                detail.history.map(\.kind) == [
                    .released(until: rest), .unassigned("Notdienst"), .reassigned("Notdienst"), .assigned("Empfang"),
                    .claimed,
                ]
            )
            #expect(
                detail.history.map { $0.actor?.person } == [
                    "Anna Beispiel", nil, "Anna Beispiel", "Anna Beispiel", "Anna Beispiel",
                ]
            )
            #expect(detail.history.allSatisfy { $0.actor?.kind == .person })
            #expect(detail.flows.map(\.name) == ["Empfang", "Notdienst"])
        }
    }

    @Test("Running calls of a number are counted, ended and other numbers' are not")
    func runningCalls() async throws {
        try await withTestDatabase { database in
            let mine = try await database.makeTenantWithFlow(try number(Self.first))
            _ = try await database.makeCall(mine)
            let ended = try await database.makeCall(mine)
            try await database.app.withTenant(mine.tenant) { transaction in
                try transaction.execute(
                    "UPDATE call SET state = 'ended', ended_at = clock_timestamp() WHERE id = \(ended)"
                )
            }
            let detail = try #require(try await reading(database).detail(mine.tenant, number(Self.first)))
            #expect(detail.runningCalls == 1)
        }
    }

    @Test("A9: a foreign number is as absent as one that never was")
    func foreign() async throws {
        try await withTestDatabase { database in
            let mine = try await database.makeTenant()
            _ = try await database.makeTenantWithFlow(try number(Self.first))
            #expect(try await reading(database).detail(mine, number(Self.first)) == nil)
            #expect(try await reading(database).detail(mine, number(Self.second)) == nil)
        }
    }
}

struct NumberVerificationTests {
    private static let own = "+43732900100"

    @Test("A11: the carrier confirms a number once more, with one line in the trail")
    func again() async throws {
        try await withTestDatabase { database in
            let mine = try await database.makeTenantWithFlow(try number(Self.own))
            let book = try numberBook(database)
            let outcome = try await book.verifyAgain(mine.tenant, number(Self.own), actor: clerk)
            #expect(outcome == .verified(at: TimeSource.still.now()))
            let detail = try #require(try await reading(database).detail(mine.tenant, number(Self.own)))
            #expect(detail.line.verifiedAt == TimeSource.still.now())
            #expect(try await database.auditActions(mine.tenant) == ["number.verified"])
        }
    }

    @Test("A11: a refusal by the carrier changes nothing")
    func refused() async throws {
        try await withTestDatabase { database in
            let mine = try await database.makeTenantWithFlow(try number(Self.own))
            let routed = try numberBook(database, carrier(account(), routedElsewhere: true))
            #expect(
                try await routed.verifyAgain(mine.tenant, number(Self.own), actor: clerk) == .refused(.routedElsewhere)
            )
            let gone = try numberBook(database, CarrierNumbers { _ in nil })
            #expect(try await gone.verifyAgain(mine.tenant, number(Self.own), actor: clerk) == .refused(.notAtCarrier))
            #expect(try await database.auditActions(mine.tenant).isEmpty)
        }
    }

    @Test("A number of somebody else's is not verified, and above all not claimed; the carrier is not asked")
    func foreign() async throws {
        try await withTestDatabase { database in
            let mine = try await database.makeTenant()
            let book = try numberBook(
                database,
                CarrierNumbers { _ in
                    Issue.record("the carrier was asked")
                    return nil
                }
            )
            #expect(try await book.verifyAgain(mine, number(Self.own), actor: clerk) == .refused(.notOwned))
        }
    }

    @Test("A carrier that does not answer is told apart from a fault of ours")
    func carriersFault() {
        #expect(NumberBook.isCarriersFault(TimeLimitExceeded()))
        #expect(!NumberBook.isCarriersFault(NumberError.unreadable))
    }
}

struct PlatformNumberReadingTests {
    private static let first = "+43732900100"
    private static let second = "+43732900200"
    private static let operatorActor = AuditActor(.operator, "test")

    @Test("A8: the operator sees all tenants' numbers, with what they lead to")
    func list() async throws {
        try await withTestDatabase { database in
            let one = try await database.makeTenantWithFlow(try number(Self.first))
            let two = try await database.makeTenantWithFlow(try number(Self.second))
            func page(_ filter: NumberFilter) async throws -> NumberReading.PlatformPage {
                try await reading(database).platformPage(filter, offset: 0, limit: 25, actor: Self.operatorActor)
            }
            let all = try await page(NumberFilter())
            #expect(all.total == 2)
            #expect(all.lines.map(\.tenant.id) == [one.tenant, two.tenant])
            #expect(all.lines.allSatisfy { $0.line.state == .active && $0.line.flow?.name == "Empfang" })
            #expect(all.tenants.count == 2)
            #expect(try await page(NumberFilter(tenant: two.tenant)).lines.map(\.tenant.id) == [two.tenant])
            let name = try #require(NumberSearch("t-\(two.tenant)", region: .austria))
            #expect(try await page(NumberFilter(search: name)).lines.map(\.tenant.id) == [two.tenant])
            let sheet = try await reading(database).platformSheet(NumberFilter(), actor: Self.operatorActor)
            #expect(sheet.count == 2)
            #expect(try await database.platformActions() == ["number.exported"])
        }
    }

    @Test("A7: a number moves with its flow, at one boundary, and its history shows both tenants")
    func moved() async throws {
        try await withTestDatabase { database in
            let source = try await database.makeTenantWithFlow(try number(Self.first))
            let target = try await database.makeTenantWithFlow()
            let book = try numberBook(database)
            let e164 = try number(Self.first)
            let claim = try await book.transfer(
                e164,
                from: source.tenant,
                to: target.tenant,
                flow: target.flow,
                actor: Self.operatorActor,
                reason: "Vertragsende"
            )
            guard case .claimed(let owned) = claim else {
                Issue.record("not moved: \(claim)")
                return
            }
            #expect(owned.flow == target.flow)
            let route = try #require(try await book.route(to: e164, at: Date()))
            #expect(route.tenant == target.tenant)
            #expect(route.flow == target.flow)

            let detail = try #require(
                try await reading(database).platformDetail(e164, target: source.tenant, actor: Self.operatorActor)
            )
            #expect(detail.number.tenant.id == target.tenant)
            #expect(detail.targets.map(\.id) == [source.tenant])
            #expect(detail.flows.map(\.id) == [source.flow])
            let told = Set(detail.history.map(\.kind))
            #expect(told == [.assigned("Empfang"), .movedIn, .movedOut, .claimed])
            #expect(detail.history.first { $0.kind == .movedOut }?.tenant == source.tenant)
            #expect(detail.history.first { $0.kind == .movedIn }?.reason == "Vertragsende")
            #expect(detail.tenantName(source.tenant) == "t-\(source.tenant)")

            let left = try #require(try await reading(database).detail(source.tenant, e164))
            #expect(left.line.state == .past)
            #expect(left.history.map(\.tenant).allSatisfy { $0 == source.tenant })
            #expect(try await show(database, source.tenant).total == 0)
        }
    }

    @Test("A7: a number cannot be moved to a flow that the new tenant does not have; it stays where it is")
    func foreignFlow() async throws {
        try await withTestDatabase { database in
            let source = try await database.makeTenantWithFlow(try number(Self.first))
            let target = try await database.makeTenant()
            let book = try numberBook(database)
            let claim = try await book.transfer(
                number(Self.first),
                from: source.tenant,
                to: target,
                flow: source.flow,
                actor: Self.operatorActor,
                reason: "x"
            )
            #expect(claim == .refused(.unknownFlow))
            #expect(try await book.route(to: number(Self.first), at: Date())?.tenant == source.tenant)
        }
    }

    @Test func numberThatNobodyHadIsNotThere() async throws {
        try await withTestDatabase { database in
            let detail = try await reading(database).platformDetail(
                number(Self.first),
                actor: Self.operatorActor
            )
            #expect(detail == nil)
        }
    }
}
