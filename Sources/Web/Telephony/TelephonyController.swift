package import Calls
import Hummingbird
package import Kernel
import Logging
import PhoneNumbers
import Twilio

/// Answers the carrier's questions what to do with a call. Parses, asks the director once, writes the answer.
package struct TelephonyController: Sendable {
    private let door: CarrierDoor
    private let director: CallDirector
    private let documents: CallDocuments
    private let time: TimeSource

    package init(door: CarrierDoor, director: CallDirector, documents: CallDocuments, time: TimeSource) {
        self.door = door
        self.director = director
        self.documents = documents
        self.time = time
    }

    package func bind(into book: inout RouteBook) {
        book.on(.voice, voice)
        book.on(.voiceFallback, voiceFallback)
        book.on(.callContinue, callContinue)
        book.on(.dialEnded, dialEnded)
        book.on(.whisper, whisper)
        book.on(.whisperAccepted, whisperAccepted)
        CallNewsController(door: door, director: director, time: time).bind(into: &book)
    }

    private func voice(_ request: IncomingRequest) async throws -> Response {
        let form = try door.form(of: request)
        let call = try readingForm { () throws(FormError) in try VoiceRequest(form: form) }
        let answer = try await director.arrive(
            call.callSid,
            account: call.accountSid,
            caller: Caller(call.from),
            called: E164(call.to),
            at: time.now()
        )
        return try respond(answer, call.callSid)
    }

    /// There is no address after this one: whatever happens, the caller hears something.
    private func voiceFallback(_ request: IncomingRequest) async throws -> Response {
        let form = try door.form(of: request)
        let call = try readingForm { () throws(FormError) in try VoiceRequest(form: form) }
        request.logger.warning(
            "the carrier uses the fallback address",
            metadata: ["call.sid": "\(call.callSid)", "twilio.error_code": "\(call.errorCode ?? "-")"]
        )
        let answer: CallAnswer
        do {
            answer = try await director.rescue(
                step(call, request),
                caller: Caller(call.from),
                afterDialling: TelephonyAddresses.leads(call.errorURL, to: .dialEnded)
            )
        } catch {
            request.logger.error(
                "the fallback address failed",
                metadata: ["call.sid": "\(call.callSid)", "error.type": "\(type(of: error))"]
            )
            answer = director.lastResort(called: E164(call.to))
        }
        return try respond(answer, call.callSid)
    }

    private func callContinue(_ request: IncomingRequest) async throws -> Response {
        let form = try door.form(of: request)
        let call = try readingForm { () throws(FormError) in try VoiceRequest(form: form) }
        return try respond(try await director.goOn(step(call, request)), call.callSid)
    }

    private func dialEnded(_ request: IncomingRequest) async throws -> Response {
        let form = try door.form(of: request)
        let outcome = try readingForm { () throws(FormError) in try DialOutcome(form: form) }
        let answer = try await director.dialEnded(step(outcome.call, request), DialReport(outcome))
        return try respond(answer, outcome.call.callSid)
    }

    /// Asked for the person's leg; the address names the caller's call.
    private func whisper(_ request: IncomingRequest) async throws -> Response {
        let form = try door.form(of: request)
        let leg = try readingForm { () throws(FormError) in try VoiceRequest(form: form) }
        let call = TelephonyAddresses.call(in: request) ?? leg.parentCallSid ?? leg.callSid
        let answer = try await director.whisper(for: call, account: leg.accountSid)
        return .voiceDocument(try documents.document(answer, for: call).render())
    }

    private func whisperAccepted(_ request: IncomingRequest) async throws -> Response {
        let form = try door.form(of: request)
        let gathered = try readingForm { () throws(FormError) in try GatherOutcome(form: form) }
        let leg = gathered.call
        let call = TelephonyAddresses.call(in: request) ?? leg.parentCallSid ?? leg.callSid
        let answer = try await director.accept(
            gathered.digits,
            dialled: leg.callSid,
            for: call,
            account: leg.accountSid,
            at: time.now()
        )
        return .voiceDocument(try documents.document(answer, for: call).render())
    }

    private func step(_ call: VoiceRequest, _ request: IncomingRequest) -> CallStep {
        CallStep(
            callSid: call.callSid,
            accountSid: call.accountSid,
            called: E164(call.to),
            stream: call.streamSid,
            isOver: call.status.isTerminal,
            idempotencyToken: request.header("I-Twilio-Idempotency-Token"),
            at: time.now()
        )
    }

    private func respond(_ answer: CallAnswer, _ call: CallSid) throws -> Response {
        let document = try documents.document(answer, for: call).render()
        director.sent(answer, to: call, at: time.now())
        return .voiceDocument(document)
    }
}

/// What cannot be read is the carrier's mistake, or somebody else's.
func readingForm<Value>(_ body: () throws(FormError) -> Value) throws(WebFailure) -> Value {
    do {
        return try body()
    } catch {
        throw WebFailure(.badRequest, error.code)
    }
}

extension Caller {
    init(_ from: String) {
        switch CallerIdentity.parse(from) {
        case .number(let number): self = .number(number)
        case .withheld: self = .withheld
        case .sip: self = .address
        }
    }
}

extension DialReport {
    init(_ outcome: DialOutcome) {
        let status: Status =
            switch outcome.status {
            case .completed, .answered: .completed
            case .busy: .busy
            case .noAnswer: .noAnswer
            case .canceled: .canceled
            case .failed, .unrecognized: .failed
            }
        self.init(
            status: status,
            dialled: outcome.dialCallSid,
            seconds: outcome.durationSeconds ?? 0,
            isBridged: outcome.isBridged
        )
    }
}
