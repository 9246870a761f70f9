/// `<Dial>`: the second leg, from ringing to the conversation of two people.
extension CallInProgress {
    /// The leg to the person who is dialled.
    private struct Leg {
        let number: TwiMLDial.Number
        let callSid: String
        let callerID: String
        var sequence = 0
        var answeredMs: Int?
    }

    func dial(_ dial: TwiMLDial) async -> Next {
        // All numbers ring at once and the first answers; here the first is the one that does.
        guard let number = dial.numbers.first else { return .verb }
        var leg = Leg(number: number, callSid: CarrierSid.make("CA"), callerID: dial.callerID ?? plan.from)
        state.system("Weiterleitung an \(number.number)")
        var status = plan.person.answer.rawValue
        var isBridged = false
        var end: DialReport.Ending?
        if !isDiallable(leg) {
            status = "failed"
        } else {
            event("initiated", "initiated", &leg)
            event("ringing", "ringing", &leg)
            (status, isBridged, end) = await ring(dial, &leg)
        }
        let seconds = leg.answeredMs.map { max(1, (state.callMs - $0 + 500) / 1_000) } ?? 0
        event("completed", status, &leg, seconds: seconds)
        dials.append(
            DialReport.Dial(
                number: number.number,
                callSid: leg.callSid,
                status: status,
                bridged: isBridged,
                durationSeconds: seconds
            )
        )
        state.system("Weiterleitung beendet: \(status)\(isBridged ? "" : ", nicht verbunden")")
        var parameters = [
            ("DialCallStatus", status), ("DialCallSid", leg.callSid), ("DialBridged", isBridged ? "true" : "false"),
        ]
        if leg.answeredMs != nil { parameters.append(("DialCallDuration", String(seconds))) }
        guard let action = dial.action else { return end.map { .end($0) } ?? .verb }
        let fetch = Fetch(kind: "dial", url: absolute(action), method: dial.method, parameters: parameters)
        guard let end else { return .fetch(fetch) }
        // The caller is gone: the carrier still tells how the dialling ended, and ignores the answer.
        let (request, _) = await requests.instructions(
            fetch.kind,
            url: fetch.url,
            method: fetch.method,
            form: form().map { $0.0 == "CallStatus" ? ($0.0, "completed") : $0 } + fetch.parameters
        )
        report.append(request)
        return .end(end)
    }

    private func isDiallable(_ leg: Leg) -> Bool {
        let digits = leg.number.number.dropFirst()
        guard leg.number.number.hasPrefix("+"), (2...15).contains(digits.count), digits.allSatisfy(\.isNumber) else {
            state.problem("<Number> ist nicht E.164 (13223)")
            return false
        }
        guard leg.callerID == plan.to || leg.callerID == plan.from || plan.ownNumbers.contains(leg.callerID) else {
            state.problem("callerId gehört nicht zum Anruf und nicht zum Konto (13214)")
            return false
        }
        return true
    }

    private func ring(
        _ dial: TwiMLDial,
        _ leg: inout Leg
    ) async -> (status: String, isBridged: Bool, end: DialReport.Ending?) {
        let person = plan.person
        let isUnanswered = person.answer == .noAnswer || person.ringMs >= dial.timeoutSeconds * 1_000
        let ringMs = isUnanswered ? dial.timeoutSeconds * 1_000 : person.ringMs
        if case .end(let ending) = await pass(ringMs, isAudible: false) { return ("canceled", false, ending) }
        if isUnanswered { return ("no-answer", false, nil) }
        switch person.answer {
        case .busy, .failed, .canceled, .noAnswer: return (person.answer.rawValue, false, nil)
        case .accept, .voicemail, .decline: break
        }
        leg.answeredMs = state.callMs
        event("answered", "in-progress", &leg)
        if person.answer == .voicemail { writePerson("(Anrufbeantworter) Bitte sprechen Sie nach dem Ton.") }
        guard await whisper(leg) else { return ("completed", false, nil) }
        state.system("Verbunden")
        return ("completed", true, await talk(dial))
    }

    private func writePerson(_ text: String) {
        state.write(.person, text, from: state.callMs, to: state.callMs + text.count * 66)
    }

    /// Carries out the whisper's instructions to the person; true if the two are to be connected.
    private func whisper(_ leg: Leg) async -> Bool {
        guard let url = leg.number.url else { return plan.person.answer != .decline }
        var fetch = Fetch(kind: "whisper", url: absolute(url), method: leg.number.method, parameters: [])
        for _ in 0..<10 {
            let (request, result) = await requests.instructions(
                fetch.kind,
                url: fetch.url,
                method: fetch.method,
                form: form(of: leg, status: "in-progress") + fetch.parameters
            )
            report.append(request)
            guard case .success(let answer) = result else { return false }
            for warning in answer.document.warnings { state.problem("TwiML (12200): \(warning)") }
            switch await whisper(answer.document.verbs, url: fetch.url) {
            case .connect: return true
            case .hangUp: return false
            case .fetch(let next): fetch = next
            }
        }
        return false
    }

    private enum Whispered {
        case connect
        case hangUp
        case fetch(Fetch)
    }

    private func whisper(_ verbs: [TwiMLVerb], url: String) async -> Whispered {
        for verb in verbs {
            switch verb {
            case .say(let text):
                guard await whisper(text) else { return .hangUp }
            case .pause(let seconds):
                if case .end = await pass(seconds * 1_000, isAudible: false) { return .hangUp }
            case .play: break
            case .hangup: return .hangUp
            case .redirect(let target, let method):
                return .fetch(Fetch(kind: "whisper", url: absolute(target), method: method, parameters: []))
            case .gather(let gather):
                for case .say(let text) in gather.prompts {
                    guard await whisper(text) else { return .hangUp }
                }
                if plan.person.answer == .decline { return .hangUp }
                let accepts = plan.person.answer == .accept
                if accepts {
                    state.write(.person, "(Taste \(plan.person.key))", from: state.callMs, to: state.callMs)
                } else {
                    if case .end = await pass(gather.timeoutSeconds * 1_000, isAudible: false) { return .hangUp }
                    guard gather.actionOnEmptyResult else { continue }
                }
                return .fetch(
                    Fetch(
                        kind: "whisper",
                        url: gather.action.map(absolute) ?? url,
                        method: gather.method,
                        parameters: [("Digits", accepts ? plan.person.key : "")]
                    )
                )
            case .reject, .connect, .dial:
                state.problem("An die Person darf nur Say, Play, Pause, Gather, Redirect oder Hangup gehen")
                return .hangUp
            }
        }
        return plan.person.answer == .decline ? .hangUp : .connect
    }

    private func whisper(_ text: String) async -> Bool {
        let start = state.callMs
        let next = await pass(max(500, text.count * 66), isAudible: false)
        state.write(.whisper, text, from: start, to: state.callMs)
        if case .end = next { return false }
        return true
    }

    /// The two talk until the person or the caller hangs up; the ending if it was the caller.
    private func talk(_ dial: TwiMLDial) async -> DialReport.Ending? {
        var leftMs = min(plan.person.talkMs, dial.timeLimitSeconds * 1_000)
        for text in plan.person.says {
            let lengthMs = min(leftMs, max(500, text.count * 66))
            writePerson(text)
            if case .end(let ending) = await pass(lengthMs, isAudible: true, lastTurn: text) { return ending }
            leftMs -= lengthMs
        }
        if case .end(let ending) = await pass(leftMs, isAudible: false) { return ending }
        return nil
    }

    // MARK: Callbacks of the leg

    private func form(of leg: Leg, status: String) -> [(String, String)] {
        [
            ("AccountSid", plan.account.sid), ("ApiVersion", "2010-04-01"), ("CallSid", leg.callSid),
            ("ParentCallSid", callSid), ("CallStatus", status), ("Called", leg.number.number),
            ("Caller", leg.callerID), ("Direction", "outbound-dial"), ("From", leg.callerID),
            ("To", leg.number.number),
        ]
    }

    private func event(_ name: String, _ status: String, _ leg: inout Leg, seconds: Int = 0) {
        defer { leg.sequence += 1 }
        guard let url = leg.number.statusCallback, leg.number.statusCallbackEvents.contains(name) else { return }
        var form = form(of: leg, status: status)
        form += [
            ("Timestamp", timestamp), ("CallbackSource", "call-progress-events"),
            ("SequenceNumber", String(leg.sequence)),
        ]
        if name == "completed" {
            form += [("CallDuration", String(seconds)), ("Duration", String((seconds + 59) / 60))]
        }
        notify(url: url, method: leg.number.statusCallbackMethod, form: form)
    }
}
