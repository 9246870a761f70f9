import HTTPTypes
import Sandbox
import Testing
import Web

@testable import App

extension EndToEnd.AuditWalkTests {
    @Test("G1: every route that changes something or takes data away is in the table of acts, and no other")
    func complete() {
        let wanted = Set(Installation.table.filter(Self.isAct).map { "\($0.method) \($0.path)" })
        let listed = Set(AuditAct.all.map(\.route))
        #expect(wanted.subtracting(listed) == [], "routes without an act")
        #expect(listed.subtracting(wanted) == [], "acts without a route")
        for act in AuditAct.all where act.prepare == nil { #expect(act.silence != nil, "\(act.title)") }
        #expect(AuditAct.all.allSatisfy { ($0.silence?.count ?? 40) >= 20 }, "each silence has its reason")
        #expect(Set(AuditAct.all.map(\.title)).count == AuditAct.all.count)
    }

    @Test(
        "G1: every act leaves exactly its rows, and is not done when they cannot be written",
        arguments: AuditAct.groups.keys.sorted()
    )
    func walk(_ group: String) async throws {
        try await AuditWalk.run(AuditAct.groups[group] ?? [])
    }

    @Test("G1: a call from ring to books, with a hand-over, records nothing: its facts stand in its own rows")
    func call() async throws {
        try await withStage { stage in
            let books = try await AuditBooks.open(stage.database)
            let mark = try await books.mark()
            let report = await stage.dial([
                .waitForTurn, .say("Verbinden Sie mich bitte mit der Werkstatt."), .waitForTurn,
            ])
            #expect(report.dials.map(\.bridged) == [true], "\(report.transcript)")
            #expect(try await stage.settled(report.callSid)?.state == "ended")
            #expect(try await books.rows(since: mark) == [])
        }
    }

    /// Whatever is not only looked at, and files with data: tables, logs, exports.
    private static func isAct(_ endpoint: Endpoint) -> Bool {
        guard endpoint.method == .get else { return true }
        let name = endpoint.path.split(separator: "/").last ?? ""
        return [".csv", ".jsonl", ".tar"].contains(where: name.hasSuffix) || name.contains("export")
    }
}

extension AuditAct {
    /// Each group has a stage of its own.
    static let groups: [String: [AuditAct]] = [
        "signing in": signingIn + enrolling + choosing,
        "one's own security": proving + security + securityFactors,
        "a tenant": team + keys + settings + secondFactors + calls,
        "numbers": numbers + api,
        "exports": exports,
        "the platform": platform + support,
        "the carrier": carrier,
    ]

    static let all = groups.sorted { $0.key < $1.key }.flatMap(\.value)
}
