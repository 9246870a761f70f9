/// The part of the carrier's TwiML schema that the product uses: which element may stand where, with which attributes.
///
/// Source: the vendor's TwiML reference for voice and its pages on errors 12100, 12200, 31922 and 31923.
enum TwiMLRules {
    static func problems(in document: TwiMLElement) -> [TwiMLProblem] {
        guard document.name == "Response" else {
            return [TwiMLProblem(.unreadable, "the root is <\(document.name)>, not <Response>")]
        }
        return check(document, in: "the document")
    }

    private static func check(_ element: TwiMLElement, in parent: String) -> [TwiMLProblem] {
        guard let rule = rules[element.name] else {
            return [TwiMLProblem(.schema, "<\(element.name)> in \(parent) is not known")]
        }
        var problems = attributeProblems(of: element, rule) + textProblems(of: element, rule)
        for child in element.children where !rule.children.contains(child.name) {
            problems.append(TwiMLProblem(.schema, "<\(child.name)> must not stand in <\(element.name)>"))
        }
        problems += element.children.filter { rule.children.contains($0.name) }
            .flatMap { check($0, in: "<\(element.name)>") }
        return problems + rule.further(element)
    }

    private static func attributeProblems(of element: TwiMLElement, _ rule: Rule) -> [TwiMLProblem] {
        let wrong = element.attributes.sorted { $0.key < $1.key }.compactMap { name, value -> TwiMLProblem? in
            guard let form = rule.attributes[name] else {
                return TwiMLProblem(.schema, "<\(element.name)> has no attribute \(name)")
            }
            return form.accepts(value)
                ? nil : TwiMLProblem(.schema, "\(name) of <\(element.name)> must not be \"\(value)\"")
        }
        let missing = rule.required.filter { element.attributes[$0] == nil }
            .map { TwiMLProblem(.schema, "<\(element.name)> needs the attribute \($0)") }
        return wrong + missing
    }

    private static func textProblems(of element: TwiMLElement, _ rule: Rule) -> [TwiMLProblem] {
        let isEmpty = element.text.allSatisfy(\.isWhitespace)
        if rule.hasText, isEmpty { return [TwiMLProblem(.schema, "<\(element.name)> is empty")] }
        if !rule.hasText, !isEmpty { return [TwiMLProblem(.schema, "<\(element.name)> must not contain text")] }
        return []
    }

    // MARK: - The table

    private enum Form {
        case text
        case url
        case number(ClosedRange<Int>)
        case words(Set<String>)
        case e164

        func accepts(_ value: String) -> Bool {
            switch self {
            case .text: !value.isEmpty
            case .url:
                !value.isEmpty && !value.contains(where: \.isWhitespace)
                    && (value.hasPrefix("https://") || value.hasPrefix("http://") || value.hasPrefix("/")
                        || value.hasPrefix("wss://") || value.hasPrefix("ws://"))
            case .number(let range): Int(value).map(range.contains) ?? false
            case .words(let known):
                !value.isEmpty
                    && value.split(separator: " ", omittingEmptySubsequences: false)
                        .allSatisfy { known.contains(String($0)) }
            case .e164:
                value.utf8.first == UInt8(ascii: "+") && (2...15).contains(value.utf8.count - 1)
                    && value.utf8.dropFirst().allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            }
        }
    }

    private struct Rule {
        var attributes: [String: Form] = [:]
        var required: [String] = []
        var children: Set<String> = []
        var hasText = false
        var further: @Sendable (TwiMLElement) -> [TwiMLProblem] = { _ in [] }
    }

    private static let method = Form.words(["GET", "POST"])
    private static let flag = Form.words(["true", "false"])

    private static let rules: [String: Rule] = [
        "Response": Rule(
            children: ["Say", "Play", "Pause", "Hangup", "Redirect", "Reject", "Connect", "Dial", "Gather"],
            further: { $0.children.isEmpty ? [TwiMLProblem(.silence, "<Response> is empty: the call ends")] : [] }
        ),
        "Say": Rule(attributes: ["language": .text, "voice": .text, "loop": .number(0...1_000)], hasText: true),
        "Play": Rule(attributes: ["loop": .number(0...1_000), "digits": .text], hasText: true),
        "Pause": Rule(attributes: ["length": .number(1...600)]),
        "Hangup": Rule(),
        "Redirect": Rule(attributes: ["method": method], hasText: true),
        "Reject": Rule(attributes: ["reason": .words(["rejected", "busy"])]),
        "Connect": Rule(
            attributes: ["action": .url, "method": method],
            children: ["Stream"],
            further: { connect in
                (connect.children.count == 1 ? [] : [TwiMLProblem(.schema, "<Connect> needs one <Stream>")])
                    + silenceProblems(of: connect)
            }
        ),
        "Stream": Rule(
            attributes: [
                "url": .text, "name": .text, "track": .words(["inbound_track"]), "statusCallback": .url,
                "statusCallbackMethod": method,
            ],
            required: ["url"],
            children: ["Parameter"],
            further: { streamProblems(of: $0.attributes["url"] ?? "") }
        ),
        "Parameter": Rule(
            attributes: ["name": .text, "value": .text],
            required: ["name", "value"],
            further: { parameter in
                let size = (parameter.attributes["name"] ?? "").count + (parameter.attributes["value"] ?? "").count
                return size < 500 ? [] : [TwiMLProblem(.schema, "<Parameter> has \(size) characters, 499 are allowed")]
            }
        ),
        "Dial": Rule(
            attributes: [
                "action": .url, "method": method, "timeout": .number(5...600), "timeLimit": .number(1...14_400),
                "callerId": .e164, "answerOnBridge": flag, "hangupOnStar": flag, "ringTone": .text,
            ],
            children: ["Number"],
            further: { dial in
                ((1...10).contains(dial.children.count)
                    ? [] : [TwiMLProblem(.schema, "<Dial> rings one to ten numbers")]) + silenceProblems(of: dial)
            }
        ),
        "Number": Rule(
            attributes: [
                "url": .url, "method": method, "statusCallback": .url, "statusCallbackMethod": method,
                "statusCallbackEvent": .words(["initiated", "ringing", "answered", "completed"]),
            ],
            hasText: true,
            further: { Form.e164.accepts($0.text) ? [] : [TwiMLProblem(.schema, "<Number> is not in E.164 form")] }
        ),
        "Gather": Rule(
            attributes: [
                "action": .url, "method": method, "input": .words(["dtmf", "speech"]), "numDigits": .number(1...100),
                "timeout": .number(1...600), "finishOnKey": .text, "actionOnEmptyResult": flag, "language": .text,
            ],
            children: ["Say", "Play", "Pause"],
            further: { silenceProblems(of: $0) }
        ),
    ]

    private static func silenceProblems(of element: TwiMLElement) -> [TwiMLProblem] {
        element.attributes["action"] == nil ? [TwiMLProblem(.silence, "<\(element.name)> has no action")] : []
    }

    private static func streamProblems(of url: String) -> [TwiMLProblem] {
        let scheme = url.prefix { $0 != ":" }
        let rest = url.dropFirst(scheme.count)
        guard rest.hasPrefix("://") else { return [TwiMLProblem(.streamURL, "the stream's URL has no scheme")] }
        let authority = rest.dropFirst(3).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        var problems: [TwiMLProblem] = []
        if scheme != "wss", !(scheme == "ws" && isLoopback(authority)) {
            problems.append(TwiMLProblem(.streamScheme, "the stream's scheme is \(scheme), not wss"))
        }
        if authority.isEmpty || url.contains(where: { $0 == "?" || $0 == "#" || $0.isWhitespace }) {
            problems.append(TwiMLProblem(.streamURL, "the stream's URL needs a host and must not have a query"))
        }
        return problems
    }

    private static func isLoopback(_ authority: Substring) -> Bool {
        let host = authority.hasPrefix("[") ? authority.prefix { $0 != "]" } + "]" : authority.prefix { $0 != ":" }
        return host == "localhost" || host == "[::1]" || host.hasPrefix("127.")
    }
}
