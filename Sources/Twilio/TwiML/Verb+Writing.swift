import Kernel

extension VoiceResponse.Verb {
    func write(to writer: inout TwiMLWriter) {
        switch self {
        case .say(let say): say.write(to: &writer)
        case .play(let url): writer.element("Play") { $0.characters(url) }
        case .pause(let seconds): writer.element("Pause", [("length", String(seconds))])
        case .hangup: writer.element("Hangup")
        case .redirect(let url): writer.element("Redirect", [("method", "POST")]) { $0.characters(url) }
        case .reject(let reason): writer.element("Reject", [("reason", reason.rawValue)])
        case .connect(let stream): stream.write(to: &writer)
        case .dial(let dial): dial.write(to: &writer)
        case .gather(let gather): gather.write(to: &writer)
        }
    }
}

extension VoiceResponse.Say {
    func write(to writer: inout TwiMLWriter) {
        writer.element("Say", [("language", language), ("voice", voice)]) { $0.characters(text) }
    }
}

extension VoiceResponse.ConnectStream {
    func write(to writer: inout TwiMLWriter) {
        writer.element("Connect", [("action", action), ("method", "POST")]) { writer in
            let attributes = [
                ("url", url), ("name", name), ("statusCallback", statusCallback),
                ("statusCallbackMethod", statusCallback.map { _ in "POST" }),
            ]
            writer.element("Stream", attributes) { writer in
                for parameter in parameters {
                    writer.element("Parameter", [("name", parameter.name), ("value", parameter.value)])
                }
            }
        }
    }
}

extension VoiceResponse.Dial {
    func write(to writer: inout TwiMLWriter) {
        let attributes = [
            ("action", action), ("method", "POST"), ("timeout", String(timeoutSeconds)),
            ("timeLimit", timeLimitSeconds.map { String($0) }), ("callerId", callerID.value),
        ]
        writer.element("Dial", attributes) { writer in
            for number in numbers { number.write(to: &writer) }
        }
    }
}

extension VoiceResponse.DialNumber {
    func write(to writer: inout TwiMLWriter) {
        let attributes = [
            ("url", whisper), ("method", whisper.map { _ in "POST" }), ("statusCallback", statusCallback),
            ("statusCallbackMethod", statusCallback.map { _ in "POST" }),
            ("statusCallbackEvent", events.isEmpty ? nil : events.map(\.rawValue).joined(separator: " ")),
        ]
        writer.element("Number", attributes) { $0.characters(number.value) }
    }
}

extension VoiceResponse.Gather {
    func write(to writer: inout TwiMLWriter) {
        let attributes = [
            ("action", action), ("method", "POST"), ("input", "dtmf"), ("numDigits", String(digits)),
            ("timeout", String(timeoutSeconds)), ("actionOnEmptyResult", "true"),
        ]
        writer.element("Gather", attributes) { writer in
            for prompt in prompts { prompt.write(to: &writer) }
        }
    }
}
