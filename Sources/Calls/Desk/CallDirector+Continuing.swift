import Database
import Flows
import Foundation
import Kernel
import Localization
import Logging

extension CallDirector {
    /// What follows the agent's stream: what the session has decided, or a rescue if it broke off.
    package func goOn(_ step: CallStep) async throws -> CallAnswer {
        do {
            guard let call = try await desk.pinned(step.callSid) else { return note("unknown_call", apology(.de)) }
            guard call.accountSid == step.accountSid else { return note("wrong_account", .forbidden) }
            memory.remember(call)
            if step.isOver || call.state == .ended {
                try await desk.settle(call.reference, outcome(of: call), at: step.at)
                return note("over", .hangUp)
            }
            let key = step.idempotencyToken ?? step.stream?.value ?? "stream:\(call.streams)"
            return try await once(call, kind: "continue", key: key, at: step.at) {
                switch call.intent {
                case .hangUp(let ending):
                    try await desk.settle(call.reference, CallOutcome(ending), at: step.at)
                    return .hangUp
                case .handOver(let intent): return try await handOver(call, intent, at: step.at)
                case nil: return try await takeUpAgain(call, at: step.at)
                }
            }
        } catch let error as DatabaseError where error.isAway {
            return note("database_away", goOnWithoutDatabase(step))
        }
    }

    func takeUpAgain(_ call: PinnedCall, at instant: Date) async throws -> CallAnswer {
        logger.warning(
            "a media stream ended without an intent",
            metadata: ["call.sid": "\(call.callSid)", "tenant.id": "\(call.tenant)", "call.streams": "\(call.streams)"]
        )
        if try await desk.countEvents(call.reference, kind: "continue") < Self.resumptions {
            try await desk.takeOver(call.reference)
            return .stream(StreamOffer(ordinal: call.streams, from: instant))
        }
        let state = try await desk.state(call.reference)
        if let target = call.document.rescueTarget(at: state?.node) {
            let intent = HandOverIntent(target: target, node: nil, summary: "", announced: false)
            _ = try await desk.setIntent(.handOver(intent), of: call)
            return try await handOver(call, intent, at: instant)
        }
        return try await giveUp(call, at: instant)
    }

    func giveUp(_ call: PinnedCall, at instant: Date) async throws -> CallAnswer {
        if let overflow = call.overflow {
            try await desk.beginForwarding(call.reference, target: "overflow")
            return dial(overflow, of: call, announcement: sentences(call).apologyForward)
        }
        try await desk.settle(call.reference, .failed, at: instant)
        return announce(sentences(call).apology, call.language)
    }
}

extension FlowDocument {
    /// Whom a call in trouble is handed to: the first target of the conversation it was in, else the one a hand-over of
    /// the flow leads to.
    func rescueTarget(at node: String?) -> String? {
        if case .conversation(let conversation)? = node.flatMap({ nodes[$0] }), let target = conversation.targets.first
        {
            return target
        }
        let named = nodes.keys.sorted().lazy.compactMap { key -> String? in
            switch self.nodes[key] {
            case .handOver(let node)?: node.target
            case .conversation(let node)?: node.targets.first
            default: nil
            }
        }
        return named.first
    }
}
