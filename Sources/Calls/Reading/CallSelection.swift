import Database
import Foundation
import Kernel

/// A filter made ready for SQL: what stands sealed was looked into, and the calls that fit are named.
struct CallSelection {
    /// How many callers and how many turns are opened at most, the newest first.
    static let mostOpened = 20_000

    private let parts: [SQL]
    /// Older calls were not looked into, because there were too many.
    let isPartial: Bool

    func condition(after cursor: CallCursor? = nil) -> SQL {
        var parts = parts
        if let cursor { parts.append("(call.admitted_at, call.id) < (\(cursor.admittedAt), \(cursor.call))") }
        return parts.dropFirst().reduce(parts[0]) { "\($0) AND \($1)" }
    }
}

extension CallSelection {
    init(_ filter: CallFilter, _ queries: ReadingQueries) throws {
        var parts: [SQL] = ["call.tenant_id = \(queries.tenant)"]
        if let from = filter.from { parts.append("call.admitted_at >= \(from)") }
        if let until = filter.until { parts.append("call.admitted_at < \(until)") }
        if let flow = filter.flow {
            parts.append(
                """
                call.flow_version_id IN (
                    SELECT version.id FROM flow_version AS version
                    WHERE version.tenant_id = \(queries.tenant) AND version.flow_id = \(flow)
                )
                """
            )
        }
        if let called = filter.called { parts.append("call.called_e164 = \(called)") }
        if let result = filter.result {
            parts.append(result.condition(oldest: queries.oldest))
        }
        var isPartial = false
        if let digits = filter.callerDigits {
            let found = try queries.calls(from: digits, CallSelection(parts: parts, isPartial: false))
            parts.append("call.id = ANY (\(found.calls)::uuid[])")
            isPartial = found.isPartial
        }
        if let words = filter.words {
            let found = try queries.calls(in: words, CallSelection(parts: parts, isPartial: false))
            parts.append("call.id = ANY (\(found.calls)::uuid[])")
            isPartial = isPartial || found.isPartial
        }
        self.init(parts: parts, isPartial: isPartial)
    }
}

extension ReadingQueries {
    struct Found {
        let calls: [CallID]
        let isPartial: Bool
    }

    /// Calls of a selection by callers in whose number `digits` follow each other.
    fileprivate func calls(from digits: String, _ selection: CallSelection) throws -> Found {
        let rows = try transaction.query(
            """
            SELECT call.id, call.call_sid, call.caller_kind, call.caller FROM call
            WHERE \(selection.condition()) AND call.caller IS NOT NULL
            ORDER BY call.admitted_at DESC LIMIT \(CallSelection.mostOpened)
            """
        )
        let calls: [CallID] = try rows.compactMap { row in
            let caller = try Caller(row: row, of: tenant, in: transaction)
            return caller.e164?.value.contains(digits) == true ? try row.get("id") : nil
        }
        return Found(calls: calls, isPartial: rows.count == CallSelection.mostOpened)
    }

    /// Calls of a selection in which somebody said `words`, in any case.
    fileprivate func calls(in words: String, _ selection: CallSelection) throws -> Found {
        let rows = try transaction.query(
            """
            SELECT call.id, turn.ordinal, turn.words FROM call JOIN transcript_turn AS turn
                ON turn.tenant_id = call.tenant_id AND turn.call_id = call.id
            WHERE \(selection.condition())
            ORDER BY call.admitted_at DESC LIMIT \(CallSelection.mostOpened)
            """
        )
        let sought = words.lowercased()
        var calls: [CallID] = []
        var found = Set<CallID>()
        for row in rows {
            let call: CallID = try row.get("id")
            guard !found.contains(call) else { continue }
            let cell = CallCells.words(call, try row.get("ordinal"))
            let said: TurnWords = try transaction.open(try row.get("words"), of: tenant, in: cell)
            if said.text.lowercased().contains(sought), found.insert(call).inserted { calls.append(call) }
        }
        return Found(calls: calls, isPartial: rows.count == CallSelection.mostOpened)
    }
}
