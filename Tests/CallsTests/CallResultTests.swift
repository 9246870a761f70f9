import Database
import Foundation
import Kernel
import TestSupport
import Testing

@testable import Calls

struct CallResultTests {
    @Test("each call has exactly one result, and the filter by a result finds those that show it")
    func filterAgreesWithWhatIsShown() async throws {
        try await withTestDatabase { database in
            let fixture = try await database.makeTenantWithFlow(E164("+43732900100"))
            let now = Date()
            let outcomes: [String?] = [
                nil, "handed_over", "completed", "failed", "abandoned", "no_answer", "limit",
            ]
            var calls = 0
            for outcome in outcomes {
                for (state, age) in [
                    ("ended", 60.0), ("streaming", 60), ("forwarding", 6 * 3_600), ("ended", 6 * 3_600),
                ] {
                    for isAnswered in [false, true] {
                        for refusal in [nil, "concurrency"] {
                            calls += 1
                            let row = Row(outcome, refusal == nil ? state : "ended", age, isAnswered, refusal)
                            try await insert(row, database, fixture, now)
                        }
                    }
                }
            }
            let reading = CallReading(database.app, time: TimeSource(now: { now }, sleep: { _ in }))
            var found: [CallID] = []
            for result in CallResult.allCases {
                let page = try await reading.page(
                    fixture.tenant,
                    CallFilter(result: result),
                    offset: 0,
                    limit: CallReading.most
                )
                #expect(page.lines.count == page.total)
                #expect(!page.lines.isEmpty, "\(result)")
                #expect(page.lines.allSatisfy { $0.result == result }, "\(result)")
                found += page.lines.map(\.id)
            }
            #expect(found.count == calls)
            #expect(Set(found).count == calls)
        }
    }

    private struct Row {
        let outcome: String?
        let state: String
        let age: TimeInterval
        let isAnswered: Bool
        let refusal: String?

        init(_ outcome: String?, _ state: String, _ age: TimeInterval, _ isAnswered: Bool, _ refusal: String?) {
            self.outcome = outcome
            self.state = state
            self.age = age
            self.isAnswered = isAnswered
            self.refusal = refusal
        }
    }

    private func insert(_ row: Row, _ database: TestDatabase, _ fixture: TenantFixture, _ now: Date) async throws {
        let call = CallID()
        let begin = now.addingTimeInterval(-row.age)
        let end = row.state == "ended" ? begin.addingTimeInterval(30) : nil
        let (outcome, state, refusal, isAnswered) = (row.outcome, row.state, row.refusal, row.isAnswered)
        try await database.app.withTenant(fixture.tenant) { transaction in
            try transaction.execute(
                """
                INSERT INTO call (tenant_id, id, call_sid, account_sid, assignment_id, flow_version_id, caller_kind,
                    called_e164, admitted_at, state, outcome, refusal, ended_at)
                VALUES (\(fixture.tenant), \(call), \("CA" + call.description.filter { $0 != "-" }),
                    \(TestDatabase.accountSid), \(fixture.assignment), \(fixture.version), 'withheld', \(fixture.number),
                    \(begin), \(state), \(outcome), \(refusal), \(end))
                """
            )
            guard isAnswered else { return }
            let words = try transaction.sealedWords("Guten Tag.", call, 0, of: fixture.tenant)
            try transaction.execute(
                """
                INSERT INTO transcript_turn (tenant_id, call_id, ordinal, speaker, words, started_ms, ended_ms, latency,
                    node_key)
                VALUES (\(fixture.tenant), \(call), 0, 'agent', \(words), 0, 1, '{"first_sound_ms":700}', 'n')
                """
            )
        }
    }
}
