import Database
import Foundation
import Kernel

/// Where the personal data of calls stand, sealed under their tenant's key.
enum CallCells {
    static func caller(_ call: CallSid) -> SealedCell { SealedCell("call.caller", call) }
    static func intent(_ call: CallID) -> SealedCell { SealedCell("call.intent", call) }
    static func state(_ call: CallID) -> SealedCell { SealedCell("call_state.state", call) }
    static func words(_ call: CallID, _ ordinal: Int) -> SealedCell {
        SealedCell("transcript_turn.words", call, ordinal)
    }
    static func event(_ call: CallID, kind: String, key: String) -> SealedCell {
        SealedCell("carrier_event.body", call, kind, key)
    }
}

/// What `transcript_turn.words` holds.
struct TurnWords: Codable {
    let text: String
    /// What the caller heard of an interrupted sentence; nil: all of it.
    let heard: String?
}

extension Caller {
    /// Of a row with the columns `call_sid`, `caller_kind` and `caller`.
    init(row: Row, of tenant: TenantID, in transaction: Transaction) throws {
        let sealed: Data? = try row.getOptional("caller")
        let text = try sealed.map {
            try transaction.open($0, of: tenant, in: CallCells.caller(try row.get("call_sid")))
        }
        guard let caller = Caller(kind: try row.get("caller_kind"), e164: text.flatMap(E164.init)) else {
            throw CallDeskError.unreadable
        }
        self = caller
    }

    /// What is written into the column `caller`.
    func sealed(_ call: CallSid, of tenant: TenantID, in transaction: Transaction) throws -> Data? {
        try e164.map { try transaction.seal($0.value, of: tenant, in: CallCells.caller(call)) }
    }
}

extension TurnRecord {
    /// The columns that `init(row:)` reads of a row `turn`.
    static func columns(withWords: Bool) -> SQL {
        let columns: SQL = """
            turn.ordinal, turn.speaker, turn.interrupted, turn.started_ms, turn.ended_ms, turn.latency, turn.node_key
            """
        return withWords ? "\(columns), turn.words" : columns
    }

    init(row: Row, of call: CallID, _ tenant: TenantID, in transaction: Transaction, withWords: Bool) throws {
        guard let speaker = TurnRecord.Speaker(rawValue: try row.get("speaker")) else { throw CallDeskError.unreadable }
        let ordinal: Int = try row.get("ordinal")
        let words: TurnWords? =
            withWords
            ? try transaction.open(try row.get("words"), of: tenant, in: CallCells.words(call, ordinal)) : nil
        self.init(
            ordinal: ordinal,
            speaker: speaker,
            text: words?.text ?? "",
            heard: words?.heard,
            interrupted: try row.get("interrupted"),
            startedMs: try row.get("started_ms"),
            endedMs: try row.get("ended_ms"),
            latency: try row.getOptional("latency", as: JSONText.self)?.decode() ?? [:],
            node: try row.get("node_key")
        )
    }
}
