import Audit
import Database
import Foundation
import Kernel
import Numbers
import PhoneNumbers
import Tenants
import TestSupport
import Testing

let clerk = AuditActor(.person, "clerk")

func account(_ last: Int = 1) throws -> AccountSid {
    try #require(AccountSid("AC0000000000000000000000000000000\(last)"))
}

func number(_ text: String) throws -> E164 { try #require(E164(text)) }

/// A carrier that holds every number in one account, unless told otherwise.
func carrier(_ account: AccountSid, routedElsewhere: Bool = false) -> CarrierNumbers {
    CarrierNumbers { number in
        NumberSid("PN" + number.value.dropFirst()).map {
            CarrierNumber(
                e164: number,
                account: account,
                sid: $0,
                route: routedElsewhere ? .elsewhere(.trunk(sid: "TK1")) : .ours
            )
        }
    }
}

func numberBook(_ database: TestDatabase, _ numbers: CarrierNumbers? = nil) throws -> NumberBook {
    let account = try account()
    return NumberBook(database.app, carrier: numbers ?? carrier(account), account: account, time: .still)
}

func actions(_ database: TestDatabase, _ tenant: TenantID) async throws -> [String] {
    try await database.app.withTenant(tenant) { transaction in
        try transaction.query("SELECT action FROM audit_entry ORDER BY seq").map { try $0.get("action") }
    }
}

struct NumberBookTests {
    @Test func claimedAndAssignedNumberIsRouted() async throws {
        try await withTestDatabase { database in
            let fixture = try await database.makeTenantWithFlow()
            let book = try numberBook(database)
            let e164 = try number("+43732900100")
            #expect(try await book.route(to: e164, at: Date()) == nil)

            let claim = try await book.claim(fixture.tenant, typed: "0732 / 900 100", region: .austria, actor: clerk)
            guard case .claimed(let owned) = claim else {
                Issue.record("not claimed: \(claim)")
                return
            }
            #expect(owned.e164 == e164)
            #expect(owned.typed == "0732 / 900 100")
            #expect(try await book.route(to: e164, at: Date()) == nil)

            guard
                case .assigned(let assignment) = try await book.assign(
                    fixture.tenant,
                    e164,
                    to: fixture.flow,
                    actor: clerk
                )
            else {
                Issue.record("not assigned")
                return
            }
            let route = try #require(try await book.route(to: e164, at: Date()))
            #expect(route.tenant == fixture.tenant)
            #expect(route.assignment == assignment.id)
            #expect(route.flow == fixture.flow)
            #expect(route.account == (try account()))
            #expect(route.isTenantActive)
            #expect(try await book.assign(fixture.tenant, e164, to: fixture.flow, actor: clerk) == .unchanged)
            #expect(try await actions(database, fixture.tenant) == ["number.claimed", "number.assigned"])
        }
    }

    @Test func repeatedClaimVerifiesAgainAndChangesNothingElse() async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            let book = try numberBook(database)
            guard
                case .claimed(let first) = try await book.claim(
                    tenant,
                    typed: "+43732900100",
                    region: .austria,
                    actor: clerk
                ),
                case .alreadyOwned(let second) = try await book.claim(
                    tenant,
                    typed: "0732900100",
                    region: .austria,
                    actor: clerk
                )
            else {
                Issue.record("unexpected outcome")
                return
            }
            #expect(first == second)
        }
    }

    @Test("A7: of 100 parallel claims of one number exactly one succeeds")
    func hundredClaimsOneWins() async throws {
        try await withTestDatabase(poolSize: 8) { database in
            let book = try numberBook(database)
            var tenants: [TenantID] = []
            for _ in 0..<10 { tenants.append(try await database.makeTenant()) }
            let claimants = tenants
            let claims = try await withThrowingTaskGroup(of: NumberBook.Claim.self) { group in
                for index in 0..<100 {
                    group.addTask {
                        try await book.claim(
                            claimants[index % 10],
                            typed: "+43732900100",
                            region: .austria,
                            actor: clerk
                        )
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            var claimed = 0
            var already = 0
            var taken = 0
            for claim in claims {
                switch claim {
                case .claimed: claimed += 1
                case .alreadyOwned: already += 1
                case .refused(.taken): taken += 1
                case .refused: Issue.record("unexpected refusal: \(claim)")
                }
            }
            #expect(claimed == 1)
            #expect(already == 9)
            #expect(taken == 90)
        }
    }

    @Test(
        "unreadable numbers are refused with their reason",
        arguments: [
            ("", "refusal_empty"), ("112", "refusal_emergency"), ("0900 123456", "refusal_premium_rate"),
            ("sip:a@b.example", "refusal_sip_uri"), ("0732 900100 DW 12", "refusal_extension"),
        ]
    )
    func unreadable(typed: String, code: String) async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            let claim = try await numberBook(database).claim(tenant, typed: typed, region: .austria, actor: clerk)
            guard case .refused(let refusal) = claim else {
                Issue.record("not refused")
                return
            }
            #expect(refusal.code == code)
        }
    }

    @Test("A11: only exactly this number in our own account is confirmed")
    func carrierMustConfirm() async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            let account = try account()
            let stranger = try self.otherAccount()
            let longer = try number("+437329001001")
            let sid = try #require(NumberSid("PN1"))
            let answers: [(CarrierNumbers, NumberRefusal)] = [
                (CarrierNumbers { _ in nil }, .notAtCarrier),
                (
                    CarrierNumbers { _ in
                        CarrierNumber(e164: longer, account: account, sid: sid)
                    }, .notAtCarrier
                ),
                (carrier(stranger), .notAtCarrier),
                (carrier(account, routedElsewhere: true), .routedElsewhere),
            ]
            for (carrier, refusal) in answers {
                let claim = try await numberBook(database, carrier)
                    .claim(tenant, typed: "+43732900100", region: .austria, actor: clerk)
                #expect(claim == .refused(refusal))
            }
        }
    }

    @Test func carrierThatCannotBeAskedStopsTheClaim() async throws {
        struct Away: Error {}
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            let book = try numberBook(database, CarrierNumbers { _ in throw Away() })
            await #expect(throws: Away.self) {
                try await book.claim(tenant, typed: "+43732900100", region: .austria, actor: clerk)
            }
            #expect(try await book.numbers(tenant) == [])
        }
    }

    @Test("A11: a released number rests for 30 days, for everybody")
    func releasedNumberRests() async throws {
        try await withTestDatabase { database in
            let fixture = try await database.makeTenantWithFlow()
            let other = try await database.makeTenant()
            let book = try numberBook(database)
            let e164 = try number("+43732900100")
            _ = try await book.claim(fixture.tenant, typed: e164.value, region: .austria, actor: clerk)
            _ = try await book.assign(fixture.tenant, e164, to: fixture.flow, actor: clerk)
            let beforeRelease = Date()
            #expect(try await book.release(fixture.tenant, e164, actor: clerk) == nil)
            #expect(try await book.release(fixture.tenant, e164, actor: clerk) == .notOwned)
            #expect(try await book.route(to: e164, at: Date()) == nil)
            #expect(try await book.route(to: e164, at: beforeRelease)?.tenant == fixture.tenant)
            for tenant in [fixture.tenant, other] {
                let claim = try await book.claim(tenant, typed: e164.value, region: .austria, actor: clerk)
                #expect(claim == .refused(.quarantined))
            }
            try await endRest(database, e164)
            guard case .claimed = try await book.claim(other, typed: e164.value, region: .austria, actor: clerk) else {
                Issue.record("not claimed after the rest")
                return
            }
            #expect(
                try await actions(database, fixture.tenant) == [
                    "number.claimed", "number.assigned", "number.released",
                ]
            )
        }
    }

    @Test func reassignmentClosesOnePeriodAndOpensTheNextAtTheSameInstant() async throws {
        try await withTestDatabase { database in
            let fixture = try await database.makeTenantWithFlow()
            let second = try await database.makeLiveFlow(fixture.tenant, name: "Zweiter")
            let book = try numberBook(database)
            let e164 = try number("+43732900100")
            _ = try await book.claim(fixture.tenant, typed: e164.value, region: .austria, actor: clerk)
            _ = try await book.assign(fixture.tenant, e164, to: fixture.flow, actor: clerk)
            guard
                case .assigned(let assignment) = try await book.assign(
                    fixture.tenant,
                    e164,
                    to: second.flow,
                    actor: clerk
                )
            else {
                Issue.record("not assigned")
                return
            }
            #expect(try await book.route(to: e164, at: assignment.since)?.flow == second.flow)
            let justBefore = assignment.since.addingTimeInterval(-0.000_001)
            #expect(try await book.route(to: e164, at: justBefore)?.flow == fixture.flow)
            #expect(try await actions(database, fixture.tenant).last == "number.reassigned")
            #expect(try await book.unassign(fixture.tenant, e164, actor: clerk) == nil)
            #expect(try await book.unassign(fixture.tenant, e164, actor: clerk) == .notAssigned)
            #expect(try await book.route(to: e164, at: Date()) == nil)
        }
    }

    @Test func flowAndNumberOfAnotherTenantAreRefused() async throws {
        try await withTestDatabase { database in
            let one = try await database.makeTenantWithFlow()
            let other = try await database.makeTenantWithFlow()
            let book = try numberBook(database)
            let e164 = try number("+43732900100")
            _ = try await book.claim(one.tenant, typed: e164.value, region: .austria, actor: clerk)
            #expect(
                try await book.assign(one.tenant, e164, to: other.flow, actor: clerk) == .refused(.unknownFlow)
            )
            #expect(
                try await book.assign(other.tenant, e164, to: other.flow, actor: clerk) == .refused(.notOwned)
            )
            #expect(try await book.release(other.tenant, e164, actor: clerk) == .notOwned)
        }
    }

    @Test("4: the operator moves a number without rest, with a line in both chains")
    func operatorMovesANumber() async throws {
        try await withTestDatabase { database in
            let one = try await database.makeTenantWithFlow()
            let other = try await database.makeTenantWithFlow()
            let book = try numberBook(database)
            let e164 = try number("+43732900100")
            let anna = AuditActor(.operator, "operator:anna")
            _ = try await book.claim(one.tenant, typed: e164.value, region: .austria, actor: clerk)
            _ = try await book.assign(one.tenant, e164, to: one.flow, actor: clerk)
            let claim = try await book.transfer(
                e164,
                from: one.tenant,
                to: other.tenant,
                actor: anna,
                reason: "Verkauf"
            )
            guard case .claimed = claim else {
                Issue.record("not moved: \(claim)")
                return
            }
            #expect(try await book.route(to: e164, at: Date()) == nil)
            _ = try await book.assign(other.tenant, e164, to: other.flow, actor: clerk)
            #expect(try await book.route(to: e164, at: Date())?.tenant == other.tenant)
            #expect(try await actions(database, one.tenant).last == "number.moved_out")
            #expect(try await actions(database, other.tenant) == ["number.moved_in", "number.assigned"])
            #expect(
                try await book.transfer(e164, from: one.tenant, to: other.tenant, actor: anna, reason: "x")
                    == .refused(.notOwned)
            )
        }
    }

    private func otherAccount() throws -> AccountSid { try account(2) }
}

/// Ends the rest of a released number, as time would.
func endRest(_ database: TestDatabase, _ number: E164) async throws {
    _ = try await database.app.withPlatform(actor: "test", reason: "time passes") { transaction in
        try transaction.execute(
            """
            UPDATE number_ownership SET quarantined_until = upper(valid)
            WHERE e164 = \(number) AND NOT upper_inf(valid)
            """
        )
    }
}
