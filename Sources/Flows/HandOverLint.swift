/// Holds conversations and hand-over nodes to one another: whoever hands over must know to whom.
struct HandOverLint {
    private let document: FlowDocument
    private let nodes: JSONPointer = .root.child("nodes")

    init(_ document: FlowDocument) {
        self.document = document
    }

    func findings() -> [FlowFinding] {
        unknownTargets() + conversations() + targetsNeverChosen() + unusedTargets()
    }

    private func unknownTargets() -> [FlowFinding] {
        document.nodes.flatMap { key, node -> [FlowFinding] in
            switch node {
            case .conversation(let conversation):
                conversation.targets.enumerated().filter { document.targets[$0.element] == nil }.map {
                    let pointer = nodes.child(key).child("targets").child($0.offset)
                    return FlowFinding(.unknownTarget, at: pointer, ["target": $0.element])
                }
            case .handOver(let handOver):
                if let target = handOver.target, document.targets[target] == nil {
                    [FlowFinding(.unknownTarget, at: nodes.child(key).child("target"), ["target": target])]
                } else {
                    []
                }
            default: []
            }
        }
    }

    private func conversations() -> [FlowFinding] {
        document.nodes.flatMap { key, node -> [FlowFinding] in
            guard case .conversation(let conversation) = node else { return [] }
            let pointer = nodes.child(key)
            guard conversation.tools.contains(.handOver) else {
                return conversation.targets.isEmpty
                    ? [] : [FlowFinding(.targetsWithoutTool, at: pointer.child("targets"))]
            }
            guard let way = conversation.onHandOver else { return [FlowFinding(.handOverWithoutWay, at: pointer)] }
            guard case .handOver(let handOver) = document.nodes[way] else { return [] }
            if let fixed = handOver.target {
                return conversation.targets.contains { $0 != fixed }
                    ? [FlowFinding(.targetIgnored, at: pointer.child("onHandOver"), ["node": way, "target": fixed])]
                    : []
            }
            return conversation.targets.isEmpty ? [FlowFinding(.handOverWithoutTarget, at: pointer)] : []
        }
    }

    /// A hand-over without a target of its own needs one that the model chose on every way there. Only the way
    /// `onHandOver` of a conversation that offers targets brings one.
    private func targetsNeverChosen() -> [FlowFinding] {
        let reachedWithoutChoice = FlowGraph.closure(from: [document.entry]) { key in
            guard let node = document.nodes[key] else { return [] }
            if case .conversation(let conversation) = node, !conversation.targets.isEmpty,
                conversation.tools.contains(.handOver)
            {
                return node.edges.filter { $0.name != "onHandOver" }.map(\.target)
            }
            return node.edges.map(\.target)
        }
        return reachedWithoutChoice.compactMap { key in
            guard case .handOver(let handOver) = document.nodes[key], handOver.target == nil else { return nil }
            return FlowFinding(.targetNeverChosen, at: nodes.child(key), ["node": key])
        }
    }

    private func unusedTargets() -> [FlowFinding] {
        let used = document.nodes.values.reduce(into: Set<String>()) { used, node in
            switch node {
            case .conversation(let conversation): used.formUnion(conversation.targets)
            case .handOver(let handOver): if let target = handOver.target { used.insert(target) }
            default: break
            }
        }
        return document.targets.keys.filter { !used.contains($0) }.map {
            FlowFinding(.unusedTarget, at: .root.child("targets").child($0), ["target": $0])
        }
    }
}
