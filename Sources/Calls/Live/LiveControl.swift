package import Audit
package import Database
import Foundation
package import Kernel

/// Hangs a running call up, or has its caller connected with somebody who takes over (decision 16): a command to the
/// process that leads the call, and by the carrier's REST interface if nobody answers.
package struct LiveControl: Sendable {
    /// A port: whether the process of that name has done it.
    package typealias Send = @Sendable (LiveCommand, _ node: String) async -> Bool

    package enum Outcome: Sendable, Equatable {
        case done
        /// The call has ended meanwhile.
        case over
        /// A person is being rung or speaks with the caller already; that is left alone.
        case withPerson
        /// Neither our processes nor the carrier could be reached.
        case unreachable
    }

    private let database: Database
    private let desk: CallDesk
    private let recall: CallRecall
    private let time: TimeSource
    private let send: Send

    package init(
        _ database: Database,
        desk: CallDesk,
        recall: CallRecall,
        time: TimeSource,
        send: @escaping Send
    ) {
        self.database = database
        self.desk = desk
        self.recall = recall
        self.time = time
        self.send = send
    }

    /// The number of a take-over must have been checked against the tenant's rules by then.
    ///
    /// - Returns: nil if the tenant has no such call. A call that was told is audited, whatever came of it.
    package func perform(
        _ wish: LiveCommand.Wish,
        on reference: CallReference,
        by actor: AuditActor,
        requestID: String?
    ) async throws -> Outcome? {
        let found = try await database.withTenant(reference.tenant) { transaction -> Found? in
            let row = try transaction.queryOne(
                """
                SELECT call_sid, state, node FROM call
                WHERE tenant_id = \(reference.tenant) AND id = \(reference.id)
                """
            )
            guard let row else { return nil }
            let found = Found(
                sid: try row.get("call_sid"),
                state: try row.get("state"),
                node: try row.getOptional("node")
            )
            if found.state == .admitted || found.state == .streaming {
                try AuditTrail.record(wish.entry(reference.id, by: actor, requestID: requestID), in: transaction)
            }
            return found
        }
        switch found?.state {
        case nil: return nil
        case .ended: return .over
        case .forwarding: return .withPerson
        case .admitted, .streaming: break
        }
        guard let found else { return nil }
        if found.state == .streaming, let node = found.node {
            let command = LiveCommand(id: UUID(), call: found.sid, wish: wish)
            if await send(command, node) { return .done }
        }
        return try await performByCarrier(wish, reference, found.sid)
    }

    private struct Found: Sendable {
        let sid: CallSid
        let state: CallState
        let node: String?
    }

    /// The call is taken away from whoever has it, and the carrier asks what to do with it.
    private func performByCarrier(
        _ wish: LiveCommand.Wish,
        _ reference: CallReference,
        _ sid: CallSid
    ) async throws -> Outcome {
        guard try await desk.decide(wish.intent, of: reference) else { return .over }
        switch await recall.ask(sid) {
        case .asked: return .done
        case .over:
            try await desk.settle(reference, .abandoned, at: time.now())
            return .over
        case .unavailable, .refused: return .unreachable
        }
    }
}

extension LiveCommand.Wish {
    fileprivate func entry(_ call: CallID, by actor: AuditActor, requestID: String?) -> AuditEntry {
        let object = AuditObject("call", call.description)
        return switch self {
        case .hangUp: AuditEntry(actor: actor, action: "call.hung_up", object: object, requestID: requestID)
        case .takeOver(let number):
            AuditEntry(
                actor: actor,
                action: "call.taken_over",
                object: object,
                after: .object(["number": .text(number.masked)]),
                requestID: requestID
            )
        }
    }
}
