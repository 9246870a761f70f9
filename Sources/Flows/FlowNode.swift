/// One step of a flow. The JSON names it by `type`.
package enum FlowNode: Sendable, Hashable {
    case greeting(GreetingNode)
    case conversation(ConversationNode)
    case announcement(AnnouncementNode)
    case handOver(HandOverNode)
    case hangUp
}

/// The first words of a call. They contain the disclosure that a machine speaks (requirement K1).
package struct GreetingNode: Sendable, Hashable {
    /// What is said, 1 to 2,000 characters.
    package var text: String
    /// Whether the caller may talk over it; yes unless stated.
    package var interruptible: Bool
    package var next: String

    package init(text: String, interruptible: Bool = true, next: String) {
        self.text = text
        self.interruptible = interruptible
        self.next = next
    }
}

/// Words that are said without waiting for an answer.
package struct AnnouncementNode: Sendable, Hashable {
    /// What is said, 1 to 2,000 characters.
    package var text: String
    /// Whether the caller may talk over it; no unless stated.
    package var interruptible: Bool
    package var next: String

    package init(text: String, interruptible: Bool = false, next: String) {
        self.text = text
        self.interruptible = interruptible
        self.next = next
    }
}

/// A free conversation led by the model.
package struct ConversationNode: Sendable, Hashable {
    /// What the model is told about its task, 1 to 20,000 characters.
    package var systemPrompt: String
    /// What the model may do besides talking; nothing unless stated.
    package var tools: [FlowTool]
    /// Keys of the targets the model may choose from when it hands over.
    package var targets: [String]
    /// Where a hand-over leads; required with the tool `hand_over`.
    package var onHandOver: String?
    /// Where the end of the conversation leads.
    package var onEnd: String
    /// Where silence through every reminder leads; nil means `onEnd`.
    package var onNoAnswer: String?
    /// Where a failure of model or speech that a retry did not cure leads; nil means `onHandOver`, and without one the
    /// call ends with an apology.
    package var onFailed: String?
    package var model: ModelSettings
    package var endOfTurn: EndOfTurn
    package var bargeIn: BargeIn
    package var silence: SilencePolicy

    package init(
        systemPrompt: String,
        tools: [FlowTool] = [],
        targets: [String] = [],
        onHandOver: String? = nil,
        onEnd: String,
        onNoAnswer: String? = nil,
        onFailed: String? = nil,
        model: ModelSettings = ModelSettings(),
        endOfTurn: EndOfTurn = EndOfTurn(),
        bargeIn: BargeIn = BargeIn(),
        silence: SilencePolicy = SilencePolicy()
    ) {
        self.systemPrompt = systemPrompt
        self.tools = tools
        self.targets = targets
        self.onHandOver = onHandOver
        self.onEnd = onEnd
        self.onNoAnswer = onNoAnswer
        self.onFailed = onFailed
        self.model = model
        self.endOfTurn = endOfTurn
        self.bargeIn = bargeIn
        self.silence = silence
    }
}

/// What a model may do in a conversation, by the name it is offered under.
package enum FlowTool: String, Sendable, Hashable, CaseIterable {
    case handOver = "hand_over"
    case endCall = "end_call"
}

/// The caller is connected to a person.
package struct HandOverNode: Sendable, Hashable {
    /// Key of the target; nil means the one the model chose in the conversation that led here.
    package var target: String?
    /// What the caller hears first; nil means the system's sentence.
    package var announcement: String?
    /// Where a hand-over that did not succeed leads.
    package var onFailed: String
    /// Where it leads when the line is busy; nil means `onFailed`.
    package var onBusy: String?
    /// Where it leads when nobody answers in time; nil means `onFailed`.
    package var onNoAnswer: String?
    /// Where it leads when somebody answered and did not accept; nil means `onFailed`.
    package var onDeclined: String?

    package init(
        target: String? = nil,
        announcement: String? = nil,
        onFailed: String,
        onBusy: String? = nil,
        onNoAnswer: String? = nil,
        onDeclined: String? = nil
    ) {
        self.target = target
        self.announcement = announcement
        self.onFailed = onFailed
        self.onBusy = onBusy
        self.onNoAnswer = onNoAnswer
        self.onDeclined = onDeclined
    }
}

/// A way from one node to another.
package struct FlowEdge: Sendable, Hashable {
    /// The key in the node's JSON that names the way: `next`, `onEnd`, …
    package let name: String
    package let target: String
}

extension FlowNode {
    /// The `type` that names the kind in JSON.
    package var kind: String {
        switch self {
        case .greeting: "greeting"
        case .conversation: "conversation"
        case .announcement: "announcement"
        case .handOver: "handOver"
        case .hangUp: "hangUp"
        }
    }

    /// Every stated way out, in the order of the language's description.
    package var edges: [FlowEdge] {
        let named: [(String, String?)] =
            switch self {
            case .greeting(let node): [("next", node.next)]
            case .announcement(let node): [("next", node.next)]
            case .conversation(let node):
                [
                    ("onHandOver", node.onHandOver), ("onEnd", node.onEnd), ("onNoAnswer", node.onNoAnswer),
                    ("onFailed", node.onFailed),
                ]
            case .handOver(let node):
                [
                    ("onFailed", node.onFailed), ("onBusy", node.onBusy), ("onNoAnswer", node.onNoAnswer),
                    ("onDeclined", node.onDeclined),
                ]
            case .hangUp: []
            }
        return named.compactMap { name, target in target.map { FlowEdge(name: name, target: $0) } }
    }
}
