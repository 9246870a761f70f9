import Flows
import Foundation
package import Kernel
import Localization

extension CallDirector {
    /// What a caller gets when nothing else is left.
    package func lastResort(called: E164?) -> CallAnswer {
        note("last_resort", called.map(overflow) ?? apology(.de))
    }

    func goOnWithoutDatabase(_ step: CallStep) -> CallAnswer {
        guard let call = memory.call(step.callSid), call.accountSid == step.accountSid else {
            return step.called.map(overflow) ?? apology(.de)
        }
        if step.isOver { return .hangUp }
        switch queue.intent(of: call.reference) {
        case .hangUp: return .hangUp
        case .handOver(let intent):
            guard let target = call.target(of: intent) else { break }
            return dial(target, of: call, intent)
        case nil: break
        }
        guard let key = call.document.rescueTarget(at: nil), let target = call.document.targets[key] else {
            return call.overflow.map { dial($0, of: call, announcement: sentences(call).apologyForward) }
                ?? announce(sentences(call).apology, call.language)
        }
        return dial(target, of: call, HandOverIntent(target: key, node: nil, summary: "", announced: false))
    }

    func dialEndedWithoutDatabase(_ step: CallStep, _ report: DialReport) -> CallAnswer {
        let isConnected = report.isBridged ?? (report.status == .completed && report.seconds > 0)
        guard let call = memory.call(step.callSid) else { return unpinnedDialEnded(step, report) }
        if isConnected, let dialled = report.dialled {
            let session = SessionKey(call: call.reference, stream: nil, epoch: call.epoch)
            queue.write(.forwarded(dialled: dialled, seconds: report.seconds, end: step.at), of: session)
            queue.write(.settled(.handedOver, at: step.at, carrierSeconds: nil), of: session)
        }
        return isConnected || step.isOver ? .hangUp : announce(texts(call.language).forwardFailed, call.language)
    }

    /// A call that was never taken, such as one that went to the overflow number.
    func unpinnedDialEnded(_ step: CallStep, _ report: DialReport) -> CallAnswer {
        let isConnected = report.isBridged ?? (report.status == .completed && report.seconds > 0)
        return isConnected || step.isOver ? .hangUp : announce(texts(.de).forwardFailed, .de)
    }

    func overflow(of called: E164) -> CallAnswer {
        guard let known = memory.overflow(of: called) else { return apology(.de) }
        let language = Language(tag: known.language) ?? .de
        guard let number = known.number else { return apology(language) }
        return .dial(
            DialInstruction(
                number: number,
                callerID: called,
                timeoutSeconds: 30,
                announcement: Announcement(texts(language).transferAnnouncement, language: language.spokenTag),
                whispers: false
            )
        )
    }
}
