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
        let course = CallCourse(session: self)
        course.begin()
        for await letter in mailbox.letters {
            if course.take(letter) { break }
        }
        await course.finish()
    }
}

/// The machine and the work of one session, used by its loop alone.
///
/// They stand outside the loop's own frame, and their code is kept out of it: an asynchronous frame has room for every
/// temporary value of what is compiled into it, for as long as the call lasts, and these took 17 KB.
private final class CallCourse {
    private let session: CallSession
    private var machine: CallMachine
    private var work: CallWork
    private var voice = LiveVoice.nobody

    init(session: CallSession) {
        self.session = session
        work = CallWork(session: session)
        machine = CallMachine(
            document: session.plan.document,
            texts: session.plan.texts,
            policy: session.services.policy,
            situation: session.plan.situation,
            resuming: session.plan.resuming
        )
    }

    @inline(never)
    func begin() {
        work.startRecogniser()
        work.perform(machine.begin())
        noteVoice()
    }

    private func noteVoice() {
        let now = machine.voice
        guard now != voice else { return }
        voice = now
        session.journal.note(now)
    }

    /// Returns whether the call is over.
    @inline(never)
    func take(_ letter: Letter) -> Bool {
        work.note(letter.event)
        if work.isLeaving {
            guard case .streamEnded(let end) = letter.event else { return false }
            work.streamEnded = end
            return true
        }
        work.perform(machine.handle(letter.event, atMs: letter.atMs))
        noteVoice()
        return work.streamEnded != nil
    }

    func finish() async {
        if session.mailbox.hasOverflowed { work.leaveAfterOverflow(defaultTarget: machine.defaultTarget) }
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
