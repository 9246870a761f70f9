import Audit
import Database
import Flows
import Foundation
import Kernel
import Numbers
import TestSupport
import Testing

@testable import Calls

struct DeskAdmissionTests {
    @Test("A8: the first webhook pins tenant, assignment and flow version; repetitions get the same")
    func firstWebhookPins() async throws {
        try await withTestDatabase { database in
            let fixture = try await DeskFixture.make(database, maxCallSeconds: 600)
            let sid = try callSid()
            let caller = try #require(E164("+436641234567"))
            let arrival = CallArrival(
                callSid: sid,
                accountSid: fixture.account,
                caller: .number(caller),
                called: fixture.number,
                at: DeskFixture.start
            )
            guard case .admitted(let call) = try await fixture.desk.admit(arrival) else {
                Issue.record("not admitted")
                return
            }
            #expect(call.tenant == fixture.tenant)
            #expect(call.version == fixture.version)
            #expect(call.caller == .number(caller))
            #expect(call.document.limits.callSeconds == 600)
            #expect(call.state == .admitted)
            #expect(call.streams == 0)
            #expect(try await fixture.desk.admit(arrival) == .admitted(call))
            #expect(try await fixture.desk.pinned(sid) == call)
        }
    }

    @Test func parallelWebhooksOfOneCallMakeOneCall() async throws {
        try await withTestDatabase(poolSize: 8) { database in
            let fixture = try await DeskFixture.make(database)
            let arrival = fixture.arrival(try callSid())
            let admissions = try await withThrowingTaskGroup(of: Admission.self) { group in
                for _ in 0..<20 { group.addTask { try await fixture.desk.admit(arrival) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(admissions.map { if case .admitted(let call) = $0 { call.id } else { CallID() } }).count == 1)
        }
    }

    @Test("A10: an unknown number, a suspended tenant and no live flow are refused and leave no call")
    func neutralRefusals() async throws {
        try await withTestDatabase { database in
            let fixture = try await DeskFixture.make(database)
            let unknown = CallArrival(
                callSid: try callSid(1),
                accountSid: fixture.account,
                caller: .withheld,
                called: try #require(E164("+43732999999")),
                at: DeskFixture.start
            )
            #expect(try await fixture.desk.admit(unknown) == .refused(.unknownNumber))

            try await retireLive(fixture)
            #expect(try await fixture.desk.admit(fixture.arrival(try callSid(2))) == .refused(.noLiveFlow))

            try await set(fixture.tenant, "suspended", database)
            #expect(try await fixture.desk.admit(fixture.arrival(try callSid(3))) == .refused(.suspended))

            let calls = try await database.app.withTenant(fixture.tenant) { transaction in
                try transaction.query("SELECT id FROM call").count
            }
            #expect(calls == 0)
        }
    }

    @Test("A11: another account's request about the number is refused")
    func wrongAccount() async throws {
        try await withTestDatabase { database in
            let fixture = try await DeskFixture.make(database)
            let stranger = CallArrival(
                callSid: try callSid(),
                accountSid: try #require(AccountSid("AC00000000000000000000000000000002")),
                caller: .withheld,
                called: fixture.number,
                at: DeskFixture.start
            )
            #expect(try await fixture.desk.admit(stranger) == .refused(.wrongAccount))
            _ = try await fixture.desk.admit(fixture.arrival(try callSid()))
            #expect(try await fixture.desk.admit(stranger) == .refused(.wrongAccount))
        }
    }

    @Test("19: as many calls as the tenant may have; an ended call makes room")
    func concurrency() async throws {
        try await withTestDatabase(poolSize: 8) { database in
            let fixture = try await DeskFixture.make(database, maxConcurrentCalls: 3)
            let admissions = try await withThrowingTaskGroup(of: Admission.self) { group in
                for number in 1...10 {
                    let arrival = fixture.arrival(try callSid(number))
                    group.addTask { try await fixture.desk.admit(arrival) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let admitted = admissions.compactMap { if case .admitted(let call) = $0 { call } else { nil } }
            #expect(admitted.count == 3)
            #expect(admissions.filter { $0 == .refused(.concurrency(overflow: nil)) }.count == 7)

            let refused = try callSid(
                try #require(
                    (1...10).first { number in !admitted.contains { $0.callSid.value.hasSuffix("0\(number)") } }
                )
            )
            #expect(try await fixture.desk.admit(fixture.arrival(refused)) == .refused(.concurrency(overflow: nil)))

            let one = try #require(admitted.first)
            try await fixture.desk.settle(one.reference, .completed, at: DeskFixture.start)
            guard case .admitted = try await fixture.desk.admit(fixture.arrival(try callSid(11))) else {
                Issue.record("no room after the end of a call")
                return
            }
            #expect(try await fixture.desk.admit(fixture.arrival(one.callSid)) == .refused(.over))
        }
    }

    @Test("A8: a number that moves during a call takes later calls along, and not this one")
    func reassignmentDuringACall() async throws {
        try await withTestDatabase { database in
            let fixture = try await DeskFixture.make(database)
            let other = try await database.makeTenant()
            let theirs = try await database.makeLiveFlow(
                other,
                document: JSONText(text: DeskFixture.document.json.canonical)
            )
            let sid = try callSid(1)
            let stream = try streamSid(1)
            let begun = try await fixture.streamingCall(sid, stream)

            let operatorAnna = AuditActor(.operator, "operator:anna")
            let account = fixture.account
            let book = NumberBook(
                database.app,
                carrier: CarrierNumbers { number in
                    NumberSid("PN1").map {
                        CarrierNumber(e164: number, account: account, sid: $0)
                    }
                },
                account: account,
                time: .still
            )
            let moved = try await book.transfer(
                fixture.number,
                from: fixture.tenant,
                to: other,
                actor: operatorAnna,
                reason: "test"
            )
            guard case .claimed = moved else {
                Issue.record("not moved: \(moved)")
                return
            }
            _ = try await book.assign(other, fixture.number, to: theirs.flow, actor: operatorAnna)

            // Everything late, and twice.
            let dialled = try callSid(99)
            for _ in 0..<2 {
                try await fixture.desk.endStream(begun.call.reference, stream, audioMs: 42_000, reason: "stopped")
                try await fixture.desk.endForwarding(
                    begun.call.reference,
                    dialled: dialled,
                    seconds: 30,
                    end: DeskFixture.start.addingTimeInterval(80)
                )
                let again = try #require(try await fixture.desk.pinned(sid))
                #expect(again.tenant == fixture.tenant)
                #expect(again.version == fixture.version)
                try await fixture.desk.settle(again.reference, .completed, at: DeskFixture.start, carrierSeconds: 81)
            }
            #expect(try await fixture.desk.segments(begun.call.reference).map(\.milliseconds) == [42_000, 30_000])

            guard case .admitted(let next) = try await fixture.desk.admit(fixture.arrival(try callSid(2))) else {
                Issue.record("the next call was not admitted")
                return
            }
            #expect(next.tenant == other)
            #expect(next.version == theirs.version)
        }
    }

    private func retireLive(_ fixture: DeskFixture) async throws {
        _ = try await fixture.database.app.withTenant(fixture.tenant) { transaction in
            try transaction.execute("UPDATE flow_version SET state = 'retired' WHERE id = \(fixture.version)")
        }
    }

    private func set(_ tenant: TenantID, _ state: String, _ database: TestDatabase) async throws {
        _ = try await database.app.withPlatform(actor: "test", reason: "test") { transaction in
            try transaction.execute("UPDATE tenant SET state = \(state) WHERE id = \(tenant)")
        }
    }
}
