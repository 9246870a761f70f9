import Flows
import Foundation
package import Kernel
package import Localization
package import Logging

/// Lets media streams in: checks the token, opens the stream in the books, and puts together what a session needs.
package struct StreamReception: Sendable {
    /// A port: the providers for one call.
    package typealias Providers = @Sendable (PinnedCall) async throws -> CallServices

    private let desk: CallDesk
    private let queue: FactQueue
    private let memory: CallMemory
    private let token: MediaToken
    private let texts: @Sendable (Language) -> SpeechTexts
    private let announcer: LiveAnnouncer?
    private let providers: Providers
    private let time: TimeSource
    private let logger: Logger

    package init(
        desk: CallDesk,
        queue: FactQueue,
        memory: CallMemory,
        token: MediaToken,
        texts: @escaping @Sendable (Language) -> SpeechTexts,
        time: TimeSource,
        logger: Logger,
        announcer: LiveAnnouncer? = nil,
        providers: @escaping Providers
    ) {
        self.desk = desk
        self.queue = queue
        self.memory = memory
        self.token = token
        self.texts = texts
        self.time = time
        self.logger = logger
        self.announcer = announcer
        self.providers = providers
    }

    package func admit(_ opening: StreamOpening) async -> StreamAdmissionDecision {
        let now = time.now()
        guard let text = opening.parameters[MediaToken.parameter],
            let ordinal = token.ordinal(of: text, for: opening.callSid, at: now)
        else { return .refused("token_invalid") }
        do {
            let begun = try await desk.beginStream(
                opening.callSid,
                account: opening.accountSid,
                stream: opening.streamSid,
                ordinal: ordinal,
                at: now
            )
            switch begun {
            case .failure(let refusal): return .refused(refusal.rawValue)
            case .success(let beginning): return await admit(beginning)
            }
        } catch {
            logger.error(
                "a media stream could not be let in",
                metadata: ["call.sid": "\(opening.callSid)", "error.type": "\(type(of: error))"]
            )
            return .refused("unavailable")
        }
    }

    private func admit(_ beginning: StreamBeginning) async -> StreamAdmissionDecision {
        let call = beginning.call
        memory.remember(call)
        memory.awaitNoLonger(call.callSid)
        let session = SessionKey(call: call.reference, stream: beginning.stream, epoch: beginning.epoch)
        let journal = DeskJournal(queue, session, time: time, announcer: announcer)
        do {
            let services = try await providers(call)
            let plan = CallPlan(
                callSid: call.callSid,
                document: call.document,
                texts: SpokenTexts(texts(call.language), overrides: call.document.speech),
                situation: Situation.text(at: time.now(), timeZone: call.timeZone, language: call.language),
                resuming: beginning.resuming
            )
            return .admitted(StreamAdmission(plan: plan, services: services, journal: journal))
        } catch {
            // The leg was opened and nobody will speak on it.
            journal.write(.streamEnded(.closedByUs, audioMs: 0))
            logger.error(
                "a call has no providers",
                metadata: ["call.sid": "\(call.callSid)", "error.type": "\(type(of: error))"]
            )
            return .refused("unavailable")
        }
    }
}
