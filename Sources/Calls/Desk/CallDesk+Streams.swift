import Database
package import Foundation
package import Kernel

/// A media stream that was let in.
package struct StreamBeginning: Sendable, Equatable {
    package let call: PinnedCall
    package let stream: StreamSid
    /// The session's epoch: what it writes is refused once a newer one has begun.
    package let epoch: Int64
    /// Where an earlier stream of the call broke off, or a failed hand-over goes on.
    package let resuming: ResumableState?

    package init(call: PinnedCall, stream: StreamSid, epoch: Int64, resuming: ResumableState?) {
        self.call = call
        self.stream = stream
        self.epoch = epoch
        self.resuming = resuming
    }
}

package enum StreamRefusal: String, Error, Sendable {
    case unknownCall = "unknown_call"
    case wrongAccount = "wrong_account"
    case callEnded = "call_ended"
    /// The token has opened a stream already, or was meant for an earlier one.
    case tokenSpent = "token_spent"
}

extension CallDesk {
    /// Opens the call's stream number `ordinal` (from 0), and with it the bot's leg. Each ordinal opens one stream: this
    /// spends the token that carries it (decision 10).
    ///
    /// An earlier stream whose end is not known yet does not stand in the way: its leg ends by its own report, or at the
    /// last sign of its process.
    package func beginStream(
        _ sid: CallSid,
        account: AccountSid?,
        stream: StreamSid,
        ordinal: Int,
        at instant: Date
    ) async throws -> Result<StreamBeginning, StreamRefusal> {
        guard let reference = try await reference(sid) else { return .failure(.unknownCall) }
        defer { announce(reference) }
        return try await database.withTenant(reference.tenant) { transaction in
            let queries = CallQueries(transaction: transaction, tenant: reference.tenant)
            guard let row = try queries.lock(sid), try row.getOptional("refusal", as: String.self) == nil else {
                return .failure(.unknownCall)
            }
            let call = try self.pinned(row, queries)
            guard account == nil || account == call.accountSid else { return .failure(.wrongAccount) }
            guard call.state != .ended else { return .failure(.callEnded) }
            guard call.streams == ordinal, try !queries.hasLeg(call.id, .bot, stream.value) else {
                return .failure(.tokenSpent)
            }
            let epoch = try queries.takeOver(call.id, node: self.life.node)
            try queries.beginStreaming(call.id, stream, at: instant)
            // A stream's end is counted in its audio time, which may run a little ahead of our clock.
            let start = max(instant, try queries.lastLegEnd(call.id, .bot) ?? instant)
            try queries.openLeg(call.id, .bot, stream.value, ordinal: ordinal, life: self.life, at: start)
            let resuming = try queries.state(call.id)
            return .success(StreamBeginning(call: call, stream: stream, epoch: epoch, resuming: resuming))
        }
    }

    /// Closes the stream's leg after this much audio time and writes its segment (decision 6). Safe to repeat, and
    /// without effect on a leg that was closed already.
    package func endStream(
        _ reference: CallReference,
        _ stream: StreamSid,
        audioMs: Int,
        reason: String
    ) async throws {
        try await database.withTenant(reference.tenant) { transaction in
            let queries = CallQueries(transaction: transaction, tenant: reference.tenant)
            try Self.endStream(reference.id, stream, audioMs: audioMs, reason: reason, queries)
        }
    }

    static func endStream(
        _ call: CallID,
        _ stream: StreamSid,
        audioMs: Int,
        reason: String,
        _ queries: CallQueries
    ) throws {
        guard let leg = try queries.lockOpenLeg(call, .bot, stream.value) else { return }
        try close(leg, of: call, at: leg.startedAt.addingTimeInterval(Double(max(0, audioMs)) / 1_000), reason, queries)
    }

    /// Closes a bot's leg and writes its segment, which never reaches into the next leg.
    static func close(
        _ leg: CallQueries.OpenLeg,
        of call: CallID,
        at end: Date,
        _ reason: String,
        _ queries: CallQueries
    ) throws {
        let next = try queries.nextLegStart(call, .bot, after: leg.ordinal)
        let end = max(leg.startedAt, min(end, next ?? end))
        try queries.closeLeg(leg.id, at: end, reason: reason)
        guard end > leg.startedAt, let identity = try queries.identity(call) else { return }
        let id = UsageSegmentID(
            account: identity.account,
            call: identity.sid,
            kind: .bot,
            leg: leg.sid,
            ordinal: leg.ordinal
        )
        let segment = UsageSegment(
            id: id,
            kind: .bot,
            leg: leg.sid,
            ordinal: leg.ordinal,
            start: leg.startedAt,
            end: end
        )
        try queries.insertSegment(segment, call)
    }

    /// Closes the legs of processes that have given no sign since `instant`, each at the last sign of the life that
    /// opened it: a crash costs at most one heartbeat, in the customer's favour (requirement I3).
    ///
    /// - Returns: the legs that were closed by this very request; of several processes that ask at once, one gets each.
    package func closeDeadNodes(silentSince instant: Date) async throws -> [LostLeg] {
        let orphans = try await database.withoutTenant { transaction in
            try transaction.query(
                """
                SELECT tenant_id, call_id, leg_id, leg_sid, ordinal, started_at, ends_at FROM orphaned_legs(\(instant))
                WHERE kind = 'bot'
                """
            ).map { row in
                Orphan(
                    call: CallReference(tenant: try row.get("tenant_id"), id: try row.get("call_id")),
                    sid: try row.get("leg_sid"),
                    end: try row.get("ends_at")
                )
            }
        }
        var lost: [LostLeg] = []
        for orphan in orphans {
            let leg = try await database.withTenant(orphan.call.tenant) { transaction -> LostLeg? in
                let queries = CallQueries(transaction: transaction, tenant: orphan.call.tenant)
                guard let leg = try queries.lockOpenLeg(orphan.call.id, .bot, orphan.sid),
                    let standing = try queries.standing(orphan.call.id)
                else { return nil }
                try Self.close(leg, of: orphan.call.id, at: orphan.end, "node_lost", queries)
                return LostLeg(
                    call: orphan.call,
                    callSid: standing.sid,
                    end: orphan.end,
                    isUnattended: standing.state == .streaming && standing.stream == orphan.sid
                )
            }
            if let leg { lost.append(leg) }
        }
        return lost
    }

    private struct Orphan: Sendable {
        let call: CallReference
        let sid: String
        let end: Date
    }
}

/// A leg whose process is lost.
package struct LostLeg: Sendable, Equatable {
    package let call: CallReference
    package let callSid: CallSid
    /// The last sign of the process.
    package let end: Date
    /// Whether nobody has taken the call up since: the caller, if still there, hears nothing.
    package let isUnattended: Bool
}
