/// Where a flow can go: its nodes and the ways between them.
struct FlowGraph {
    private let document: FlowDocument
    private let nodes: JSONPointer = .root.child("nodes")

    init(_ document: FlowDocument) {
        self.document = document
    }

    /// Ways that lead nowhere, nodes nobody comes to, circles nobody gets out of.
    func findings() -> [FlowFinding] {
        let broken = brokenReferences()
        guard broken.isEmpty else { return broken }
        return entryFindings() + unreachable() + loopsWithoutConversation() + withoutWayOut()
    }

    private func brokenReferences() -> [FlowFinding] {
        var findings: [FlowFinding] = []
        if document.nodes[document.entry] == nil {
            findings.append(FlowFinding(.unknownNode, at: .root.child("entry"), ["node": document.entry]))
        }
        for (key, node) in document.nodes {
            for edge in node.edges where document.nodes[edge.target] == nil {
                let pointer = nodes.child(key).child(edge.name)
                findings.append(FlowFinding(.unknownNode, at: pointer, ["node": edge.target]))
            }
        }
        return findings
    }

    private func entryFindings() -> [FlowFinding] {
        if case .greeting = document.nodes[document.entry] { return [] }
        return [FlowFinding(.entryNotGreeting, at: .root.child("entry"), ["node": document.entry])]
    }

    private func unreachable() -> [FlowFinding] {
        let reached = Self.closure(from: [document.entry]) { key in
            document.nodes[key]?.edges.map(\.target) ?? []
        }
        return document.nodes.keys.filter { !reached.contains($0) }.map {
            FlowFinding(.unreachableNode, at: nodes.child($0), ["node": $0])
        }
    }

    /// A circle in which the caller is never listened to would speak, or dial, for ever.
    private func loopsWithoutConversation() -> [FlowFinding] {
        func waysOn(_ key: String) -> [String] {
            let edges = document.nodes[key]?.edges ?? []
            return edges.map(\.target).filter { !isConversation($0) }
        }
        var reported: Set<String> = []
        var findings: [FlowFinding] = []
        for key in document.nodes.keys.sorted() where !isConversation(key) && !reported.contains(key) {
            let ahead = Self.closure(from: waysOn(key), waysOn)
            guard ahead.contains(key) else { continue }
            let circle = ahead.filter { Self.closure(from: waysOn($0), waysOn).contains(key) }
            reported.formUnion(circle)
            let names = circle.sorted().joined(separator: ", ")
            findings.append(FlowFinding(.loopWithoutConversation, at: nodes.child(key), ["nodes": names]))
        }
        return findings
    }

    private func withoutWayOut() -> [FlowFinding] {
        var waysIn: [String: [String]] = [:]
        for (key, node) in document.nodes {
            for edge in node.edges { waysIn[edge.target, default: []].append(key) }
        }
        let ends = document.nodes.filter { $0.value == .hangUp }.map(\.key)
        let ending = Self.closure(from: ends) { waysIn[$0] ?? [] }
        return document.nodes.keys.filter { !ending.contains($0) }.map {
            FlowFinding(.noWayOut, at: nodes.child($0), ["node": $0])
        }
    }

    private func isConversation(_ key: String) -> Bool {
        if case .conversation = document.nodes[key] { true } else { false }
    }

    /// Everything that can be come to from `starts`, these included.
    static func closure(from starts: [String], _ next: (String) -> [String]) -> Set<String> {
        var reached = Set(starts)
        var open = starts
        while let key = open.popLast() {
            for following in next(key) where reached.insert(following).inserted { open.append(following) }
        }
        return reached
    }
}
