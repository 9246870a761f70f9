import Foundation
import Kernel
import NIOCore

/// One call from ring to end: fetches instructions, carries them out verb by verb, and keeps the audio clock.
actor CallInProgress {
    /// Where the call goes after a verb.
    enum Next {
        case verb
        case fetch(Fetch)
        case end(DialReport.Ending)
    }

    /// A request for the next instructions.
    struct Fetch {
        let kind: String
        let url: String
        let method: String
        let parameters: [(String, String)]
    }

    nonisolated let requests: CarrierRequests
    nonisolated let plan: DialPlan
    nonisolated let callSid: String
    nonisolated let orders: CallOrders
    private nonisolated let group: any EventLoopGroup
    private nonisolated let exchange: Exchange?
    private nonisolated let callbacks: AsyncStream<StatusCallbacks.Callback>.Continuation
    private nonisolated let answeredAt = Date()

    var state: LineState
    var report = [DialReport.Request]()
    var streams = [DialReport.Stream]()
    var dials = [DialReport.Dial]()
    private var status = "ringing"
    private var documentURL = ""
    private var sequence = 0
    private var wasFallback = false

    /// Characters a second of the carrier's own voice.
    private static let announcementRate = 15

    init(
        plan: DialPlan,
        group: any EventLoopGroup,
        exchange: Exchange?,
        orders: CallOrders,
        callbacks: AsyncStream<StatusCallbacks.Callback>.Continuation,
        onLine: @escaping @Sendable (TranscriptLine) -> Void
    ) {
        self.plan = plan
        self.group = group
        self.exchange = exchange
        self.orders = orders
        self.callbacks = callbacks
        callSid = plan.callSid ?? CarrierSid.make("CA")
        requests = CarrierRequests(
            authToken: plan.account.authToken.reveal(),
            copies: max(1, plan.webhookCopies),
            connectTo: plan.connectTo,
            publicHost: URLComponents(string: plan.voiceURL)?.host
        )
        state = LineState(
            mind: CallerMind(
                steps: plan.steps,
                voice: ModemEncoder(),
                turnGapMs: plan.turnGapMs,
                patienceMs: plan.patienceMs ?? max(20_000, Int(plan.pace * 5_000)),
                lingerMs: plan.lingerMs
            ),
            onLine: onLine
        )
    }

    func run() async -> DialReport {
        exchange?.begin(callSid: callSid, accountSid: plan.account.sid, from: plan.from, to: plan.to, orders: orders)
        state.system("Anruf von \(plan.from) an \(plan.to)")
        let ending = await follow(Fetch(kind: "voice", url: plan.voiceURL, method: "POST", parameters: []))
        status = ending == .rejected ? "busy" : "completed"
        exchange?.end(callSid: callSid, status: status, durationSeconds: seconds)
        if let url = plan.statusCallbackURL { notify(url: url, method: "POST", form: finalForm()) }
        switch ending {
        case .noInstructions: state.problem("Keine Anweisungen vom Agenten und keine vom Ersatz")
        case .limitReached: state.problem("Der Anruf dauerte länger als erlaubt")
        default: break
        }
        if let failure = state.mind.failure {
            state.problem(failure)
        } else if !state.mind.isDone, ending != .lineDropped {
            let mind = state.mind
            let next = min(mind.position + 1, mind.stepCount)
            state.problem("Der Anruf endete vor Schritt \(next) von \(mind.stepCount)")
        }
        state.system("Ende: \(Self.german(ending)) nach \(TranscriptLine.time(state.callMs))")
        return DialReport(
            callSid: callSid,
            from: plan.from,
            to: plan.to,
            ending: ending,
            durationMs: state.callMs,
            lines: state.lines.sorted { $0.startMs < $1.startMs },
            requests: report,
            streams: streams,
            dials: dials,
            bargeInMs: state.bargeInMs,
            answerMs: state.answerMs,
            problems: state.problems
        )
    }

    private static func german(_ ending: DialReport.Ending) -> String {
        switch ending {
        case .callerHungUp: "der Anrufer hat aufgelegt"
        case .agentHungUp: "der Agent hat aufgelegt"
        case .rejected: "abgewiesen"
        case .noInstructions: "keine Anweisungen"
        case .lineDropped: "die Leitung ist abgerissen"
        case .streamBroke: "der Medienstrom ist abgerissen"
        case .completedByREST: "durch die REST-Schnittstelle beendet"
        case .limitReached: "zu lang"
        }
    }

    // MARK: Instructions

    private func follow(_ first: Fetch) async -> DialReport.Ending {
        var fetch = first
        while true {
            guard let answer = await instructions(fetch) else { return .noInstructions }
            if status == "ringing", case .reject(let reason)? = answer.document.verbs.first {
                state.system("Abgewiesen (\(reason))")
                return .rejected
            }
            status = "in-progress"
            documentURL = answer.url
            switch await carryOut(answer.document.verbs) {
            case .verb: return .agentHungUp
            case .fetch(let next): fetch = next
            case .end(let ending): return ending
            }
        }
    }

    /// The document at `fetch`, else that of the fallback; nil if there is neither.
    private func instructions(_ fetch: Fetch) async -> CarrierRequests.Answer? {
        let (request, result) = await requests.instructions(
            fetch.kind,
            url: fetch.url,
            method: fetch.method,
            form: form() + fetch.parameters
        )
        report.append(request)
        switch result {
        case .success(let answer):
            for warning in answer.document.warnings { state.problem("TwiML (12200): \(warning)") }
            return answer
        case .failure(let error):
            if error.code == 0 { state.problem(error.detail) }
            state.system("Fehler \(error.code) von \(fetch.kind): \(error.detail)")
            guard let url = plan.fallbackURL, !wasFallback else { return nil }
            wasFallback = true
            defer { wasFallback = false }
            return await instructions(
                Fetch(
                    kind: "fallback",
                    url: url,
                    method: "POST",
                    parameters: [("ErrorCode", String(error.code)), ("ErrorUrl", fetch.url)]
                )
            )
        }
    }

    private func carryOut(_ verbs: [TwiMLVerb]) async -> Next {
        for verb in verbs {
            let next: Next =
                switch verb {
                case .say(let text): await announce(text)
                case .play(.digits(let digits)): await pass(digits.count * 250, isAudible: true)
                case .play(.url(let url)): await announce("(\(url))")
                case .pause(let seconds): await pass(seconds * 1_000, isAudible: false)
                case .hangup: .end(.agentHungUp)
                case .redirect(let url, let method):
                    .fetch(Fetch(kind: "redirect", url: absolute(url), method: method, parameters: []))
                case .reject: .end(.rejected)
                case .gather(let gather): await self.gather(gather)
                case .connect(let connect): await self.connect(connect)
                case .dial(let dial): await self.dial(dial)
                }
            guard case .verb = next else { return next }
        }
        return .verb
    }

    private func announce(_ text: String) async -> Next {
        let start = state.callMs
        let length = max(500, text.count * 1_000 / Self.announcementRate)
        let next = await pass(length, isAudible: true, lastTurn: text)
        state.write(.announcement, text, from: start, to: state.callMs)
        return next
    }

    private func gather(_ gather: TwiMLGather) async -> Next {
        var keys = ""
        for prompt in gather.prompts {
            let next: Next =
                switch prompt {
                case .say(let text): await announce(text)
                case .pause(let seconds): await pass(seconds * 1_000, isAudible: false, keys: &keys)
                default: .verb
                }
            guard case .verb = next else { return next }
        }
        var waitedMs = 0
        while waitedMs < gather.timeoutSeconds * 1_000 {
            let before = keys.count
            if case .end(let ending) = await pass(100, isAudible: false, keys: &keys) { return .end(ending) }
            waitedMs = keys.count > before ? 0 : waitedMs + 100
            if let limit = gather.numDigits, keys.count >= limit { break }
            if let finish = gather.finishOnKey.first, keys.last == finish {
                keys.removeLast()
                break
            }
        }
        guard !keys.isEmpty || gather.actionOnEmptyResult else { return .verb }
        return .fetch(
            Fetch(
                kind: "gather",
                url: gather.action.map(absolute) ?? documentURL,
                method: gather.method,
                parameters: [("Digits", keys)]
            )
        )
    }

    // MARK: Media stream

    private func connect(_ connect: TwiMLConnect) async -> Next {
        let streamSid = CarrierSid.make("MZ")
        let notifyStream = { (event: String, error: String?) in
            guard let url = connect.statusCallback else { return }
            var form = [
                ("AccountSid", self.plan.account.sid), ("CallSid", self.callSid), ("StreamSid", streamSid),
                ("StreamName", connect.name ?? streamSid), ("StreamEvent", event), ("Timestamp", self.timestamp),
            ]
            if let error { form.append(("StreamError", error)) }
            self.notify(url: self.absolute(url), method: connect.statusCallbackMethod, form: form)
        }
        let setup = StreamPhone.Setup(
            streamSid: streamSid,
            callSid: callSid,
            accountSid: plan.account.sid,
            parameters: connect.parameters,
            pace: plan.pace,
            turnGapMs: plan.turnGapMs,
            limitMs: plan.limitMs,
            dropAfterMs: plan.dropAfterMs,
            orders: orders
        )
        let result: StreamPhone.Result
        do {
            state.system("Medienstrom")
            result = try await openStream(connect.url, setup: setup) { notifyStream("stream-started", nil) }
        } catch let error as CarrierError {
            state.system("Der Medienstrom kam nicht zustande (\(error.code)): \(error.detail)")
            notifyStream("stream-error", "\(error.code)")
            streams.append(
                DialReport.Stream(
                    sid: streamSid,
                    startMs: state.callMs,
                    audioMs: 0,
                    firstSoundMs: nil,
                    clears: 0,
                    marks: 0,
                    agentMessages: 0,
                    droppedFrames: 0,
                    end: "refused"
                )
            )
            return afterAbnormalEnd(connect)
        } catch {
            return afterAbnormalEnd(connect)
        }
        state = result.state
        streams.append(result.stream)
        let isClean = result.end != .broken && result.end != .protocolError
        notifyStream(isClean ? "stream-stopped" : "stream-error", isClean ? nil : "31924")
        switch result.end {
        case .callerHungUp: return .end(.callerHungUp)
        case .dropped: return .end(.lineDropped)
        case .limit: return .end(.limitReached)
        case .ordered(let order): return next(after: order)
        case .closed: return afterStream(connect)
        case .broken, .protocolError:
            state.system("Der Medienstrom ist abgerissen")
            return afterAbnormalEnd(connect)
        }
    }

    private func afterStream(_ connect: TwiMLConnect) -> Next {
        guard let action = connect.action else { return .verb }
        return .fetch(Fetch(kind: "action", url: absolute(action), method: connect.method, parameters: []))
    }

    private func afterAbnormalEnd(_ connect: TwiMLConnect) -> Next {
        switch plan.abnormalEnd {
        case .action: afterStream(connect)
        case .drop: .end(.streamBroke)
        }
    }

    private func openStream(
        _ url: String,
        setup: StreamPhone.Setup,
        onOpen: () -> Void
    ) async throws -> StreamPhone.Result {
        let address = try streamAddress(url)
        let signature = CarrierSignature.sign(url: url, token: plan.account.authToken.reveal())
        let done = group.any().makePromise(of: StreamPhone.Result.self)
        let state = state
        do {
            try await WebSocketClient.connect(
                to: address,
                headers: [("X-Twilio-Signature", signature), ("User-Agent", "Twilio.TmeWs/1.0")],
                on: group,
                makeHandler: { StreamPhone(setup: setup, state: state, done: done) }
            )
        } catch {
            done.fail(error)
            throw switch error {
            case .unreachable: CarrierError(code: 31902, detail: "no connection")
            case .refused(let status): CarrierError(code: 31920, detail: "HTTP \(status)")
            }
        }
        onOpen()
        return try await done.futureResult.get()
    }

    private func streamAddress(_ url: String) throws(CarrierError) -> WebSocketClient.Address {
        guard let components = URLComponents(string: url), let host = components.host,
            let authority = components.authority
        else { throw CarrierError(code: 31923, detail: "not a URL") }
        guard components.query == nil else { throw CarrierError(code: 31923, detail: "the URL has a query") }
        let target = components.percentEncodedPath.isEmpty ? "/" : components.percentEncodedPath
        if let connectTo = plan.connectTo, host == requests.publicHost {
            let parts = connectTo.split(separator: ":")
            let port = parts.count > 1 ? Int(parts[1]) ?? 80 : 80
            let local = parts.first.map(String.init) ?? host
            return WebSocketClient.Address(host: local, port: port, target: target, authority: authority)
        }
        let isLoopback = ["127.0.0.1", "localhost", "::1"].contains(host)
        guard components.scheme == "ws", isLoopback else {
            throw CarrierError(
                code: components.scheme == "wss" ? 31910 : 31922,
                detail: "only ws:// on this machine, or wss:// through connectTo"
            )
        }
        return WebSocketClient.Address(host: host, port: components.port ?? 80, target: target, authority: authority)
    }

    // MARK: Time

    /// Lets audio time pass without a media stream.
    func pass(_ ms: Int, isAudible: Bool, lastTurn: String = "") async -> Next {
        var keys = ""
        return await pass(ms, isAudible: isAudible, lastTurn: lastTurn, keys: &keys)
    }

    func pass(_ ms: Int, isAudible: Bool, lastTurn: String = "", keys: inout String) async -> Next {
        var left = ms
        while left > 0 {
            let stretch = min(left, 100)
            for _ in stride(from: 0, to: stretch, by: LineState.frameMs) {
                let step = state.advance(isAudible: isAudible, lastTurn: lastTurn)
                keys += String(step.keys)
                if step.hangsUp { return .end(.callerHungUp) }
            }
            left -= stretch
            if let drop = plan.dropAfterMs, state.callMs >= drop { return .end(.lineDropped) }
            if state.callMs >= plan.limitMs { return .end(.limitReached) }
            if let order = orders.take() { return next(after: order) }
            do {
                try await Task.sleep(for: .milliseconds(Double(stretch) / plan.pace))
            } catch {
                return .end(.lineDropped)
            }
        }
        return .verb
    }

    private func next(after order: CallOrder) -> Next {
        switch order {
        case .complete: .end(.completedByREST)
        case .redirect(let url, let method):
            .fetch(Fetch(kind: "redirect", url: url, method: method, parameters: []))
        }
    }

    // MARK: Forms

    var seconds: Int { (state.callMs + 500) / 1_000 }

    /// The carrier's clock: real time at the answer plus audio time since.
    var timestamp: String {
        CarrierTime.rfc2822(answeredAt.addingTimeInterval(Double(state.callMs) / 1_000))
    }

    /// What every request about the call carries.
    func form() -> [(String, String)] {
        [
            ("AccountSid", plan.account.sid), ("ApiVersion", "2010-04-01"), ("CallSid", callSid),
            ("CallStatus", status), ("Called", plan.to), ("CalledCity", ""), ("CalledCountry", "AT"),
            ("Caller", plan.from), ("CallerCity", ""), ("CallerCountry", "AT"), ("Direction", "inbound"),
            ("From", plan.from), ("FromCity", ""), ("FromCountry", "AT"), ("To", plan.to), ("ToCity", ""),
            ("ToCountry", "AT"),
        ]
    }

    private func finalForm() -> [(String, String)] {
        form() + [
            ("CallDuration", String(seconds)), ("Duration", String((seconds + 59) / 60)), ("SipResponseCode", "200"),
            ("Timestamp", timestamp), ("CallbackSource", "call-progress-events"), ("SequenceNumber", "0"),
        ]
    }

    func notify(url: String, method: String, form: [(String, String)]) {
        callbacks.yield(StatusCallbacks.Callback(url: absolute(url), method: method, form: form))
    }

    func absolute(_ url: String) -> String {
        URL(string: url, relativeTo: URL(string: documentURL))?.absoluteString ?? url
    }
}
