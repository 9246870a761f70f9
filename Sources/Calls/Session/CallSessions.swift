import Kernel
package import Logging
import Synchronization

/// A stream that may become a call: who it is, what it talks to and where its facts go.
package struct StreamAdmission: Sendable {
    package let plan: CallPlan
    package let services: CallServices
    package let journal: any CallJournal

    package init(plan: CallPlan, services: CallServices, journal: any CallJournal) {
        self.plan = plan
        self.services = services
        self.journal = journal
    }
}

package enum StreamAdmissionDecision: Sendable {
    case admitted(StreamAdmission)
    /// A stable code for the log.
    case refused(String)
}

/// The calls of this process. Each runs as a child of `run()`, so that none outlives the service and an error in one
/// never reaches another (requirement J12).
package final class CallSessions: MediaSessions {
    package typealias Admit = @Sendable (StreamOpening) async -> StreamAdmissionDecision

    private let admit: Admit
    private let starting: AsyncStream<CallSession>
    private let starter: AsyncStream<CallSession>.Continuation
    private let logger: Logger
    private let live = Mutex<[String: CallMailbox]>([:])

    package init(logger: Logger, admit: @escaping Admit) {
        self.admit = admit
        self.logger = logger
        (starting, starter) = AsyncStream.makeStream(of: CallSession.self, bufferingPolicy: .bufferingOldest(1_024))
    }

    /// How many calls are open.
    package var count: Int { live.withLock(\.count) }

    /// Runs calls until `stop()`, and then until the last one has ended. Cancellation ends them at once.
    package func run() async {
        await withDiscardingTaskGroup { group in
            for await session in starting {
                group.addTask { [self] in
                    await session.run()
                    let sid = session.plan.callSid.value
                    _ = live.withLock { $0.removeValue(forKey: sid) }
                }
            }
        }
    }

    /// Takes no further streams.
    package func stop() { starter.finish() }

    /// Tells a call of this process something, such as a wish to hang up; false if the call is not here.
    package func tell(_ callSid: String, _ event: CallMachine.Event) -> Bool {
        guard let mailbox = live.withLock({ $0[callSid] }) else { return false }
        mailbox.post(event)
        return true
    }

    package func open(_ opening: StreamOpening, line: any MediaLine) async -> StreamDecision {
        switch await admit(opening) {
        case .refused(let code):
            return .refused(code)
        case .admitted(let admission):
            let mailbox = CallMailbox()
            let feed = AudioFeed()
            let session = CallSession(
                plan: admission.plan,
                services: admission.services,
                journal: admission.journal,
                line: line,
                mailbox: mailbox,
                feed: feed
            )
            live.withLock { $0[opening.callSid.value] = mailbox }
            guard case .enqueued = starter.yield(session) else {
                _ = live.withLock { $0.removeValue(forKey: opening.callSid.value) }
                admission.journal.write(.streamEnded(.closedByUs, audioMs: 0))
                return .refused("draining")
            }
            let configuration = admission.services.detector
            return .accepted {
                Hearing(
                    detector: VoiceActivityDetector(configuration: configuration),
                    mailbox: mailbox,
                    feed: feed
                )
            }
        }
    }
}
