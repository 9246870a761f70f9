import Database
package import Foundation
package import Kernel

/// A call in one line. The caller is personal data.
package struct CallLine: Sendable, Hashable {
    package struct Flow: Sendable, Hashable {
        package let id: FlowID
        package let name: String
        /// Counts the flow's versions from 1.
        package let version: Int

        package init(id: FlowID, name: String, version: Int) {
            self.id = id
            self.name = name
            self.version = version
        }
    }

    package let id: CallID
    package let caller: Caller
    package let called: E164
    package let state: CallState
    package let result: CallResult
    /// Nil while the call goes on, and for one that was refused.
    package let outcome: CallOutcome?
    /// Why the call was not taken: `concurrency` and the like.
    package let refusal: String?
    package let admittedAt: Date
    package let endedAt: Date?
    /// The version that the call is pinned to; nil for one that was refused.
    package let flow: Flow?
    /// Whom the call was handed to: the target's key in the flow, `overflow`, or `takeover`.
    package let target: String?
    /// What the flow calls that target.
    package let targetName: String?
    /// How often the caller said something.
    package let callerTurns: Int
    /// From the end of the caller's voice to the first sound of the answer: the median of the call, in milliseconds.
    package let answerMs: Int?

    package init(
        id: CallID,
        caller: Caller,
        called: E164,
        state: CallState,
        result: CallResult,
        outcome: CallOutcome? = nil,
        refusal: String? = nil,
        admittedAt: Date,
        endedAt: Date? = nil,
        flow: Flow? = nil,
        target: String? = nil,
        targetName: String? = nil,
        callerTurns: Int = 0,
        answerMs: Int? = nil
    ) {
        self.id = id
        self.caller = caller
        self.called = called
        self.state = state
        self.result = result
        self.outcome = outcome
        self.refusal = refusal
        self.admittedAt = admittedAt
        self.endedAt = endedAt
        self.flow = flow
        self.target = target
        self.targetName = targetName
        self.callerTurns = callerTurns
        self.answerMs = answerMs
    }

    /// Whole seconds from the call's beginning to its end, or to `now` while it goes on.
    package func seconds(at now: Date) -> Int {
        max(0, Int((endedAt ?? now).timeIntervalSince(admittedAt).rounded()))
    }

    package var cursor: CallCursor { CallCursor(admittedAt: admittedAt, call: id) }
}

extension CallLine {
    /// The columns that `init(row:)` reads, of a row `call` joined by `joins`.
    static func columns(oldest: SQL) -> SQL {
        """
        call.id, call.call_sid, call.caller_kind, call.caller, call.called_e164, call.state, call.outcome, call.refusal,
        call.admitted_at, call.ended_at, call.forward_target, call.flow_version_id, flow.id AS flow_id, flow.name AS flow_name,
        flow_version.ordinal AS flow_ordinal,
        said.caller_turns, said.answer_ms, \(CallResult.expression(oldest: oldest)) AS result
        """
    }

    static let joins: SQL = """
        LEFT JOIN flow_version ON flow_version.tenant_id = call.tenant_id AND flow_version.id = call.flow_version_id
        LEFT JOIN flow ON flow.tenant_id = flow_version.tenant_id AND flow.id = flow_version.flow_id
        LEFT JOIN LATERAL (
            SELECT count(*) FILTER (WHERE turn.speaker = 'caller') AS caller_turns,
                percentile_disc(0.5) WITHIN GROUP (ORDER BY (turn.latency ->> 'first_sound_ms')::int) AS answer_ms
            FROM transcript_turn AS turn WHERE turn.tenant_id = call.tenant_id AND turn.call_id = call.id
        ) AS said ON true
        """

    init(row: Row, of tenant: TenantID, in transaction: Transaction, targetName: String?) throws {
        let flow: Flow? = try row.getOptional("flow_id", as: FlowID.self).map {
            Flow(id: $0, name: try row.get("flow_name"), version: try row.get("flow_ordinal"))
        }
        self.init(
            id: try row.get("id"),
            caller: try Caller(row: row, of: tenant, in: transaction),
            called: try row.get("called_e164"),
            state: try row.get("state"),
            result: try row.get("result"),
            outcome: try row.getOptional("outcome"),
            refusal: try row.getOptional("refusal"),
            admittedAt: try row.get("admitted_at"),
            endedAt: try row.getOptional("ended_at"),
            flow: flow,
            target: try row.getOptional("forward_target"),
            targetName: targetName,
            callerTurns: try row.get("caller_turns"),
            answerMs: try row.getOptional("answer_ms")
        )
    }
}
