import Kernel

extension FlowDocument {
    /// Reads a flow whose shape is right, for example one that was stored.
    ///
    /// - Throws: `MalformedFlow` with every defect of shape. Meaning is not judged: that is `FlowValidator`'s work.
    package init(json: String) throws(MalformedFlow) {
        switch FlowReader.read(Array(json.utf8)) {
        case .read(let document, _): self = document
        case .refused(let findings): throw MalformedFlow(findings: findings)
        }
    }

    /// The flow in the form of `docs/flow.schema.json`, every default written out.
    package var json: JSONTree {
        var members: [String: JSONTree] = [
            "schema": .number(Double(schema)),
            "language": .text(language),
            "voice": .object(["name": .text(voice.name), "speakingRate": .number(voice.speakingRate)]),
            "entry": .text(entry),
            "nodes": .object(nodes.mapValues(\.json)),
            "targets": .object(targets.mapValues(\.json)),
            "phrases": .list(phrases.map(JSONTree.text)),
            "lexicon": .list(lexicon.map { .object(["word": .text($0.word), "say": .text($0.say)]) }),
            "limits": .object([
                "callSeconds": .number(Double(limits.callSeconds)),
                "modelTokens": .number(Double(limits.modelTokens)),
                "synthesisedCharacters": .number(Double(limits.synthesisedCharacters)),
            ]),
            "speech": .texts([
                "filler": speech.filler, "apology": speech.apology, "apologyForward": speech.apologyForward,
                "noAnswerGoodbye": speech.noAnswerGoodbye, "transferAnnouncement": speech.transferAnnouncement,
                "callLimit": speech.callLimit, "tokensLimit": speech.tokensLimit,
            ]),
        ]
        if let waiver = aiDisclosureWaiver { members["aiDisclosureWaiver"] = .object(["reason": .text(waiver.reason)]) }
        return .object(members)
    }
}

/// A text that was to be a flow and has not the shape of one.
package struct MalformedFlow: Error, Sendable {
    package let findings: [FlowFinding]
}

extension HandOverTarget {
    fileprivate var json: JSONTree {
        .object([
            "name": .text(name), "number": .text(number.value), "timeoutSeconds": .number(Double(timeoutSeconds)),
            "acceptByKey": .boolean(acceptByKey),
        ])
    }
}

extension FlowNode {
    fileprivate var json: JSONTree {
        let rest: [String: JSONTree] =
            switch self {
            case .greeting(let node):
                ["text": .text(node.text), "interruptible": .boolean(node.interruptible), "next": .text(node.next)]
            case .announcement(let node):
                ["text": .text(node.text), "interruptible": .boolean(node.interruptible), "next": .text(node.next)]
            case .conversation(let node): node.json
            case .handOver(let node):
                JSONTree.members([
                    "target": node.target, "announcement": node.announcement, "onFailed": node.onFailed,
                    "onBusy": node.onBusy, "onNoAnswer": node.onNoAnswer, "onDeclined": node.onDeclined,
                ])
            case .hangUp: [:]
            }
        return .object(rest.merging(["type": .text(kind)]) { old, _ in old })
    }
}

extension ConversationNode {
    fileprivate var json: [String: JSONTree] {
        var silence: [String: JSONTree] = ["afterMs": .number(Double(self.silence.afterMs))]
        if let reminders = self.silence.reminders { silence["reminders"] = .list(reminders.map(JSONTree.text)) }
        let members: [String: JSONTree] = [
            "tools": .list(tools.map { .text($0.rawValue) }),
            "targets": .list(targets.map(JSONTree.text)),
            "model": .object([
                "temperature": .number(model.temperature), "maxAnswerTokens": .number(Double(model.maxAnswerTokens)),
            ]),
            "endOfTurn": .object([
                "by": .text(endOfTurn.by.rawValue), "silenceMs": .number(Double(endOfTurn.silenceMs)),
            ]),
            "bargeIn": .object([
                "enabled": .boolean(bargeIn.enabled), "minimumMs": .number(Double(bargeIn.minimumMs)),
                "listenerWords": .list(bargeIn.listenerWords.map(JSONTree.text)),
            ]),
            "silence": .object(silence),
        ]
        let texts = JSONTree.members([
            "systemPrompt": systemPrompt, "onHandOver": onHandOver, "onEnd": onEnd, "onNoAnswer": onNoAnswer,
            "onFailed": onFailed,
        ])
        return members.merging(texts) { old, _ in old }
    }
}

extension JSONTree {
    fileprivate static func members(_ texts: [String: String?]) -> [String: JSONTree] {
        texts.compactMapValues { $0.map(JSONTree.text) }
    }

    fileprivate static func texts(_ texts: [String: String?]) -> JSONTree { .object(members(texts)) }
}
