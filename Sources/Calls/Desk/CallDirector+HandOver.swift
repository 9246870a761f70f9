import Database
import Flows
import Foundation
import Kernel
import Localization
import Logging
import Numbers

extension CallDirector {
    func handOver(_ call: PinnedCall, _ intent: HandOverIntent, at instant: Date) async throws -> CallAnswer {
        guard let target = call.target(of: intent) else {
            return try await goOn(call, after: intent, .failed, at: instant)
        }
        if let refusal = try await destinations(call.tenant)?.check(target.number) {
            logger.warning(
                "a hand-over target is not allowed",
                metadata: [
                    "call.sid": "\(call.callSid)", "tenant.id": "\(call.tenant)", "refusal": "\(refusal.rawValue)",
                ]
            )
            return try await goOn(call, after: intent, .failed, at: instant)
        }
        try await desk.beginForwarding(call.reference, target: intent.target)
        return dial(target, of: call, intent)
    }

    func dial(_ target: HandOverTarget, of call: PinnedCall, _ intent: HandOverIntent) -> CallAnswer {
        let announcement: String? =
            if intent.announced {
                nil
            } else if case .handOver(let node)? = intent.node.flatMap({ call.document.nodes[$0] }) {
                node.announcement ?? sentences(call).transferAnnouncement
            } else {
                sentences(call).apologyForward
            }
        return .dial(
            DialInstruction(
                number: target.number,
                callerID: call.called,
                timeoutSeconds: target.timeoutSeconds,
                announcement: announcement.map { Announcement($0, language: call.language.spokenTag) },
                whispers: true
            )
        )
    }

    /// Ringing is over, or the conversation with the person.
    package func dialEnded(_ step: CallStep, _ report: DialReport) async throws -> CallAnswer {
        do {
            guard let call = try await desk.pinned(step.callSid) else { return unpinnedDialEnded(step, report) }
            guard call.accountSid == step.accountSid else { return note("wrong_account", .forbidden) }
            let key = report.dialled?.value ?? step.idempotencyToken ?? "stream:\(call.streams)"
            return try await once(call, kind: "dial", key: key, at: step.at) {
                try await dialEnded(call, step, report)
            }
        } catch let error as DatabaseError where error.isAway {
            return note("database_away", dialEndedWithoutDatabase(step, report))
        }
    }

    func dialEnded(_ call: PinnedCall, _ step: CallStep, _ report: DialReport) async throws -> CallAnswer {
        if try await hasTakenOver(call, report) {
            if let dialled = report.dialled {
                try await desk.endForwarding(call.reference, dialled: dialled, seconds: report.seconds, end: step.at)
            }
            try await desk.settle(call.reference, .handedOver, at: step.at)
            return .hangUp
        }
        if step.isOver {
            try await desk.settle(call.reference, .abandoned, at: step.at)
            return .hangUp
        }
        guard case .handOver(let intent)? = call.intent else { return try await forwardFailed(call, at: step.at) }
        return try await goOn(call, after: intent, report.status, at: step.at)
    }

    /// The caller is still there after a person was rung, and how that ended was told to a process that is gone. Who has
    /// pressed the key has spoken with the caller; their seconds are left to the carrier's own account of the call.
    func dialEndedUnreported(_ call: PinnedCall, _ step: CallStep) async throws -> CallAnswer {
        guard call.accountSid == step.accountSid else { return note("wrong_account", .forbidden) }
        guard call.state == .forwarding else { return try await goOn(step) }
        let key = step.idempotencyToken ?? "stream:\(call.streams)"
        return try await once(call, kind: "dial", key: key, at: step.at) {
            if try await isAccepted(call) {
                try await desk.settle(call.reference, .handedOver, at: step.at)
                return .hangUp
            }
            return try await dialEnded(call, step, .unknown)
        }
    }

    /// A person has accepted and was connected; a mailbox was not (decision 17).
    func hasTakenOver(_ call: PinnedCall, _ report: DialReport) async throws -> Bool {
        if let isBridged = report.isBridged { return isBridged }
        guard report.status == .completed, report.seconds > 0 else { return false }
        guard target(of: call)?.acceptByKey == true else { return true }
        guard let dialled = report.dialled else { return false }
        return try await desk.event(call.reference, kind: "accepted", key: dialled.value) != nil
    }

    func branch(_ call: PinnedCall, _ intent: HandOverIntent, _ status: DialReport.Status) -> String? {
        guard case .handOver(let node)? = intent.node.flatMap({ call.document.nodes[$0] }) else { return nil }
        return switch status {
        case .busy: node.onBusy ?? node.onFailed
        case .noAnswer: node.onNoAnswer ?? node.onFailed
        case .completed: node.onDeclined ?? node.onFailed
        case .failed, .canceled: node.onFailed
        }
    }

    /// What follows a hand-over that did not succeed: the flow's branch, or the agent where somebody took over and did
    /// not answer.
    func goOn(
        _ call: PinnedCall,
        after intent: HandOverIntent,
        _ status: DialReport.Status,
        at instant: Date
    ) async throws -> CallAnswer {
        guard intent.number != nil, var state = try await desk.state(call.reference) else {
            return try await goOn(call, at: branch(call, intent, status), at: instant)
        }
        state.afterBreak = true
        try await desk.takeOver(call.reference, goingOnAt: state)
        return .stream(StreamOffer(ordinal: call.streams, from: instant))
    }

    /// Takes the flow up again at `node`; without one the call ends with an apology.
    func goOn(_ call: PinnedCall, at node: String?, at instant: Date) async throws -> CallAnswer {
        guard let node else { return try await forwardFailed(call, at: instant) }
        let state = try await desk.state(call.reference) ?? ResumableState(node: node)
        try await desk.takeOver(call.reference, goingOnAt: state.continuing(at: node))
        return .stream(StreamOffer(ordinal: call.streams, from: instant))
    }

    func forwardFailed(_ call: PinnedCall, at instant: Date) async throws -> CallAnswer {
        try await desk.settle(call.reference, .failed, at: instant)
        return announce(texts(call.language).forwardFailed, call.language)
    }
}

extension PinnedCall {
    /// Whom the intent means; nil if the flow knows no such target.
    func target(of intent: HandOverIntent) -> HandOverTarget? {
        if let number = intent.number { return HandOverTarget(name: intent.target, number: number) }
        return document.targets[intent.target]
    }
}
