package import Database
package import Foundation
package import Kernel

/// What is remembered of calls, for whoever wants to read it.
package struct CallArchive: Sendable {
    private let database: Database
    private let desk: CallDesk

    package init(_ database: Database, desk: CallDesk) {
        self.database = database
        self.desk = desk
    }

    /// A call in one line.
    package struct Entry: Sendable {
        package let reference: CallReference
        package let callSid: CallSid
        /// Nil if the caller withheld it. Personal data.
        package let caller: E164?
        package let called: E164
        package let state: CallState
        package let outcome: String?
        package let admittedAt: Date
    }

    /// The tenant's newest calls first.
    package func recent(_ tenant: TenantID, limit: Int) async throws -> [Entry] {
        try await database.withTenant(tenant) { transaction in
            try transaction.query(
                """
                SELECT id, call_sid, caller_e164, called_e164, state, outcome, admitted_at FROM call
                WHERE tenant_id = \(tenant) ORDER BY admitted_at DESC LIMIT \(limit)
                """
            ).map { try Self.entry($0, tenant) }
        }
    }

    /// Nil if there is no such call.
    package func entry(_ sid: CallSid) async throws -> Entry? {
        guard let reference = try await desk.reference(sid) else { return nil }
        return try await database.withTenant(reference.tenant) { transaction in
            try transaction.queryOne(
                """
                SELECT id, call_sid, caller_e164, called_e164, state, outcome, admitted_at FROM call
                WHERE tenant_id = \(reference.tenant) AND id = \(reference.id)
                """
            ).map { try Self.entry($0, reference.tenant) }
        }
    }

    /// What was said, in its order. Personal data.
    package func turns(_ reference: CallReference) async throws -> [TurnRecord] {
        try await database.withTenant(reference.tenant) { transaction in
            try transaction.query(
                """
                SELECT ordinal, speaker, text, heard_text, interrupted, started_ms, ended_ms, latency, node_key
                FROM transcript_turn
                WHERE tenant_id = \(reference.tenant) AND call_id = \(reference.id) ORDER BY ordinal
                """
            ).map(Self.turn)
        }
    }

    package func segments(_ reference: CallReference) async throws -> [UsageSegment] {
        try await desk.segments(reference)
    }

    private static func entry(_ row: Row, _ tenant: TenantID) throws -> Entry {
        Entry(
            reference: CallReference(tenant: tenant, id: try row.get("id")),
            callSid: try row.get("call_sid"),
            caller: try row.getOptional("caller_e164"),
            called: try row.get("called_e164"),
            state: try row.get("state"),
            outcome: try row.getOptional("outcome"),
            admittedAt: try row.get("admitted_at")
        )
    }

    private static func turn(_ row: Row) throws -> TurnRecord {
        guard let speaker = TurnRecord.Speaker(rawValue: try row.get("speaker")) else { throw CallDeskError.unreadable }
        return TurnRecord(
            ordinal: try row.get("ordinal"),
            speaker: speaker,
            text: try row.get("text"),
            heard: try row.getOptional("heard_text"),
            interrupted: try row.get("interrupted"),
            startedMs: try row.get("started_ms"),
            endedMs: try row.get("ended_ms"),
            latency: try row.getOptional("latency", as: JSONText.self)?.decode() ?? [:],
            node: try row.get("node_key")
        )
    }
}
