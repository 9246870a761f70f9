import Flows
import Foundation
import Kernel

/// Where the delivered files lie.
let projectFolder = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

func projectFile(_ path: String) throws -> String {
    try String(contentsOf: projectFolder.appendingPathComponent(path), encoding: .utf8)
}

/// Accepts every target.
let anyTarget = FlowValidator { _ in nil }

/// A small flow that is right in every way; tests break one thing of it.
func sampleFlow() -> FlowDocument {
    FlowDocument(
        language: "de-AT",
        voice: FlowVoice(name: "de-DE-Chirp3-HD-Leda"),
        entry: "hallo",
        nodes: [
            "hallo": .greeting(GreetingNode(text: "Hier spricht die KI der Firma Muster.", next: "gespraech")),
            "gespraech": .conversation(
                ConversationNode(
                    systemPrompt: "Sei freundlich.",
                    tools: [.handOver, .endCall],
                    targets: ["werkstatt"],
                    onHandOver: "verbinden",
                    onEnd: "ende"
                )
            ),
            "verbinden": .handOver(HandOverNode(onFailed: "gespraech")),
            "ende": .hangUp,
        ],
        targets: ["werkstatt": HandOverTarget(name: "Werkstatt", number: sampleNumber)]
    )
}

private let sampleNumber: E164 = {
    guard let number = E164("+43732900200") else { preconditionFailure("the sample is E.164") }
    return number
}()

extension FlowDocument {
    func with(_ change: (inout FlowDocument) -> Void) -> FlowDocument {
        var copy = self
        change(&copy)
        return copy
    }

    /// Changes one conversation node.
    func conversation(_ key: String, _ change: (inout ConversationNode) -> Void) -> FlowDocument {
        with { document in
            guard case .conversation(var node) = document.nodes[key] else { return }
            change(&node)
            document.nodes[key] = .conversation(node)
        }
    }
}

extension FlowValidator {
    /// The findings as `code pointer`, in order.
    func lines(_ document: FlowDocument) -> [String] {
        findings(of: document).map { "\($0.code.rawValue) \($0.pointer)" }
    }
}
