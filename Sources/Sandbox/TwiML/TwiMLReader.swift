/// Reads TwiML as strictly as the carrier does, and names what its schema does not know.
package struct TwiMLReader {
    private var warnings = [String]()

    private static let common: [String: Set<String>] = [
        "Response": [],
        "Say": ["voice", "language", "loop"],
        "Play": ["loop", "digits"],
        "Pause": ["length"],
        "Hangup": [],
        "Redirect": ["method"],
        "Reject": ["reason"],
        "Gather": [
            "action", "method", "input", "numDigits", "finishOnKey", "timeout", "actionOnEmptyResult", "language",
        ],
        "Connect": ["action", "method"],
        "Stream": ["url", "name", "track", "statusCallback", "statusCallbackMethod"],
        "Parameter": ["name", "value"],
        "Dial": [
            "action", "method", "timeout", "timeLimit", "callerId", "answerOnBridge", "hangupOnStar", "record",
            "ringTone", "sequential",
        ],
        "Number": [
            "url", "method", "statusCallback", "statusCallbackMethod", "statusCallbackEvent", "byoc", "sendDigits",
        ],
    ]

    private static let maximumDialTimeout = 600
    private static let maximumParameterLength = 500

    /// - Throws: `CarrierError` 12100 if the document cannot be read, 12200 if it cannot be carried out.
    package static func read(_ document: String) throws(CarrierError) -> TwiMLDocument {
        let root: MarkupElement
        do {
            root = try MarkupParser.parse(document)
        } catch {
            throw CarrierError(code: 12100, detail: "\(error.reason) (byte \(error.offset))")
        }
        guard root.name == "Response" else { throw CarrierError(code: 12100, detail: "no <Response>") }
        var reader = TwiMLReader()
        reader.check(root)
        reader.checkNoText(root)
        var verbs = [TwiMLVerb]()
        for child in root.children {
            if let verb = try reader.verb(child) { verbs.append(verb) }
        }
        return TwiMLDocument(verbs: verbs, warnings: reader.warnings)
    }

    private mutating func verb(_ element: MarkupElement) throws(CarrierError) -> TwiMLVerb? {
        check(element)
        switch element.name {
        case "Say":
            if element.text.isEmpty { warn("<Say> is empty") }
            return .say(trimmed(element.text))
        case "Play":
            if let digits = element.attributes["digits"] { return .play(.digits(digits)) }
            return .play(.url(trimmed(element.text)))
        case "Pause": return .pause(seconds: try integer(element, "length", 1, in: 1...3_600))
        case "Hangup": return .hangup
        case "Redirect":
            let url = trimmed(element.text)
            guard !url.isEmpty else { throw CarrierError(code: 12200, detail: "<Redirect> has no URL") }
            return .redirect(url: url, method: try method(element, "method"))
        case "Reject":
            let reason = element.attributes["reason"] ?? "rejected"
            if !["rejected", "busy"].contains(reason) { warn("<Reject reason=\"\(reason)\">") }
            return .reject(reason: reason)
        case "Gather": return .gather(try gather(element))
        case "Connect": return .connect(try connect(element))
        case "Dial": return .dial(try dial(element))
        default:
            warn("<\(element.name)> is not known here")
            return nil
        }
    }

    private mutating func gather(_ element: MarkupElement) throws(CarrierError) -> TwiMLGather {
        checkNoText(element)
        var prompts = [TwiMLVerb]()
        for child in element.children {
            guard ["Say", "Play", "Pause"].contains(child.name), let prompt = try verb(child) else {
                warn("<\(child.name)> in <Gather>")
                continue
            }
            prompts.append(prompt)
        }
        if let input = element.attributes["input"], input != "dtmf" { warn("<Gather input=\"\(input)\">") }
        let digits = element.attributes["numDigits"] == nil ? nil : try integer(element, "numDigits", 1, in: 1...1_000)
        return TwiMLGather(
            action: element.attributes["action"],
            method: try method(element, "method"),
            numDigits: digits,
            finishOnKey: element.attributes["finishOnKey"] ?? "#",
            timeoutSeconds: try integer(element, "timeout", 5, in: 1...3_600),
            actionOnEmptyResult: element.attributes["actionOnEmptyResult"] == "true",
            prompts: prompts
        )
    }

    private mutating func connect(_ element: MarkupElement) throws(CarrierError) -> TwiMLConnect {
        checkNoText(element)
        guard element.children.count == 1, let stream = element.children.first, stream.name == "Stream" else {
            throw CarrierError(code: 12200, detail: "<Connect> needs exactly one <Stream>")
        }
        check(stream)
        checkNoText(stream)
        guard let url = stream.attributes["url"] else { throw CarrierError(code: 31923, detail: "<Stream> has no url") }
        if let track = stream.attributes["track"], track != "inbound_track" {
            warn("a bidirectional <Stream> has only the inbound_track")
        }
        var parameters = [String: String]()
        for child in stream.children {
            check(child)
            guard child.name == "Parameter", let name = child.attributes["name"], let value = child.attributes["value"]
            else {
                warn("<\(child.name)> in <Stream>")
                continue
            }
            if name.utf8.count + value.utf8.count >= Self.maximumParameterLength { warn("<Parameter> is too long") }
            if parameters.updateValue(value, forKey: name) != nil { warn("<Parameter> is repeated") }
        }
        return TwiMLConnect(
            url: url,
            name: stream.attributes["name"],
            parameters: parameters,
            statusCallback: stream.attributes["statusCallback"],
            statusCallbackMethod: try method(stream, "statusCallbackMethod"),
            action: element.attributes["action"],
            method: try method(element, "method")
        )
    }

    private mutating func dial(_ element: MarkupElement) throws(CarrierError) -> TwiMLDial {
        var numbers = [TwiMLDial.Number]()
        for child in element.children {
            check(child)
            guard child.name == "Number" else {
                warn("<\(child.name)> in <Dial>")
                continue
            }
            let events = child.attributes["statusCallbackEvent"]?.split(separator: " ").map(String.init)
            for event in events ?? [] where !["initiated", "ringing", "answered", "completed"].contains(event) {
                warn("statusCallbackEvent \(event)")
            }
            numbers.append(
                TwiMLDial.Number(
                    number: trimmed(child.text),
                    url: child.attributes["url"],
                    method: try method(child, "method"),
                    statusCallback: child.attributes["statusCallback"],
                    statusCallbackMethod: try method(child, "statusCallbackMethod"),
                    statusCallbackEvents: events ?? ["completed"]
                )
            )
        }
        let bare = trimmed(element.text)
        if !bare.isEmpty {
            numbers.append(
                TwiMLDial.Number(
                    number: bare,
                    url: nil,
                    method: "POST",
                    statusCallback: nil,
                    statusCallbackMethod: "POST",
                    statusCallbackEvents: []
                )
            )
        }
        guard (1...10).contains(numbers.count) else {
            throw CarrierError(code: 12200, detail: "<Dial> needs one to ten numbers")
        }
        return TwiMLDial(
            numbers: numbers,
            action: element.attributes["action"],
            method: try method(element, "method"),
            callerID: element.attributes["callerId"],
            timeoutSeconds: try integer(element, "timeout", 30, in: 1...Self.maximumDialTimeout),
            timeLimitSeconds: try integer(element, "timeLimit", 14_400, in: 1...86_400)
        )
    }

    private mutating func check(_ element: MarkupElement) {
        guard let known = Self.common[element.name] else { return }
        for name in element.attributes.keys.sorted() where !known.contains(name) {
            warn("attribute \(name) does not belong on <\(element.name)>")
        }
    }

    private mutating func checkNoText(_ element: MarkupElement) {
        if !trimmed(element.text).isEmpty { warn("text in <\(element.name)>") }
    }

    private mutating func warn(_ text: String) {
        warnings.append(text)
    }

    private func integer(
        _ element: MarkupElement,
        _ name: String,
        _ standard: Int,
        in range: ClosedRange<Int>
    ) throws(CarrierError) -> Int {
        guard let text = element.attributes[name] else { return standard }
        guard let value = Int(text), range.contains(value) else {
            throw CarrierError(code: 12200, detail: "\(name) of <\(element.name)> is not in \(range)")
        }
        return value
    }

    private func method(_ element: MarkupElement, _ name: String) throws(CarrierError) -> String {
        let value = element.attributes[name] ?? "POST"
        guard ["GET", "POST"].contains(value.uppercased()) else {
            throw CarrierError(code: 12200, detail: "\(name) of <\(element.name)> is neither GET nor POST")
        }
        return value.uppercased()
    }

    private func trimmed(_ text: String) -> String {
        var rest = text[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
