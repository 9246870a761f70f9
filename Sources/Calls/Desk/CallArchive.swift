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
                SELECT id, call_sid, caller_kind, caller, called_e164, state, outcome, admitted_at FROM call
                WHERE tenant_id = \(tenant) ORDER BY admitted_at DESC LIMIT \(limit)
                """
            ).map { try Self.entry($0, tenant, transaction) }
        }
    }

    /// Nil if there is no such call.
    package func entry(_ sid: CallSid) async throws -> Entry? {
        guard let reference = try await desk.reference(sid) else { return nil }
        return try await database.withTenant(reference.tenant) { transaction in
            try transaction.queryOne(
                """
                SELECT id, call_sid, caller_kind, caller, called_e164, state, outcome, admitted_at FROM call
                WHERE tenant_id = \(reference.tenant) AND id = \(reference.id)
                """
            ).map { try Self.entry($0, reference.tenant, transaction) }
        }
    }

    /// What was said, in its order. Personal data.
    package func turns(_ reference: CallReference) async throws -> [TurnRecord] {
        try await database.withTenant(reference.tenant) { transaction in
            try transaction.query(
                """
                SELECT \(TurnRecord.columns(withWords: true)) FROM transcript_turn AS turn
                WHERE turn.tenant_id = \(reference.tenant) AND turn.call_id = \(reference.id) ORDER BY turn.ordinal
                """
            ).map { try TurnRecord(row: $0, of: reference.id, reference.tenant, in: transaction, withWords: true) }
        }
    }

    package func segments(_ reference: CallReference) async throws -> [UsageSegment] {
        try await desk.segments(reference)
    }

    private static func entry(_ row: Row, _ tenant: TenantID, _ transaction: Transaction) throws -> Entry {
        Entry(
            reference: CallReference(tenant: tenant, id: try row.get("id")),
            callSid: try row.get("call_sid"),
            caller: try Caller(row: row, of: tenant, in: transaction).e164,
            called: try row.get("called_e164"),
            state: try row.get("state"),
            outcome: try row.getOptional("outcome"),
            admittedAt: try row.get("admitted_at")
        )
    }
}
