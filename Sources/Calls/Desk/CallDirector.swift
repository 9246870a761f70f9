import Database
import Flows
package import Foundation
package import Kernel
package import Localization
package import Logging
package import Numbers
package import Telemetry

/// Decides what becomes of a call at each request of the carrier's: taken or refused, connected with the agent, with a
/// person, or ended. Never silence (requirement J1).
///
/// Decisions are stored with the event they answer, so that a repeated request changes nothing and gets the same answer.
/// While the database is away, a new call gets its number's overflow answer, and a running one what this process
/// remembers of it (decision 13).
package struct CallDirector: Sendable {
    /// A port: to which numbers a tenant's calls may be handed over now; nil if there is no such tenant.
    package typealias Destinations = @Sendable (TenantID) async throws -> HandOverDestination?

    /// How often a call that broke off is taken up again before it is handed to a person.
    static let resumptions = 2

    let desk: CallDesk
    let queue: FactQueue
    let memory: CallMemory
    let gate: CallGate
    let destinations: Destinations
    let texts: @Sendable (Language) -> SpeechTexts
    let logger: Logger
    private let answers: @Sendable (_ outcome: String) -> Counter

    package init(
        desk: CallDesk,
        queue: FactQueue,
        memory: CallMemory,
        gate: CallGate,
        texts: @escaping @Sendable (Language) -> SpeechTexts,
        logger: Logger,
        metrics: Metrics,
        destinations: @escaping Destinations
    ) {
        self.desk = desk
        self.queue = queue
        self.memory = memory
        self.gate = gate
        self.texts = texts
        self.logger = logger
        self.destinations = destinations
        answers = { outcome in
            metrics.counter(
                "voiceagent_call_answers_total",
                help: "Answers to the carrier's question what to do with a call.",
                labels: [("outcome", outcome)]
            )
        }
    }

    // MARK: A call arrives

    /// The first request about a call.
    ///
    /// - Parameter called: nil where the carrier's text is no number; then nobody answers.
    package func arrive(
        _ callSid: CallSid,
        account: AccountSid,
        caller: Caller,
        called: E164?,
        at instant: Date
    ) async throws -> CallAnswer {
        guard let called else { return note("unknown_number", notReachable()) }
        guard await gate.admitsNumber(called) else { return note("rate_limited", busy(nil)) }
        let arrival = CallArrival(
            callSid: callSid,
            accountSid: account,
            caller: caller,
            called: called,
            at: instant
        )
        do {
            return try await admit(arrival)
        } catch let error as DatabaseError where error.isAway {
            return note("database_away", overflow(of: called))
        }
    }

    /// The request at the number's second address: the first one, or a later one of the call, could not be made.
    ///
    /// - Parameter afterDialling: the report how ringing a person ended is the one that could not be delivered.
    package func rescue(_ step: CallStep, caller: Caller, afterDialling: Bool) async throws -> CallAnswer {
        do {
            if let call = try await desk.pinned(step.callSid), call.streams > 0 || call.intent != nil {
                return afterDialling ? try await dialEndedUnreported(call, step) : try await goOn(step)
            }
        } catch let error as DatabaseError where error.isAway {
            if memory.call(step.callSid) != nil {
                return afterDialling ? dialEndedWithoutDatabase(step, .unknown) : try await goOn(step)
            }
        }
        return try await arrive(
            step.callSid,
            account: step.accountSid,
            caller: caller,
            called: step.called,
            at: step.at
        )
    }

    private func admit(_ arrival: CallArrival) async throws -> CallAnswer {
        let admission: Admission
        switch try await desk.look(up: arrival.callSid, called: arrival.called) {
        case .nobody: return note("unknown_number", notReachable())
        case .known(let reference): admission = try await desk.admit(arrival, known: reference)
        case .new(let route):
            memory.remember(.init(number: route.overflow, language: route.language), of: arrival.called)
            guard route.account == arrival.accountSid else { return note("wrong_account", .forbidden) }
            guard await gate.admitsTenant(route.tenant) else {
                return note("rate_limited", busy(route.overflow, arrival.called))
            }
            admission = try await desk.admit(arrival, by: route)
        }
        switch admission {
        case .admitted(let call):
            memory.remember(call)
            return note("admitted", .stream(StreamOffer(ordinal: 0, from: call.admittedAt)))
        case .refused(let refusal): return note(refusal.code, answer(to: refusal, called: arrival.called))
        }
    }

    private func answer(to refusal: CallRefusal, called: E164) -> CallAnswer {
        switch refusal {
        case .wrongAccount: .forbidden
        case .unknownNumber, .suspended, .noLiveFlow: notReachable()
        case .concurrency(let overflow): busy(overflow, called)
        case .over: .hangUp
        }
    }

    /// The answer goes out to the carrier.
    package func sent(_ answer: CallAnswer, to sid: CallSid, at instant: Date) {
        memory.await(sid, after: answer, at: instant)
    }

    // MARK: Parts

    /// Decides once: what was stored under the key before is answered again.
    func once(
        _ call: PinnedCall,
        kind: String,
        key: String,
        at instant: Date,
        _ decide: () async throws -> CallAnswer
    ) async throws -> CallAnswer {
        if let stored = try await desk.event(call.reference, kind: kind, key: key) { return try stored.decode() }
        let answer = try await decide()
        let body = try JSONText(encoding: answer)
        let earlier = try await desk.store(call.reference, kind: kind, key: key, body: body, at: instant)
        return note(kind, try earlier?.decode() ?? answer)
    }

    func remembered(_ sid: CallSid) async throws -> PinnedCall? {
        do {
            return try await desk.pinned(sid)
        } catch let error as DatabaseError where error.isAway {
            return memory.call(sid)
        }
    }

    func target(of call: PinnedCall) -> HandOverTarget? {
        guard case .handOver(let intent)? = call.intent else { return nil }
        return call.target(of: intent)
    }

    /// How a call ends whose carrier says that it is over.
    func outcome(of call: PinnedCall) -> CallOutcome {
        if case .hangUp(let ending)? = call.intent { CallOutcome(ending) } else { .abandoned }
    }

    /// Whether a person has pressed the key.
    func isAccepted(_ call: PinnedCall) async throws -> Bool {
        guard call.state == .forwarding else { return false }
        return try await desk.countEvents(call.reference, kind: "accepted") > 0
    }

    func sentences(_ call: PinnedCall) -> SpokenTexts {
        SpokenTexts(texts(call.language), overrides: call.document.speech)
    }

    func dial(_ number: E164, of call: PinnedCall, announcement: String) -> CallAnswer {
        .dial(
            DialInstruction(
                number: number,
                callerID: call.called,
                timeoutSeconds: 30,
                announcement: Announcement(announcement, language: call.language.spokenTag),
                whispers: false
            )
        )
    }

    func busy(_ overflow: E164?, _ called: E164? = nil) -> CallAnswer {
        guard let overflow, let called else { return announce(texts(.de).busy, .de) }
        return .dial(
            DialInstruction(
                number: overflow,
                callerID: called,
                timeoutSeconds: 30,
                announcement: nil,
                whispers: false
            )
        )
    }

    func notReachable() -> CallAnswer { announce(texts(.de).notReachable, .de) }

    func apology(_ language: Language) -> CallAnswer { announce(texts(language).apology, language) }

    var germanApology: Announcement { Announcement(texts(.de).apology, language: Language.de.spokenTag) }

    func announce(_ text: String, _ language: Language) -> CallAnswer {
        .announce(Announcement(text, language: language.spokenTag))
    }

    func note(_ outcome: String, _ answer: CallAnswer) -> CallAnswer {
        answers(outcome).increment()
        return answer
    }
}

extension CallOutcome {
    init(_ ending: CallEnding) {
        switch ending {
        case .completed: self = .completed
        case .noAnswer: self = .noAnswer
        case .limit: self = .limit
        case .failed: self = .failed
        }
    }
}

extension DatabaseError {
    /// The database does not answer; it has not refused anything.
    var isAway: Bool {
        if case .unavailable = self { true } else { false }
    }
}
