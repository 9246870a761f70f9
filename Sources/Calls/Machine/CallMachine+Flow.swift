import Flows
import Foundation
import Kernel
import LanguageModel

extension CallMachine {
    mutating func enter(_ key: String, keepingWords: Bool = false) {
        nodeKey = key
        state.node = key
        if !keepingWords { ears.clearTurn() }
        switch document.nodes[key] {
        case .greeting(let node):
            say(greeting(node.text), as: .script(next: node.next), interruptible: node.interruptible)
        case .announcement(let node):
            say(node.text, as: .script(next: node.next), interruptible: node.interruptible)
        case .conversation:
            converse()
        case .handOver(let node):
            if let target = node.target ?? state.chosenTarget ?? defaultTarget {
                handOver(to: target, summary: lastWish, node: key, announcement: node.announcement)
            } else {
                enter(node.onFailed)
            }
        case .hangUp:
            end(.hangUp(ears.remindersSaid > 0 ? .noAnswer : .completed))
        case nil:
            close(saying: texts.apology, then: .hangUp(.failed))
        }
    }

    private mutating func greeting(_ text: String) -> String {
        guard mind.resumesAfterBreak else { return text }
        mind.resumesAfterBreak = false
        return texts.resumed + " " + text
    }

    private mutating func converse() {
        phase = .talking
        if mind.resumesAfterBreak {
            mind.resumesAfterBreak = false
            let words = [texts.resumed, state.lastWords ?? ""].joined(separator: " ")
            say(words, as: .reminder, fixed: false)
        } else {
            waitForCaller()
            armEndOfTurn()
        }
    }

    mutating func perform(_ call: ToolCall) {
        guard let node = conversation else { return }
        switch FlowTool(rawValue: call.name) {
        case .endCall:
            enter(node.onEnd)
        case .handOver:
            let wish = HandOverArguments(json: call.arguments)
            let target = wish.target.flatMap { node.targets.contains($0) ? $0 : nil } ?? node.targets.first
            state.chosenTarget = target ?? defaultTarget
            mind.wish = wish.summary ?? ""
            if let branch = node.onHandOver { enter(branch) } else { rescue() }
        case nil:
            // A name the flow does not offer: the caller must not wait for nothing.
            waitForCaller()
        }
    }

    /// The target of a rescue: the first the conversation offers, or the first of the flow.
    var defaultTarget: String? {
        let offered = conversation?.targets.first { document.targets[$0] != nil }
        return offered ?? document.targets.keys.min()
    }

    private var lastWish: String {
        mind.wish.isEmpty ? state.history.last { $0.role == .user }?.content ?? "" : mind.wish
    }

    mutating func handOver(to target: String, summary: String, node: String?, announcement: String? = nil) {
        guard document.targets[target] != nil else {
            close(saying: texts.apology, then: .hangUp(.failed))
            return
        }
        let branches: String? =
            if let node, case .handOver = document.nodes[node] { node } else { nil }
        let intent = CallIntent.handOver(
            HandOverIntent(target: target, node: branches, summary: summary, announced: true)
        )
        close(saying: announcement ?? texts.transferAnnouncement, then: intent)
    }

    mutating func forwardRequested(_ target: String) {
        handOver(to: target, summary: lastWish, node: nil)
    }

    mutating func takeOverRequested(_ number: E164) {
        let intent = HandOverIntent(
            target: HandOverIntent.takeOver,
            node: nil,
            summary: lastWish,
            announced: true,
            number: number
        )
        close(saying: texts.transferAnnouncement, then: .handOver(intent))
    }

    /// Something the call needs has failed: the flow's own branch, a person, or an apology; never silence.
    mutating func rescue() {
        guard phase != .closing else { return }
        if let branch = conversation?.onFailed {
            quieten()
            phase = .talking
            enter(branch)
        } else if let target = defaultTarget {
            let node = conversation?.onHandOver
            handOver(to: target, summary: lastWish, node: node, announcement: texts.apologyForward)
        } else {
            close(saying: texts.apology, then: .hangUp(.failed))
        }
    }

    /// The agent has lost its voice: the webhook that follows has to speak.
    mutating func rescueSilently() {
        if case .closing(let intent) = mouth.utterance?.purpose {
            end(intent.unannounced)
        } else if let target = defaultTarget {
            let intent = HandOverIntent(
                target: target,
                node: conversation?.onHandOver,
                summary: lastWish,
                announced: false
            )
            end(.handOver(intent))
        } else {
            end(.hangUp(.failed))
        }
    }

    /// Says the last words, which cannot be interrupted, and then leaves the call to `intent`.
    mutating func close(saying text: String, then intent: CallIntent) {
        guard phase != .closing else { return }
        quieten()
        phase = .closing
        say(text, as: .closing(intent), interruptible: false)
    }

    private mutating func quieten() {
        if mouth.isAudible || mouth.held != nil { abandonUtterance() }
        mouth.utterance = nil
        stopAsking()
        for alarm in [Alarm.silence, .endOfTurn, .finalGrace, .falseInterruption, .deafness] {
            emit(.cancelAlarm(alarm))
        }
    }

    mutating func end(_ intent: CallIntent) {
        guard phase != .ended else { return }
        quieten()
        saveState(afterBreak: false)
        phase = .ended
        emit(.end(intent))
    }

    mutating func saveState(afterBreak: Bool) {
        var saved = state
        saved.afterBreak = afterBreak
        saved.elapsedMs += nowMs
        emit(.save(saved))
    }
}

extension CallIntent {
    /// The same intent, with nothing said to the caller yet.
    var unannounced: CallIntent {
        guard case .handOver(var intent) = self else { return self }
        intent.announced = false
        return .handOver(intent)
    }
}

/// What the model passes to `hand_over`. Anything unreadable counts as absent.
struct HandOverArguments: Equatable {
    let target: String?
    let summary: String?

    init(json: String) {
        struct Wire: Decodable {
            let target: String?
            let summary: String?
        }
        let wire: Wire?
        do { wire = try JSONDecoder().decode(Wire.self, from: Data(json.utf8)) } catch { wire = nil }
        target = wire?.target
        summary = wire?.summary.map { String($0.prefix(300)) }
    }
}
