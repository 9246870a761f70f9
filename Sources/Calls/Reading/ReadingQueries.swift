import Database
import Foundation
import Kernel

/// The SQL of reading calls, within one tenant's scope.
struct ReadingQueries {
    let transaction: Transaction
    let tenant: TenantID
    let now: Date

    /// Whoever began before this and has not ended is not running any more: nothing was reported.
    var oldest: SQL { "\(now.addingTimeInterval(-CallQueries.longestCall))" }

    // MARK: Lists

    func lines(
        _ filter: CallFilter,
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
                SELECT call.id FROM call WHERE \(condition(filter, after: cursor))
                ORDER BY \(order) LIMIT \(limit) OFFSET \(offset)
            )
            SELECT \(CallLine.columns(oldest: oldest))
            FROM page JOIN call ON call.tenant_id = \(tenant) AND call.id = page.id \(CallLine.joins)
            ORDER BY \(order)
            """
        ).map(CallLine.init(row:))
    }

    func count(_ filter: CallFilter) throws -> Int {
        try transaction.queryOne("SELECT count(*) AS calls FROM call WHERE \(condition(filter))")?.get("calls") ?? 0
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
        ).map(CallLine.init(row:))
        guard turns > 0, !lines.isEmpty else { return lines.map { RunningCall(line: $0, turns: []) } }
        var said: [CallID: [TurnRecord]] = [:]
        let rows = try transaction.query(
            """
            SELECT call.id AS call_id, \(Self.turnColumns)
            FROM call CROSS JOIN LATERAL (
                SELECT \(Self.turnColumns) FROM transcript_turn AS turn
                WHERE turn.tenant_id = call.tenant_id AND turn.call_id = call.id
                ORDER BY turn.ordinal DESC LIMIT \(turns)
            ) AS turn
            WHERE call.tenant_id = \(tenant) AND call.id = ANY (\(lines.map(\.id))::uuid[]) ORDER BY turn.ordinal
            """
        )
        for row in rows { said[try row.get("call_id"), default: []].append(try Self.turn(row, withWords: true)) }
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
        ).map(CallLine.init(row:))
    }

    func turns(_ id: CallID, after ordinal: Int?, limit: Int, withWords: Bool = true) throws -> [TurnRecord] {
        try transaction.query(
            """
            SELECT \(Self.turnColumns) FROM transcript_turn AS turn
            WHERE turn.tenant_id = \(tenant) AND turn.call_id = \(id) AND turn.ordinal > \(ordinal ?? -1)
            ORDER BY turn.ordinal LIMIT \(limit)
            """
        ).map { try Self.turn($0, withWords: withWords) }
    }

    func events(_ id: CallID) throws -> [CallEvent] {
        try transaction.query(
            """
            SELECT kind, dedupe_key, at, body FROM carrier_event
            WHERE tenant_id = \(tenant) AND call_id = \(id) AND kind <> 'provider_usage'
            ORDER BY at, kind, dedupe_key LIMIT \(CallReading.most)
            """
        ).map { row in
            CallEvent(
                kind: try row.get("kind"),
                key: try row.get("dedupe_key"),
                at: try row.get("at"),
                body: try row.get("body")
            )
        }
    }

    func nodeKinds(of id: CallID) throws -> [String: String] {
        let rows = try transaction.query(
            """
            SELECT node.key, node.value ->> 'type' AS kind
            FROM call
            JOIN flow_version AS version ON version.tenant_id = call.tenant_id AND version.id = call.flow_version_id
            CROSS JOIN LATERAL jsonb_each(version.document -> 'nodes') AS node
            WHERE call.tenant_id = \(tenant) AND call.id = \(id)
            """
        )
        return try rows.reduce(into: [:]) { kinds, row in
            kinds[try row.get("key", as: String.self)] = try row.getOptional("kind", as: String.self)
        }
    }

    /// What a person was told of the caller's wish.
    func wish(of id: CallID) throws -> String? {
        let row = try transaction.queryOne("SELECT intent FROM call WHERE tenant_id = \(tenant) AND id = \(id)")
        let intent: CallIntent? = try row?.getOptional("intent", as: JSONText.self)?.decode()
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

    func condition(_ filter: CallFilter, after cursor: CallCursor? = nil) -> SQL {
        var parts: [SQL] = ["call.tenant_id = \(tenant)"]
        if let from = filter.from { parts.append("call.admitted_at >= \(from)") }
        if let until = filter.until { parts.append("call.admitted_at < \(until)") }
        if let flow = filter.flow {
            parts.append(
                """
                call.flow_version_id IN (
                    SELECT version.id FROM flow_version AS version
                    WHERE version.tenant_id = \(tenant) AND version.flow_id = \(flow)
                )
                """
            )
        }
        if let called = filter.called { parts.append("call.called_e164 = \(called)") }
        if let digits = filter.callerDigits {
            parts.append("call.caller_e164 LIKE \("%" + Self.escaped(digits) + "%")")
        }
        if let result = filter.result {
            parts.append("\(CallResult.expression(oldest: oldest)) = \(result)")
        }
        if let words = filter.words {
            parts.append(
                """
                EXISTS (
                    SELECT FROM transcript_turn AS spoken
                    WHERE spoken.tenant_id = call.tenant_id AND spoken.call_id = call.id
                        AND spoken.text ILIKE \("%" + Self.escaped(words) + "%")
                )
                """
            )
        }
        if let cursor {
            parts.append("(call.admitted_at, call.id) < (\(cursor.admittedAt), \(cursor.call))")
        }
        return parts.dropFirst().reduce(parts[0]) { "\($0) AND \($1)" }
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

    /// The text without a meaning of its own in a pattern.
    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_")
            .replacing("\0", with: "")
    }

    private static let turnColumns: SQL = """
        turn.ordinal, turn.speaker, turn.text, turn.heard_text, turn.interrupted, turn.started_ms, turn.ended_ms,
        turn.latency, turn.node_key
        """

    private static func turn(_ row: Row, withWords: Bool) throws -> TurnRecord {
        guard let speaker = TurnRecord.Speaker(rawValue: try row.get("speaker")) else { throw CallDeskError.unreadable }
        return TurnRecord(
            ordinal: try row.get("ordinal"),
            speaker: speaker,
            text: withWords ? try row.get("text") : "",
            heard: withWords ? try row.getOptional("heard_text") : nil,
            interrupted: try row.get("interrupted"),
            startedMs: try row.get("started_ms"),
            endedMs: try row.get("ended_ms"),
            latency: try row.getOptional("latency", as: JSONText.self)?.decode() ?? [:],
            node: try row.get("node_key")
        )
    }
}
