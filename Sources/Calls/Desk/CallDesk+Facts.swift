import Database
package import Foundation
package import Kernel

extension CallDesk {
    package func state(_ reference: CallReference) async throws -> ResumableState? {
        try await database.withTenant(reference.tenant) { transaction in
            try CallQueries(transaction: transaction, tenant: reference.tenant).state(reference.id)
        }
    }

    /// Takes the call away from the session that has it: what that session still writes is refused from here on. Where a
    /// state is given, the next stream goes on there.
    package func takeOver(_ reference: CallReference, goingOnAt state: ResumableState? = nil) async throws {
        try await database.withTenant(reference.tenant) { [life] transaction in
            let queries = CallQueries(transaction: transaction, tenant: reference.tenant)
            let epoch = try queries.takeOver(reference.id, node: nil)
            if let state { _ = try queries.saveState(state, reference.id, epoch: epoch, node: life.node) }
        }
    }

    /// What shall become of the call, decided by the desk itself.
    func setIntent(_ intent: CallIntent, of call: PinnedCall) async throws -> Bool {
        try await database.withTenant(call.tenant) { transaction in
            try CallQueries(transaction: transaction, tenant: call.tenant)
                .setIntent(intent, call.id, epoch: Int64.max)
        }
    }

    /// The same, decided by somebody who watches: the call is taken away from its session, too.
    ///
    /// - Returns: false if the call is over or is not there.
    func decide(_ intent: CallIntent, of reference: CallReference) async throws -> Bool {
        try await database.withTenant(reference.tenant) { transaction in
            let queries = CallQueries(transaction: transaction, tenant: reference.tenant)
            guard try queries.setIntent(intent, reference.id, epoch: .max) else { return false }
            _ = try queries.takeOver(reference.id, node: nil)
            return true
        }
    }

    /// Ends the call: its state, and the outbox row that tells the rest of the house, together and once. Later reports
    /// only add what was missing.
    package func settle(
        _ reference: CallReference,
        _ outcome: CallOutcome,
        at instant: Date,
        carrierSeconds: Int? = nil
    ) async throws {
        try await database.withTenant(reference.tenant) { transaction in
            let queries = CallQueries(transaction: transaction, tenant: reference.tenant)
            try Self.settle(reference.id, outcome, at: instant, carrierSeconds: carrierSeconds, queries)
        }
        announce(reference)
    }

    private static func settle(
        _ call: CallID,
        _ outcome: CallOutcome,
        at instant: Date,
        carrierSeconds: Int?,
        _ queries: CallQueries
    ) throws {
        guard try queries.end(call, outcome, at: instant, carrierSeconds: carrierSeconds) else { return }
        try queries.forgetState(call)
        try queries.announceEnd(call)
    }

    /// What is paid for so far.
    package func segments(_ reference: CallReference) async throws -> [UsageSegment] {
        try await database.withTenant(reference.tenant) { transaction in
            try CallQueries(transaction: transaction, tenant: reference.tenant).segments(reference.id)
        }
    }

    /// Writes facts of one session in their order, all or none. Each may have been written before.
    func write(_ facts: [SessionFact], of session: SessionKey) async throws {
        try await database.withTenant(session.call.tenant) { [life] transaction in
            let queries = CallQueries(transaction: transaction, tenant: session.call.tenant)
            for fact in facts { try Self.write(fact, of: session, life, queries) }
        }
        if facts.contains(where: \.movesTheCall) { announce(session.call) }
    }

    private static func write(
        _ fact: SessionFact,
        of session: SessionKey,
        _ life: NodeLife,
        _ queries: CallQueries
    ) throws {
        let call = session.call.id
        switch fact {
        case .turn(let turn): try queries.insertTurn(turn, call, epoch: session.epoch)
        case .state(let state): _ = try queries.saveState(state, call, epoch: session.epoch, node: life.node)
        case .intent(let intent): _ = try queries.setIntent(intent, call, epoch: session.epoch)
        case .streamEnded(let audioMs, let reason):
            guard let stream = session.stream else { return }
            try endStream(call, stream, audioMs: audioMs, reason: reason, queries)
        case .forwarded(let dialled, let seconds, let end):
            try endForwarding(call, dialled: dialled, seconds: seconds, end: end, life, queries)
        case .settled(let outcome, let at, let carrierSeconds):
            try settle(call, outcome, at: at, carrierSeconds: carrierSeconds, queries)
        case .used(let usage, let at):
            guard let stream = session.stream else { return }
            let key = "\(stream):\(usage.kind.rawValue):\(usage.provider)"
            let body = JSONText(text: #"{"amount":\#(usage.amount)}"#)
            if try queries.storeEvent(call, kind: "provider_usage", key: key, body: body, at: at) == nil {
                try queries.addProviderUsage(usage, call)
            }
        }
    }
}
