/// Looks for the disclosure that a machine speaks (requirement K1): in the greeting a call begins with, before anything
/// is asked, unless the owner waived it with a reason.
struct DisclosureLint {
    private static let abbreviations: Set<String> = ["KI", "AI"]
    private static let phrases = [
        "künstliche intelligenz", "künstlichen intelligenz", "künstlicher intelligenz", "artificial intelligence",
        "automated assistant", "virtual assistant", "digital assistant", "sprachcomputer", "voicebot", "chatbot",
    ]
    private static let adjectives = ["digital", "virtuell", "automatisch", "automatisiert", "künstlich"]
    private static let endings = ["e", "er", "en", "em", "es"]

    private let document: FlowDocument

    init(_ document: FlowDocument) {
        self.document = document
    }

    func findings() -> [FlowFinding] {
        guard case .greeting(let greeting) = document.nodes[document.entry] else { return [] }
        if Self.discloses(greeting.text) { return [] }
        if document.aiDisclosureWaiver != nil {
            return [FlowFinding(.disclosureWaived, at: .root.child("aiDisclosureWaiver"))]
        }
        let pointer = JSONPointer.root.child("nodes").child(document.entry).child("text")
        return [FlowFinding(.noDisclosure, at: pointer)]
    }

    /// Whether `text` says, before its first question, that a machine speaks.
    static func discloses(_ text: String) -> Bool {
        let statement = text.prefix { $0 != "?" }
        let words = statement.split { !$0.isLetter }.map(String.init)
        if words.contains(where: abbreviations.contains) { return true }
        let spaced = " " + words.map { $0.lowercased() }.joined(separator: " ") + " "
        if phrases.contains(where: { spaced.contains(" \($0) ") }) { return true }
        return adjectives.contains { adjective in
            endings.contains { ending in
                spaced.contains(" \(adjective)\(ending) assist")
                    || spaced.contains(" \(adjective)\(ending) sprachassist")
                    || spaced.contains(" \(adjective)\(ending) telefonassist")
            }
        }
    }
}
