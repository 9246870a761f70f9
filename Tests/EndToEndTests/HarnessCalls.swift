import AsyncHTTPClient
import Calls
import Database
import Foundation
import Kernel
import NIOCore
import Sandbox
import TestSupport

@testable import App

/// A call as the books show it.
struct BookedCall: Sendable {
    let reference: CallReference
    let state: String
    let outcome: String?
    let version: String
    let openLegs: Int
}

extension Stage {
    static let caller = "+436641234567"

    /// A plan for a call to `number`, the stage's company's unless stated.
    func plan(_ steps: [CallerStep], to number: E164? = nil, from: String = Stage.caller) -> DialPlan {
        var plan = DialPlan(
            from: from,
            to: (number ?? company.number).value,
            voiceURL: baseURL + "/twilio/voice",
            steps: steps,
            account: account
        )
        plan.fallbackURL = baseURL + "/twilio/voice/fallback"
        plan.statusCallbackURL = baseURL + "/twilio/call/status"
        plan.pace = options.pace
        plan.limitMs = 180_000
        plan.person = DialledPerson(ringMs: 500, talkMs: 2_000)
        return plan
    }

    /// Makes the call and returns when it is over and its callbacks are delivered.
    func dial(_ plan: DialPlan, onLine: @escaping @Sendable (TranscriptLine) -> Void = { _ in }) async -> CallReport {
        await Telephone(exchange: world.exchange, onLine: onLine).dial(plan)
    }

    func dial(_ steps: [CallerStep], to number: E164? = nil) async -> CallReport {
        await dial(plan(steps, to: number))
    }

    // MARK: The books

    /// The call once everything about it is stored: it has ended and no leg is open. Nil if there is no such call.
    func settled(_ callSid: String) async throws -> BookedCall? {
        for _ in 0..<100 {
            guard let call = try await booked(callSid) else { return nil }
            if call.state == "ended", call.openLegs == 0 { return call }
            try await Task.sleep(for: .milliseconds(50))
        }
        return try await booked(callSid)
    }

    /// The call as it stands, of whatever tenant.
    func booked(_ callSid: String) async throws -> BookedCall? {
        guard let sid = CallSid(callSid) else { return nil }
        let reference: CallReference? = try await database.app.withoutTenant { transaction in
            try transaction.queryOne("SELECT tenant_id, call_id FROM pinned_call(\(sid))").map {
                CallReference(tenant: try $0.get("tenant_id"), id: try $0.get("call_id"))
            }
        }
        guard let reference else { return nil }
        return try await database.app.withTenant(reference.tenant) { transaction in
            try transaction.queryOne(
                """
                SELECT state, outcome, flow_version_id::text AS version,
                    (SELECT count(*) FROM call_leg l WHERE l.tenant_id = call.tenant_id AND l.call_id = call.id
                        AND l.ended_at IS NULL) AS legs
                FROM call WHERE tenant_id = \(reference.tenant) AND id = \(reference.id)
                """
            ).map { row in
                BookedCall(
                    reference: reference,
                    state: try row.get("state"),
                    outcome: try row.getOptional("outcome"),
                    version: try row.getOptional("version") ?? "",
                    openLegs: try row.get("legs")
                )
            }
        }
    }

    /// What was said, once the call is settled.
    func turns(_ report: CallReport) async throws -> [TurnRecord] {
        guard let call = try await settled(report.callSid) else { return [] }
        return try await archive.turns(call.reference)
    }

    /// What is paid for, once the call is settled.
    func segments(_ report: CallReport) async throws -> [UsageSegment] {
        guard let call = try await settled(report.callSid) else { return [] }
        return try await archive.segments(call.reference)
    }

    private var archive: CallArchive {
        CallArchive(
            database.app,
            desk: CallDesk(database.app, flows: flows, life: NodeLife(node: "reader", epoch: 0))
        )
    }

    /// The actions in a tenant's audit chain, oldest first.
    func auditActions(_ tenant: TenantID) async throws -> [String] {
        try await database.app.withTenant(tenant) { transaction in
            try transaction.query("SELECT action FROM audit_entry WHERE tenant_id = \(tenant) ORDER BY seq")
                .map { try $0.get("action") }
        }
    }

    // MARK: The figures

    /// The sum of a metric over its labels; nil if there is none.
    func figure(_ name: String, labelled label: String? = nil) async throws -> Double? {
        let url = "http://127.0.0.1:\(config.observation.servePort)/metrics"
        let response = try await http.execute(HTTPClientRequest(url: url), timeout: .seconds(5))
        let text = String(buffer: try await response.body.collect(upTo: 1 << 22))
        let values = text.split(separator: "\n").compactMap { line -> Double? in
            guard line.hasPrefix(name), let blank = line.lastIndex(of: " ") else { return nil }
            let series = line[..<blank]
            guard series == name || series.hasPrefix(name + "{"), label.map(series.contains) ?? true else { return nil }
            return Double(line[line.index(after: blank)...])
        }
        return values.isEmpty ? nil : values.reduce(0, +)
    }

    /// Waits until the process has no call any more; false if it still has after a few seconds.
    func becomesQuiet() async throws -> Bool {
        for _ in 0..<100 {
            let calls = try await figure("voiceagent_calls_active") ?? 0
            let facts = try await figure("voiceagent_facts_waiting") ?? 0
            if calls == 0, facts == 0 { return true }
            try await Task.sleep(for: .milliseconds(50))
        }
        return false
    }
}

extension CallReport {
    /// The lines of one speaker, joined by blanks.
    func text(of speaker: TranscriptLine.Origin) -> String {
        lines.filter { $0.speaker == speaker }.map(\.text).joined(separator: " ")
    }

    /// The call as a listener would write it down, for messages of failed tests.
    var transcript: String { lines.map(\.rendered).joined(separator: "\n") }
}

extension [UsageSegment] {
    /// Bot before forward: where audio runs ahead of the clock, the order of their times says nothing.
    var kinds: [UsageKind] { map(\.kind).sorted { $0.rawValue < $1.rawValue } }

    /// Milliseconds of one kind.
    func milliseconds(_ kind: UsageKind) -> Int {
        filter { $0.kind == kind }.reduce(0) { $0 + Int(($1.end.timeIntervalSince($1.start) * 1_000).rounded()) }
    }
}
