package import Flows
package import Kernel
import LanguageModel
import Logging
import Speech
import Telemetry

/// One live call: performs what its machine decides. One loop owns the machine; everything slow runs in tasks that
/// answer with events and that end with the call.
struct CallSession: Sendable {
    let plan: CallPlan
    let services: CallServices
    let journal: any CallJournal
    let line: any MediaLine
    let mailbox: CallMailbox
    let feed: AudioFeed

    func run() async {
        services.metrics.active.add(1)
        services.metrics.started.increment()
        defer { services.metrics.active.add(-1) }
        var work = CallWork(session: self)
        var machine = CallMachine(
            document: plan.document,
            texts: plan.texts,
            policy: services.policy,
            situation: plan.situation,
            resuming: plan.resuming
        )
        work.startRecogniser()
        work.perform(machine.begin())
        for await letter in mailbox.letters {
            work.note(letter.event)
            if work.isLeaving {
                guard case .streamEnded(let end) = letter.event else { continue }
                work.streamEnded = end
                break
            }
            work.perform(machine.handle(letter.event, atMs: letter.atMs))
            if work.streamEnded != nil { break }
        }
        if mailbox.hasOverflowed { work.leaveAfterOverflow(defaultTarget: machine.defaultTarget) }
        await work.finish()
    }
}

/// What a session needs to know of its call.
package struct CallPlan: Sendable {
    package var callSid: CallSid
    package var document: FlowDocument
    package var texts: SpokenTexts
    package var situation: String
    package var resuming: ResumableState?

    package init(
        callSid: CallSid,
        document: FlowDocument,
        texts: SpokenTexts,
        situation: String,
        resuming: ResumableState? = nil
    ) {
        self.callSid = callSid
        self.document = document
        self.texts = texts
        self.situation = situation
        self.resuming = resuming
    }
}
