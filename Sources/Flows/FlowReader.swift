import Kernel

/// Reads the JSON of a flow and notes everything that does not have the shape of `docs/flow.schema.json`.
///
/// What cannot be read is noted and replaced by something harmless, so that one reading finds every defect. The
/// document is handed out only if nothing was noted.
struct FlowReader {
    private var findings: [FlowFinding] = []

    static func read(_ bytes: [UInt8]) -> FlowReading {
        do {
            return read(try JSONTreeParser.parse(bytes))
        } catch {
            let place = ["line": String(error.line), "column": String(error.column)]
            return switch error.reason {
            case .malformed: .refused([FlowFinding(.notJSON, at: .root, place)])
            case .tooDeep: .refused([FlowFinding(.tooDeep, at: .root, place)])
            case .duplicateKey(let key):
                .refused([FlowFinding(.duplicateKey, at: .root, place.merging(["key": key]) { old, _ in old })])
            }
        }
    }

    static func read(_ tree: JSONTree) -> FlowReading {
        var reader = FlowReader()
        let document = reader.document(tree)
        guard let document, reader.findings.isEmpty else { return .refused(reader.findings.inOrder()) }
        return .read(document, tree)
    }

    // MARK: The document

    private mutating func document(_ tree: JSONTree) -> FlowDocument? {
        guard
            let fields = fields(
                tree,
                at: .root,
                keys: [
                    "$schema", "schema", "language", "voice", "entry", "nodes", "targets", "phrases", "lexicon",
                    "limits", "speech", "aiDisclosureWaiver",
                ]
            )
        else { return nil }
        _ = text(fields, "$schema", .init(longest: 500))
        let schema = integer(fields, "schema", 1...1, required: true)
        let language = text(fields, "language", .language, required: true)
        let voice = read(fields, "voice", required: true) { $0.voice($1, at: $2) }
        let entry = text(fields, "entry", .key, required: true)
        let nodes = map(fields, "nodes", 1...200, required: true) { $0.node($1, at: $2) }
        let targets = map(fields, "targets", 0...50) { $0.target($1, at: $2) }
        let phrases = texts(fields, "phrases", 0...500, .init(longest: 100))
        let lexicon = list(fields, "lexicon", 0...500) { $0.lexiconEntry($1, at: $2) }
        let limits = read(fields, "limits") { $0.limits($1, at: $2) }
        let speech = read(fields, "speech") { $0.speech($1, at: $2) }
        let waiver = read(fields, "aiDisclosureWaiver") { $0.waiver($1, at: $2) }
        return FlowDocument(
            schema: schema ?? 1,
            language: language ?? "de",
            voice: voice ?? FlowVoice(name: ""),
            entry: entry ?? "",
            nodes: nodes ?? [:],
            targets: targets ?? [:],
            phrases: phrases ?? [],
            lexicon: lexicon ?? [],
            limits: limits ?? FlowLimits(),
            speech: speech ?? SpeechOverrides(),
            aiDisclosureWaiver: waiver
        )
    }

    private mutating func voice(_ tree: JSONTree, at pointer: JSONPointer) -> FlowVoice? {
        guard let fields = fields(tree, at: pointer, keys: ["name", "speakingRate"]) else { return nil }
        let name = text(fields, "name", .voice, required: true)
        let rate = number(fields, "speakingRate", 0.25...2)
        return FlowVoice(name: name ?? "", speakingRate: rate ?? 1)
    }

    private mutating func target(_ tree: JSONTree, at pointer: JSONPointer) -> HandOverTarget? {
        let keys = ["name", "number", "timeoutSeconds", "acceptByKey"]
        guard let fields = fields(tree, at: pointer, keys: keys) else { return nil }
        let name = text(fields, "name", .init(longest: 60), required: true)
        let number = text(fields, "number", .number, required: true)
        let timeout = integer(fields, "timeoutSeconds", 5...120)
        let accept = boolean(fields, "acceptByKey")
        guard let number = number.flatMap(E164.init) else { return nil }
        return HandOverTarget(
            name: name ?? "",
            number: number,
            timeoutSeconds: timeout ?? 20,
            acceptByKey: accept ?? true
        )
    }

    private mutating func lexiconEntry(_ tree: JSONTree, at pointer: JSONPointer) -> LexiconEntry? {
        guard let fields = fields(tree, at: pointer, keys: ["word", "say"]) else { return nil }
        let word = text(fields, "word", .init(longest: 100), required: true)
        let say = text(fields, "say", .init(longest: 200), required: true)
        return LexiconEntry(word: word ?? "", say: say ?? "")
    }

    private mutating func limits(_ tree: JSONTree, at pointer: JSONPointer) -> FlowLimits? {
        let keys = ["callSeconds", "modelTokens", "synthesisedCharacters"]
        guard let fields = fields(tree, at: pointer, keys: keys) else { return nil }
        var limits = FlowLimits()
        limits.callSeconds = integer(fields, "callSeconds", 30...14_400) ?? limits.callSeconds
        limits.modelTokens = integer(fields, "modelTokens", 1_000...1_000_000) ?? limits.modelTokens
        limits.synthesisedCharacters =
            integer(fields, "synthesisedCharacters", 500...500_000) ?? limits.synthesisedCharacters
        return limits
    }

    private mutating func speech(_ tree: JSONTree, at pointer: JSONPointer) -> SpeechOverrides? {
        let keys = [
            "filler", "apology", "apologyForward", "noAnswerGoodbye", "transferAnnouncement", "callLimit",
            "tokensLimit",
        ]
        guard let fields = fields(tree, at: pointer, keys: keys) else { return nil }
        let sentence = TextRule(longest: 500)
        return SpeechOverrides(
            filler: text(fields, "filler", sentence),
            apology: text(fields, "apology", sentence),
            apologyForward: text(fields, "apologyForward", sentence),
            noAnswerGoodbye: text(fields, "noAnswerGoodbye", sentence),
            transferAnnouncement: text(fields, "transferAnnouncement", sentence),
            callLimit: text(fields, "callLimit", sentence),
            tokensLimit: text(fields, "tokensLimit", sentence)
        )
    }

    private mutating func waiver(_ tree: JSONTree, at pointer: JSONPointer) -> DisclosureWaiver? {
        guard let fields = fields(tree, at: pointer, keys: ["reason"]) else { return nil }
        return text(fields, "reason", .init(shortest: 10, longest: 500), required: true).map(DisclosureWaiver.init)
    }

    // MARK: Nodes

    private mutating func node(_ tree: JSONTree, at pointer: JSONPointer) -> FlowNode? {
        guard case .object(let members) = tree else { return note(.notAnObject, at: pointer) }
        switch members["type"] {
        case nil: return note(.missing, at: pointer, ["key": "type"])
        case .text("greeting"): return greeting(tree, at: pointer).map(FlowNode.greeting)
        case .text("conversation"): return conversation(tree, at: pointer).map(FlowNode.conversation)
        case .text("announcement"): return announcement(tree, at: pointer).map(FlowNode.announcement)
        case .text("handOver"): return handOver(tree, at: pointer).map(FlowNode.handOver)
        case .text("hangUp"): return fields(tree, at: pointer, keys: ["type"]).map { _ in FlowNode.hangUp }
        case .text(let other): return note(.unknownNodeType, at: pointer.child("type"), ["type": other])
        default: return note(.notAText, at: pointer.child("type"))
        }
    }

    private mutating func greeting(_ tree: JSONTree, at pointer: JSONPointer) -> GreetingNode? {
        guard let fields = fields(tree, at: pointer, keys: ["type", "text", "interruptible", "next"]) else {
            return nil
        }
        let text = text(fields, "text", .spoken, required: true)
        let interruptible = boolean(fields, "interruptible")
        let next = self.text(fields, "next", .key, required: true)
        return GreetingNode(text: text ?? "", interruptible: interruptible ?? true, next: next ?? "")
    }

    private mutating func announcement(_ tree: JSONTree, at pointer: JSONPointer) -> AnnouncementNode? {
        guard let fields = fields(tree, at: pointer, keys: ["type", "text", "interruptible", "next"]) else {
            return nil
        }
        let text = text(fields, "text", .spoken, required: true)
        let interruptible = boolean(fields, "interruptible")
        let next = self.text(fields, "next", .key, required: true)
        return AnnouncementNode(text: text ?? "", interruptible: interruptible ?? false, next: next ?? "")
    }

    private mutating func conversation(_ tree: JSONTree, at pointer: JSONPointer) -> ConversationNode? {
        guard
            let fields = fields(
                tree,
                at: pointer,
                keys: [
                    "type", "systemPrompt", "tools", "targets", "onHandOver", "onEnd", "onNoAnswer", "onFailed",
                    "model", "endOfTurn", "bargeIn", "silence",
                ]
            )
        else { return nil }
        let prompt = text(fields, "systemPrompt", .init(longest: 20_000), required: true)
        let tools = texts(fields, "tools", 0...2, .choice(FlowTool.allCases.map(\.rawValue)))
        let targets = texts(fields, "targets", 0...50, .key)
        let onHandOver = text(fields, "onHandOver", .key)
        let onEnd = text(fields, "onEnd", .key, required: true)
        let onNoAnswer = text(fields, "onNoAnswer", .key)
        let onFailed = text(fields, "onFailed", .key)
        let model = read(fields, "model") { $0.model($1, at: $2) }
        let endOfTurn = read(fields, "endOfTurn") { $0.endOfTurn($1, at: $2) }
        let bargeIn = read(fields, "bargeIn") { $0.bargeIn($1, at: $2) }
        let silence = read(fields, "silence") { $0.silence($1, at: $2) }
        return ConversationNode(
            systemPrompt: prompt ?? "",
            tools: (tools ?? []).compactMap(FlowTool.init),
            targets: targets ?? [],
            onHandOver: onHandOver,
            onEnd: onEnd ?? "",
            onNoAnswer: onNoAnswer,
            onFailed: onFailed,
            model: model ?? ModelSettings(),
            endOfTurn: endOfTurn ?? EndOfTurn(),
            bargeIn: bargeIn ?? BargeIn(),
            silence: silence ?? SilencePolicy()
        )
    }

    private mutating func handOver(_ tree: JSONTree, at pointer: JSONPointer) -> HandOverNode? {
        let keys = ["type", "target", "announcement", "onFailed", "onBusy", "onNoAnswer", "onDeclined"]
        guard let fields = fields(tree, at: pointer, keys: keys) else { return nil }
        let target = text(fields, "target", .key)
        let announcement = text(fields, "announcement", .spoken)
        let onFailed = text(fields, "onFailed", .key, required: true)
        return HandOverNode(
            target: target,
            announcement: announcement,
            onFailed: onFailed ?? "",
            onBusy: text(fields, "onBusy", .key),
            onNoAnswer: text(fields, "onNoAnswer", .key),
            onDeclined: text(fields, "onDeclined", .key)
        )
    }

    private mutating func model(_ tree: JSONTree, at pointer: JSONPointer) -> ModelSettings? {
        guard let fields = fields(tree, at: pointer, keys: ["temperature", "maxAnswerTokens"]) else { return nil }
        var model = ModelSettings()
        model.temperature = number(fields, "temperature", 0...2) ?? model.temperature
        model.maxAnswerTokens = integer(fields, "maxAnswerTokens", 16...4_096) ?? model.maxAnswerTokens
        return model
    }

    private mutating func endOfTurn(_ tree: JSONTree, at pointer: JSONPointer) -> EndOfTurn? {
        guard let fields = fields(tree, at: pointer, keys: ["by", "silenceMs"]) else { return nil }
        var endOfTurn = EndOfTurn()
        let by = text(fields, "by", .choice(EndOfTurn.Judge.allCases.map(\.rawValue)))
        endOfTurn.by = by.flatMap(EndOfTurn.Judge.init) ?? endOfTurn.by
        endOfTurn.silenceMs = integer(fields, "silenceMs", 200...3_000) ?? endOfTurn.silenceMs
        return endOfTurn
    }

    private mutating func bargeIn(_ tree: JSONTree, at pointer: JSONPointer) -> BargeIn? {
        guard let fields = fields(tree, at: pointer, keys: ["enabled", "minimumMs", "listenerWords"]) else {
            return nil
        }
        var bargeIn = BargeIn()
        bargeIn.enabled = boolean(fields, "enabled") ?? bargeIn.enabled
        bargeIn.minimumMs = integer(fields, "minimumMs", 0...2_000) ?? bargeIn.minimumMs
        bargeIn.listenerWords =
            texts(fields, "listenerWords", 0...50, .init(longest: 40)) ?? bargeIn.listenerWords
        return bargeIn
    }

    private mutating func silence(_ tree: JSONTree, at pointer: JSONPointer) -> SilencePolicy? {
        guard let fields = fields(tree, at: pointer, keys: ["afterMs", "reminders"]) else { return nil }
        var silence = SilencePolicy()
        silence.afterMs = integer(fields, "afterMs", 2_000...60_000) ?? silence.afterMs
        silence.reminders = texts(fields, "reminders", 1...5, .init(longest: 500))
        return silence
    }

    // MARK: Parts

    private struct Fields {
        let members: [String: JSONTree]
        let pointer: JSONPointer
    }

    private mutating func fields(_ tree: JSONTree, at pointer: JSONPointer, keys: [String]) -> Fields? {
        guard case .object(let members) = tree else { return note(.notAnObject, at: pointer) }
        for key in members.keys where !keys.contains(key) {
            let _: Void? = note(.unknownKey, at: pointer.child(key), ["key": key])
        }
        return Fields(members: members, pointer: pointer)
    }

    private mutating func read<Value>(
        _ fields: Fields,
        _ key: String,
        required: Bool = false,
        _ body: (inout FlowReader, JSONTree, JSONPointer) -> Value?
    ) -> Value? {
        guard let tree = fields.members[key] else {
            return required ? note(.missing, at: fields.pointer, ["key": key]) : nil
        }
        return body(&self, tree, fields.pointer.child(key))
    }

    private mutating func text(
        _ fields: Fields,
        _ key: String,
        _ rule: TextRule,
        required: Bool = false
    ) -> String? {
        read(fields, key, required: required) { $0.text($1, at: $2, rule) }
    }

    private mutating func text(_ tree: JSONTree, at pointer: JSONPointer, _ rule: TextRule) -> String? {
        guard case .text(let text) = tree else { return note(.notAText, at: pointer) }
        if let (code, arguments) = rule.defect(of: text) { return note(code, at: pointer, arguments) }
        return text
    }

    private mutating func texts(
        _ fields: Fields,
        _ key: String,
        _ count: ClosedRange<Int>,
        _ rule: TextRule
    ) -> [String]? {
        let pointer = fields.pointer.child(key)
        guard let texts = list(fields, key, count, { $0.text($1, at: $2, rule) }) else { return nil }
        var seen: Set<String> = []
        for (index, text) in texts.enumerated() where !seen.insert(text).inserted {
            let _: Void? = note(.repeated, at: pointer.child(index), ["value": text])
        }
        return texts
    }

    private mutating func list<Value>(
        _ fields: Fields,
        _ key: String,
        _ count: ClosedRange<Int>,
        _ element: (inout FlowReader, JSONTree, JSONPointer) -> Value?
    ) -> [Value]? {
        read(fields, key) { reader, tree, pointer in
            guard case .list(let elements) = tree else { return reader.note(.notAList, at: pointer) }
            reader.check(elements.count, count, at: pointer)
            return elements.enumerated().compactMap { element(&reader, $1, pointer.child($0)) }
        }
    }

    private mutating func map<Value>(
        _ fields: Fields,
        _ key: String,
        _ count: ClosedRange<Int>,
        required: Bool = false,
        _ value: (inout FlowReader, JSONTree, JSONPointer) -> Value?
    ) -> [String: Value]? {
        read(fields, key, required: required) { reader, tree, pointer in
            guard case .object(let members) = tree else { return reader.note(.notAnObject, at: pointer) }
            reader.check(members.count, count, at: pointer)
            var values: [String: Value] = [:]
            for (name, member) in members {
                if let (code, arguments) = TextRule.key.defect(of: name) {
                    let _: Void? = reader.note(code, at: pointer.child(name), arguments)
                }
                values[name] = value(&reader, member, pointer.child(name))
            }
            return values
        }
    }

    private mutating func boolean(_ fields: Fields, _ key: String) -> Bool? {
        read(fields, key) { reader, tree, pointer in
            guard case .boolean(let value) = tree else { return reader.note(.notABoolean, at: pointer) }
            return value
        }
    }

    private mutating func number(_ fields: Fields, _ key: String, _ range: ClosedRange<Double>) -> Double? {
        read(fields, key) { reader, tree, pointer in
            guard case .number(let value) = tree else { return reader.note(.notANumber, at: pointer) }
            guard range.contains(value) else {
                let bounds = ["minimum": String(range.lowerBound), "maximum": String(range.upperBound)]
                return reader.note(.outOfRange, at: pointer, bounds)
            }
            return value
        }
    }

    private mutating func integer(
        _ fields: Fields,
        _ key: String,
        _ range: ClosedRange<Int>,
        required: Bool = false
    ) -> Int? {
        read(fields, key, required: required) { reader, tree, pointer in
            guard case .number(let value) = tree, value == value.rounded() else {
                return reader.note(.notAnInteger, at: pointer)
            }
            guard Double(range.lowerBound) <= value, value <= Double(range.upperBound) else {
                let bounds = ["minimum": String(range.lowerBound), "maximum": String(range.upperBound)]
                return reader.note(.outOfRange, at: pointer, bounds)
            }
            return Int(value)
        }
    }

    private mutating func check(_ count: Int, _ range: ClosedRange<Int>, at pointer: JSONPointer) {
        if count < range.lowerBound {
            let _: Void? = note(.tooFew, at: pointer, ["minimum": String(range.lowerBound)])
        } else if count > range.upperBound {
            let _: Void? = note(.tooMany, at: pointer, ["maximum": String(range.upperBound)])
        }
    }

    private mutating func note<Value>(
        _ code: FlowFinding.Code,
        at pointer: JSONPointer,
        _ arguments: [String: String] = [:]
    ) -> Value? {
        findings.append(FlowFinding(code, at: pointer, arguments))
        return nil
    }
}

/// What came of reading a flow.
enum FlowReading: Sendable {
    case read(FlowDocument, JSONTree)
    case refused([FlowFinding])
}
