import Database
import Flows
import Foundation
import Kernel
import Numbers

/// The SQL of calls, within one tenant's scope.
struct CallQueries {
    let transaction: Transaction
    let tenant: TenantID

    // MARK: The call

    private static let pinned: SQL = """
        SELECT call.id, call.call_sid, call.account_sid, call.assignment_id, call.flow_version_id, call.caller_kind,
            call.caller, call.called_e164, call.state, call.refusal, call.admitted_at, call.intent, call.epoch,
            tenant.max_call_seconds, tenant.time_zone, tenant.overflow_e164,
            (SELECT count(*) FROM call_leg AS leg
                WHERE leg.tenant_id = call.tenant_id AND leg.call_id = call.id AND leg.kind = 'bot') AS streams
        FROM call JOIN tenant ON tenant.id = call.tenant_id
        """

    func find(_ sid: CallSid) throws -> Row? {
        try transaction.queryOne("\(Self.pinned) WHERE call.tenant_id = \(tenant) AND call.call_sid = \(sid)")
    }

    /// Locked until the transaction ends.
    func lock(_ sid: CallSid) throws -> Row? {
        _ = try transaction.queryOne(
            "SELECT id FROM call WHERE tenant_id = \(tenant) AND call_sid = \(sid) FOR NO KEY UPDATE"
        )
        return try find(sid)
    }

    /// Admissions of one tenant happen one after the other, so that the count below is true.
    func lockTenant() throws {
        _ = try transaction.queryOne("SELECT id FROM tenant WHERE id = \(tenant) FOR NO KEY UPDATE")
    }

    /// Calls that are going on. A call whose end was never reported counts for as long as the carrier lets calls last.
    func openCalls(at instant: Date) throws -> Int {
        let oldest = instant.addingTimeInterval(-Self.longestCall)
        let row = try transaction.queryOne(
            """
            SELECT count(*) AS open FROM call
            WHERE tenant_id = \(tenant) AND state <> 'ended' AND admitted_at > \(oldest)
            """
        )
        return try row?.get("open") ?? 0
    }

    /// Four hours of conversation with a person after the agent's.
    static let longestCall: TimeInterval = 5 * 3_600

    func insert(_ arrival: CallArrival, _ route: Route, _ version: FlowVersionID) throws {
        let caller = try arrival.caller.sealed(arrival.callSid, of: tenant, in: transaction)
        try transaction.execute(
            """
            INSERT INTO call (tenant_id, call_sid, account_sid, assignment_id, flow_version_id, caller_kind,
                caller, called_e164, admitted_at)
            VALUES (\(tenant), \(arrival.callSid), \(arrival.accountSid), \(route.assignment), \(version),
                \(arrival.caller.kind), \(caller), \(arrival.called), \(arrival.at))
            ON CONFLICT (call_sid) DO NOTHING
            """
        )
    }

    func insertRefused(_ arrival: CallArrival, _ route: Route, _ refusal: CallRefusal) throws {
        let caller = try arrival.caller.sealed(arrival.callSid, of: tenant, in: transaction)
        try transaction.execute(
            """
            INSERT INTO call (tenant_id, call_sid, account_sid, assignment_id, caller_kind, caller, called_e164,
                admitted_at, state, refusal, ended_at)
            VALUES (\(tenant), \(arrival.callSid), \(arrival.accountSid), \(route.assignment), \(arrival.caller.kind),
                \(caller), \(arrival.called), \(arrival.at), 'ended', \(refusal.code), \(arrival.at))
            ON CONFLICT (call_sid) DO NOTHING
            """
        )
    }

    /// A newer session, or the webhook between two sessions, takes the call over.
    func takeOver(_ call: CallID, node: String?) throws -> Int64 {
        let row = try transaction.queryOne(
            """
            UPDATE call SET epoch = epoch + 1, node = COALESCE(\(node), node)
            WHERE tenant_id = \(tenant) AND id = \(call) RETURNING epoch
            """
        )
        guard let row else { throw CallDeskError.unreadable }
        return try row.get("epoch")
    }

    func beginStreaming(_ call: CallID, _ stream: StreamSid, at instant: Date) throws {
        try transaction.execute(
            """
            UPDATE call SET stream_sid = \(stream), stream_started_at = COALESCE(stream_started_at, \(instant)),
                state = 'streaming', intent = NULL
            WHERE tenant_id = \(tenant) AND id = \(call)
            """
        )
    }

    func beginForwarding(_ call: CallID, target: String) throws {
        try transaction.execute(
            """
            UPDATE call SET state = 'forwarding', forward_target = \(target)
            WHERE tenant_id = \(tenant) AND id = \(call) AND state <> 'ended'
            """
        )
    }

    /// - Returns: false if a newer epoch holds the call or the call is over.
    func setIntent(_ intent: CallIntent, _ call: CallID, epoch: Int64) throws -> Bool {
        let sealed = try transaction.seal(encoding: intent, of: tenant, in: CallCells.intent(call))
        return try transaction.execute(
            """
            UPDATE call SET intent = \(sealed)
            WHERE tenant_id = \(tenant) AND id = \(call) AND epoch <= \(epoch) AND state <> 'ended'
            """
        ) > 0
    }

    /// - Returns: whether the call ended just now and not before.
    func end(_ call: CallID, _ outcome: CallOutcome, at instant: Date, carrierSeconds: Int?) throws -> Bool {
        let ended = try transaction.execute(
            """
            UPDATE call SET state = 'ended', ended_at = GREATEST(\(instant), admitted_at),
                outcome = COALESCE(outcome, \(outcome.rawValue)),
                carrier_duration_seconds = COALESCE(\(carrierSeconds), carrier_duration_seconds)
            WHERE tenant_id = \(tenant) AND id = \(call) AND state <> 'ended'
            """
        )
        if ended == 0, let carrierSeconds {
            try transaction.execute(
                """
                UPDATE call SET carrier_duration_seconds = \(carrierSeconds)
                WHERE tenant_id = \(tenant) AND id = \(call) AND carrier_duration_seconds IS NULL
                """
            )
        }
        return ended > 0
    }

    /// What a person's taking over makes of a call, whatever was noted before.
    func noteHandedOver(_ call: CallID) throws {
        try transaction.execute(
            """
            UPDATE call SET outcome = \(CallOutcome.handedOver.rawValue)
            WHERE tenant_id = \(tenant) AND id = \(call)
            """
        )
    }

    func announceEnd(_ call: CallID) throws {
        let payload = try JSONText(encoding: ["call": call.description])
        try transaction.execute(
            "INSERT INTO outbox (tenant_id, kind, payload) VALUES (\(tenant), 'call.ended', \(payload))"
        )
    }

    // MARK: Events of the carrier

    /// What was stored under this key, first; nil if it is new and is stored now.
    func storeEvent(_ call: CallID, kind: String, key: String, body: JSONText, at instant: Date) throws -> JSONText? {
        let sealed = try transaction.seal(body.text, of: tenant, in: CallCells.event(call, kind: kind, key: key))
        let stored = try transaction.execute(
            """
            INSERT INTO carrier_event (tenant_id, call_id, kind, dedupe_key, at, body)
            VALUES (\(tenant), \(call), \(kind), \(key), \(instant), \(sealed)) ON CONFLICT DO NOTHING
            """
        )
        return stored > 0 ? nil : try event(call, kind: kind, key: key)?.body
    }

    func event(_ call: CallID, kind: String, key: String) throws -> (at: Date, body: JSONText)? {
        try transaction.queryOne(
            """
            SELECT at, body FROM carrier_event
            WHERE tenant_id = \(tenant) AND call_id = \(call) AND kind = \(kind) AND dedupe_key = \(key)
            """
        ).map { row in
            let cell = CallCells.event(call, kind: kind, key: key)
            return (try row.get("at"), JSONText(text: try transaction.open(try row.get("body"), of: tenant, in: cell)))
        }
    }

    func countEvents(_ call: CallID, kind: String) throws -> Int {
        let row = try transaction.queryOne(
            """
            SELECT count(*) AS events FROM carrier_event
            WHERE tenant_id = \(tenant) AND call_id = \(call) AND kind = \(kind)
            """
        )
        return try row?.get("events") ?? 0
    }

    // MARK: Turns and state

    func insertTurn(_ turn: TurnRecord, _ call: CallID, epoch: Int64) throws {
        let latency = turn.latency.isEmpty ? nil : try JSONText(encoding: turn.latency)
        let words = try transaction.seal(
            encoding: TurnWords(text: turn.text.withoutNUL, heard: turn.heard?.withoutNUL),
            of: tenant,
            in: CallCells.words(call, turn.ordinal)
        )
        try transaction.execute(
            """
            INSERT INTO transcript_turn (tenant_id, call_id, ordinal, speaker, words, interrupted, started_ms, ended_ms,
                latency, node_key)
            SELECT \(tenant)::uuid, \(call)::uuid, \(turn.ordinal)::int, \(turn.speaker.rawValue)::text,
                \(words)::bytea, \(turn.interrupted)::boolean,
                \(max(0, turn.startedMs))::int, \(max(0, turn.startedMs, turn.endedMs))::int, \(latency)::jsonb,
                \(turn.node)::text
            WHERE EXISTS (
                SELECT FROM call WHERE tenant_id = \(tenant) AND id = \(call) AND epoch <= \(epoch)
            )
            ON CONFLICT DO NOTHING
            """
        )
    }

    /// - Returns: false if a newer epoch holds the call or the call is over.
    func saveState(_ state: ResumableState, _ call: CallID, epoch: Int64, node: String) throws -> Bool {
        let sealed = try transaction.seal(encoding: state, of: tenant, in: CallCells.state(call))
        return try transaction.execute(
            """
            INSERT INTO call_state (tenant_id, call_id, epoch, node, state)
            SELECT \(tenant)::uuid, \(call)::uuid, \(epoch)::bigint, \(node)::text,
                \(sealed)::bytea
            WHERE EXISTS (
                SELECT FROM call
                WHERE tenant_id = \(tenant) AND id = \(call) AND epoch <= \(epoch) AND state <> 'ended'
            )
            ON CONFLICT (tenant_id, call_id) DO UPDATE
                SET epoch = excluded.epoch, node = excluded.node, state = excluded.state,
                    updated_at = clock_timestamp()
                WHERE call_state.epoch <= excluded.epoch
            """
        ) > 0
    }

    func state(_ call: CallID) throws -> ResumableState? {
        let row = try transaction.queryOne(
            "SELECT state FROM call_state WHERE tenant_id = \(tenant) AND call_id = \(call)"
        )
        return try row.map { try transaction.open(try $0.get("state"), of: tenant, in: CallCells.state(call)) }
    }

    func forgetState(_ call: CallID) throws {
        try transaction.execute("DELETE FROM call_state WHERE tenant_id = \(tenant) AND call_id = \(call)")
    }

    // MARK: Legs and segments

    func hasLeg(_ call: CallID, _ kind: UsageKind, _ sid: String) throws -> Bool {
        try transaction.queryOne(
            """
            SELECT 1 AS one FROM call_leg
            WHERE tenant_id = \(tenant) AND call_id = \(call) AND kind = \(kind.rawValue) AND leg_sid = \(sid)
            """
        ) != nil
    }

    func openLeg(
        _ call: CallID,
        _ kind: UsageKind,
        _ sid: String,
        ordinal: Int,
        life: NodeLife,
        at instant: Date
    ) throws {
        try transaction.execute(
            """
            INSERT INTO call_leg (tenant_id, call_id, kind, leg_sid, ordinal, node, node_epoch, started_at)
            VALUES (\(tenant), \(call), \(kind.rawValue), \(sid), \(ordinal), \(life.node), \(life.epoch), \(instant))
            ON CONFLICT DO NOTHING
            """
        )
    }

    struct OpenLeg {
        let id: CallLegID
        let sid: String
        let ordinal: Int
        let startedAt: Date
    }

    /// The leg if it is still open, locked until the transaction ends.
    func lockOpenLeg(_ call: CallID, _ kind: UsageKind, _ sid: String) throws -> OpenLeg? {
        try transaction.queryOne(
            """
            SELECT id, ordinal, started_at FROM call_leg
            WHERE tenant_id = \(tenant) AND call_id = \(call) AND kind = \(kind.rawValue) AND leg_sid = \(sid)
                AND ended_at IS NULL
            FOR NO KEY UPDATE
            """
        ).map { row in
            OpenLeg(
                id: try row.get("id"),
                sid: sid,
                ordinal: try row.get("ordinal"),
                startedAt: try row.get("started_at")
            )
        }
    }

    func closeLeg(_ leg: CallLegID, at end: Date, reason: String) throws {
        try transaction.execute(
            """
            UPDATE call_leg SET ended_at = \(end), end_reason = \(reason)
            WHERE tenant_id = \(tenant) AND id = \(leg) AND ended_at IS NULL
            """
        )
    }

    /// When the next leg of the kind began, before which this one must have ended.
    func nextLegStart(_ call: CallID, _ kind: UsageKind, after ordinal: Int) throws -> Date? {
        try transaction.queryOne(
            """
            SELECT min(started_at) AS next FROM call_leg
            WHERE tenant_id = \(tenant) AND call_id = \(call) AND kind = \(kind.rawValue) AND ordinal > \(ordinal)
            """
        )?.getOptional("next")
    }

    /// When the latest leg of the kind that has ended did so: the next one must not begin before, or the period of both
    /// would be lost to the constraint that no second is paid for twice.
    func lastLegEnd(_ call: CallID, _ kind: UsageKind) throws -> Date? {
        try transaction.queryOne(
            """
            SELECT max(ended_at) AS last FROM call_leg
            WHERE tenant_id = \(tenant) AND call_id = \(call) AND kind = \(kind.rawValue)
            """
        )?.getOptional("last")
    }

    func insertClosedLeg(
        _ call: CallID,
        _ kind: UsageKind,
        _ sid: String,
        life: NodeLife,
        from start: Date,
        to end: Date,
        reason: String
    ) throws {
        try transaction.execute(
            """
            INSERT INTO call_leg (tenant_id, call_id, kind, leg_sid, ordinal, node, node_epoch, started_at, ended_at,
                end_reason)
            VALUES (\(tenant), \(call), \(kind.rawValue), \(sid), 0, \(life.node), \(life.epoch), \(start), \(end),
                \(reason))
            ON CONFLICT DO NOTHING
            """
        )
    }

    /// Nothing is inserted where the segment is there already, or would overlap another one of its call and kind.
    func insertSegment(_ segment: UsageSegment, _ call: CallID) throws {
        try transaction.execute(
            """
            INSERT INTO usage_segment (tenant_id, id, call_id, kind, leg_sid, ordinal, period)
            VALUES (\(tenant), \(segment.id), \(call), \(segment.kind.rawValue), \(segment.leg), \(segment.ordinal),
                tstzrange(\(segment.start), \(segment.end)))
            ON CONFLICT DO NOTHING
            """
        )
    }

    func segments(_ call: CallID) throws -> [UsageSegment] {
        try transaction.query(
            """
            SELECT id, kind, leg_sid, ordinal, lower(period) AS starts, upper(period) AS ends FROM usage_segment
            WHERE tenant_id = \(tenant) AND call_id = \(call) ORDER BY lower(period), kind
            """
        ).map { row in
            UsageSegment(
                id: try row.get("id"),
                kind: try row.get("kind"),
                leg: try row.get("leg_sid"),
                ordinal: try row.get("ordinal"),
                start: try row.get("starts"),
                end: try row.get("ends")
            )
        }
    }

    func identity(_ call: CallID) throws -> (account: AccountSid, sid: CallSid)? {
        try transaction.queryOne("SELECT account_sid, call_sid FROM call WHERE tenant_id = \(tenant) AND id = \(call)")
            .map { (try $0.get("account_sid"), try $0.get("call_sid")) }
    }

    /// Where a call stands, and which stream is its newest.
    func standing(_ call: CallID) throws -> (sid: CallSid, state: CallState, stream: String?)? {
        try transaction.queryOne(
            "SELECT call_sid, state, stream_sid FROM call WHERE tenant_id = \(tenant) AND id = \(call)"
        ).map { (try $0.get("call_sid"), try $0.get("state"), try $0.getOptional("stream_sid")) }
    }

    func addProviderUsage(_ usage: ProviderUsage, _ call: CallID) throws {
        try transaction.execute(
            """
            INSERT INTO provider_usage (tenant_id, call_id, kind, provider, amount)
            VALUES (\(tenant), \(call), \(usage.kind.rawValue), \(usage.provider), \(usage.amount))
            ON CONFLICT (tenant_id, call_id, kind, provider)
                DO UPDATE SET amount = provider_usage.amount + excluded.amount
            """
        )
    }
}

extension String {
    /// No page and no file shows U+0000.
    fileprivate var withoutNUL: String { contains("\0") ? replacing("\0", with: "") : self }
}
