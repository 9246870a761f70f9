import Database
package import Foundation
package import Kernel

extension CallDesk {
    /// A person is being rung.
    package func beginForwarding(_ reference: CallReference, target: String) async throws {
        try await database.withTenant(reference.tenant) { transaction in
            try CallQueries(transaction: transaction, tenant: reference.tenant)
                .beginForwarding(reference.id, target: target)
        }
        announce(reference)
    }

    /// Writes what a conversation with a person is paid for: the dialled leg from its answer to its end, so that the
    /// beginning is `end` less the carrier's duration (requirement I2). Whoever calls this has seen that caller and
    /// person were connected. Safe to repeat: the first report's end stays.
    ///
    /// - Parameter seconds: whole seconds of the dialled leg, as the carrier counts them.
    package func endForwarding(
        _ reference: CallReference,
        dialled: CallSid,
        seconds: Int,
        end: Date
    ) async throws {
        try await database.withTenant(reference.tenant) { [life] transaction in
            let queries = CallQueries(transaction: transaction, tenant: reference.tenant)
            try Self.endForwarding(reference.id, dialled: dialled, seconds: seconds, end: end, life, queries)
        }
    }

    static func endForwarding(
        _ call: CallID,
        dialled: CallSid,
        seconds: Int,
        end: Date,
        _ life: NodeLife,
        _ queries: CallQueries
    ) throws {
        try queries.noteHandedOver(call)
        guard seconds > 0, let identity = try queries.identity(call),
            try !queries.hasLeg(call, .forward, dialled.value)
        else { return }
        let start = end.addingTimeInterval(-Double(seconds))
        let leg = dialled.value
        try queries.insertClosedLeg(call, .forward, leg, life: life, from: start, to: end, reason: "dial_ended")
        let id = UsageSegmentID(
            account: identity.account,
            call: identity.sid,
            kind: .forward,
            leg: leg,
            ordinal: 0
        )
        let segment = UsageSegment(id: id, kind: .forward, leg: leg, ordinal: 0, start: start, end: end)
        try queries.insertSegment(segment, call)
    }
}
