import Database
import Flows
import Foundation
import Kernel

/// The SQL of reading calls, within one tenant's scope.
struct ReadingQueries {
    let transaction: Transaction
    let tenant: TenantID
    let now: Date
    let documents: FlowDocuments

    /// Whoever began before this and has not ended is not running any more: nothing was reported.
    var oldest: SQL { "\(now.addingTimeInterval(-CallQueries.longestCall))" }

    // MARK: Lists

    func lines(
        _ selection: CallSelection,
        order: CallOrder = .begin(newestFirst: true),
        after cursor: CallCursor? = nil,
        offset: Int = 0,
        limit: Int
    ) throws -> [CallLine] {
        let order = Self.sql(order)
        // The page is chosen first, so that only its calls are looked into.
        return try transaction.query(
            """
            WITH page AS (
                SELECT call.id FROM call WHERE \(selection.condition(after: cursor))
                ORDER BY \(order) LIMIT \(limit) OFFSET \(offset)
            )
            SELECT \(CallLine.columns(oldest: oldest))
            FROM page JOIN call ON call.tenant_id = \(tenant) AND call.id = page.id \(CallLine.joins)
            ORDER BY \(order)
            """
        ).map(line)
    }

    func count(_ selection: CallSelection) throws -> Int {
        try transaction.queryOne("SELECT count(*) AS calls FROM call WHERE \(selection.condition())")?.get("calls") ?? 0
    }

    func choices() throws -> CallReading.Choices {
        let flows = try transaction.query("SELECT id, name FROM flow WHERE tenant_id = \(tenant) ORDER BY name, id")
            .map { (id: try $0.get("id", as: FlowID.self), name: try $0.get("name", as: String.self)) }
        let numbers = try transaction.query(
            "SELECT DISTINCT e164 FROM number_assignment WHERE tenant_id = \(tenant) ORDER BY e164 LIMIT 500"
        ).map { try $0.get("e164", as: E164.self) }
        let hasCalls = try transaction.queryOne(
            "SELECT EXISTS (SELECT FROM call WHERE tenant_id = \(tenant)) AS has_calls"
        )
        return CallReading.Choices(flows: flows, numbers: numbers, hasCalls: try hasCalls?.get("has_calls") ?? false)
    }

    func running(turns: Int, limit: Int) throws -> [RunningCall] {
        let lines = try transaction.query(
            """
            SELECT \(CallLine.columns(oldest: oldest)) FROM call \(CallLine.joins)
            WHERE call.tenant_id = \(tenant) AND call.state <> 'ended' AND call.admitted_at > \(oldest)
            ORDER BY call.admitted_at, call.id LIMIT \(limit)
            """
        ).map(line)
        guard turns > 0, !lines.isEmpty else { return lines.map { RunningCall(line: $0, turns: []) } }
        var said: [CallID: [TurnRecord]] = [:]
        let rows = try transaction.query(
            """
            SELECT call.id AS call_id, \(TurnRecord.columns(withWords: true))
            FROM call CROSS JOIN LATERAL (
                SELECT \(TurnRecord.columns(withWords: true)) FROM transcript_turn AS turn
                WHERE turn.tenant_id = call.tenant_id AND turn.call_id = call.id
                ORDER BY turn.ordinal DESC LIMIT \(turns)
            ) AS turn
            WHERE call.tenant_id = \(tenant) AND call.id = ANY (\(lines.map(\.id))::uuid[]) ORDER BY turn.ordinal
            """
        )
        for row in rows {
            let call: CallID = try row.get("call_id")
            said[call, default: []].append(try turn(row, of: call, withWords: true))
        }
        return lines.map { RunningCall(line: $0, turns: said[$0.id] ?? []) }
    }

    // MARK: One call

    func exists(_ id: CallID) throws -> Bool {
        try transaction.queryOne("SELECT id FROM call WHERE tenant_id = \(tenant) AND id = \(id)") != nil
    }

    func line(_ id: CallID) throws -> CallLine? {
        try transaction.queryOne(
            """
            SELECT \(CallLine.columns(oldest: oldest)) FROM call \(CallLine.joins)
            WHERE call.tenant_id = \(tenant) AND call.id = \(id)
            """
        ).map(line)
    }

    func turns(_ id: CallID, after ordinal: Int?, limit: Int, withWords: Bool = true) throws -> [TurnRecord] {
        try transaction.query(
            """
            SELECT \(TurnRecord.columns(withWords: withWords)) FROM transcript_turn AS turn
            WHERE turn.tenant_id = \(tenant) AND turn.call_id = \(id) AND turn.ordinal > \(ordinal ?? -1)
            ORDER BY turn.ordinal LIMIT \(limit)
            """
        ).map { try turn($0, of: id, withWords: withWords) }
    }

    func events(_ id: CallID) throws -> [CallEvent] {
        try transaction.query(
            """
            SELECT kind, dedupe_key, at, body FROM carrier_event
            WHERE tenant_id = \(tenant) AND call_id = \(id) AND kind <> 'provider_usage'
            ORDER BY at, kind, dedupe_key LIMIT \(CallReading.most)
            """
        ).map { row in
            let kind: String = try row.get("kind")
            let key: String = try row.get("dedupe_key")
            let body = try transaction.open(
                try row.get("body"),
                of: tenant,
                in: CallCells.event(id, kind: kind, key: key)
            )
            return CallEvent(kind: kind, key: key, at: try row.get("at"), body: JSONText(text: body))
        }
    }

    /// The kind of each node of the call's flow, by its key; empty where the flow is gone.
    func nodeKinds(of id: CallID) throws -> [String: String] {
        let row = try transaction.queryOne(
            "SELECT flow_version_id FROM call WHERE tenant_id = \(tenant) AND id = \(id)"
        )
        return try document(row)?.nodes.mapValues(\.kind) ?? [:]
    }

    /// What a person was told of the caller's wish.
    func wish(of id: CallID) throws -> String? {
        let row = try transaction.queryOne("SELECT intent FROM call WHERE tenant_id = \(tenant) AND id = \(id)")
        let intent: CallIntent? = try row?.getOptional("intent", as: Data.self).map {
            try transaction.open($0, of: tenant, in: CallCells.intent(id))
        }
        guard case .handOver(let handOver)? = intent, !handOver.summary.isEmpty else { return nil }
        return handOver.summary
    }

    func neighbours(of line: CallLine) throws -> (earlier: CallID?, later: CallID?) {
        let earlier = try transaction.queryOne(
            """
            SELECT id FROM call
            WHERE tenant_id = \(tenant) AND (admitted_at, id) < (\(line.admittedAt), \(line.id))
            ORDER BY admitted_at DESC, id DESC LIMIT 1
            """
        )
        let later = try transaction.queryOne(
            """
            SELECT id FROM call
            WHERE tenant_id = \(tenant) AND (admitted_at, id) > (\(line.admittedAt), \(line.id))
            ORDER BY admitted_at, id LIMIT 1
            """
        )
        return (try earlier?.get("id"), try later?.get("id"))
    }

    // MARK: Parts

    private func line(_ row: Row) throws -> CallLine {
        let target: String? = try row.getOptional("forward_target")
        let name = try target.flatMap { target in try document(row)?.targets[target]?.name }
        return try CallLine(row: row, of: tenant, in: transaction, targetName: name)
    }

    private func turn(_ row: Row, of call: CallID, withWords: Bool) throws -> TurnRecord {
        try TurnRecord(row: row, of: call, tenant, in: transaction, withWords: withWords)
    }

    /// The flow of a row with the column `flow_version_id`; nil for a flow that this program does not understand.
    private func document(_ row: Row?) throws -> FlowDocument? {
        guard let version = try row?.getOptional("flow_version_id", as: FlowVersionID.self) else { return nil }
        do {
            return try documents.document(version, in: transaction)
        } catch let error where !(error is DatabaseError) {
            return nil
        }
    }

    private static func sql(_ order: CallOrder) -> SQL {
        switch order {
        case .begin(newestFirst: true): "call.admitted_at DESC, call.id DESC"
        case .begin(newestFirst: false): "call.admitted_at, call.id"
        case .duration(longestFirst: true):
            "call.ended_at - call.admitted_at DESC NULLS LAST, call.admitted_at DESC, call.id DESC"
        case .duration(longestFirst: false):
            "call.ended_at - call.admitted_at NULLS FIRST, call.admitted_at, call.id"
        }
    }
}
