import Site

/// The nodes of a flow as pages name them: by their key, which its author chose.
struct NodeWords {
    private let visit: any CheckedVisit
    private let kinds: [String: String]

    /// - Parameter kinds: the kind of each node, by its key.
    init(_ visit: any CheckedVisit, kinds: [String: String]) {
        self.visit = visit
        self.kinds = kinds
    }

    /// `termin_buchen` reads „Termin buchen“.
    func name(_ key: String) -> String {
        let words = key.replacing("_", with: " ").replacing("-", with: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    /// Nil for a node that this version of the flow does not have.
    func kind(_ key: String) -> String? {
        guard let kind = kinds[key], Self.icons[kind] != nil else { return nil }
        return visit.text("calls.node_\(Self.keys[kind] ?? kind)")
    }

    func icon(_ key: String) -> String { kinds[key].flatMap { Self.icons[$0] } ?? "flow" }

    private static let icons = [
        "greeting": "enter", "conversation": "voice", "announcement": "speaker", "handOver": "handoff",
        "hangUp": "hangup",
    ]
    private static let keys = ["handOver": "hand_over", "hangUp": "hang_up"]
}
