package import Kernel

/// Judges a flow: its shape, then its meaning.
package struct FlowValidator: Sendable {
    /// Nil if calls may be handed to this number, else the code of the reason (`numbers.destination_<code>` names it).
    package typealias TargetCheck = @Sendable (E164) -> String?

    /// The largest document that is taken, in bytes.
    package static let largest = 262_144

    /// What the judgement says.
    package struct Verdict: Sendable {
        /// The flow, if its shape is right. It may still have findings of meaning that refuse it.
        package let document: FlowDocument?
        /// The canonical spelling of the JSON, if its shape is right.
        package let canonical: String?
        package let findings: [FlowFinding]

        package var isAccepted: Bool { document != nil && !findings.refuse }
    }

    private let targetCheck: TargetCheck

    package init(targetCheck: @escaping TargetCheck) {
        self.targetCheck = targetCheck
    }

    /// Reads and judges the JSON of a flow. Meaning is looked at only where the shape is right.
    package func judge(_ json: String) -> Verdict {
        let bytes = Array(json.utf8)
        guard bytes.count <= Self.largest else {
            let arguments = ["bytes": String(bytes.count), "maximum": String(Self.largest)]
            return Verdict(document: nil, canonical: nil, findings: [FlowFinding(.tooLarge, at: .root, arguments)])
        }
        return switch FlowReader.read(bytes) {
        case .refused(let findings): Verdict(document: nil, canonical: nil, findings: findings)
        case .read(let document, let tree):
            Verdict(document: document, canonical: tree.canonical, findings: findings(of: document))
        }
    }

    /// What the meaning of a well-formed flow offers to complain about.
    package func findings(of document: FlowDocument) -> [FlowFinding] {
        (FlowGraph(document).findings() + HandOverLint(document).findings() + DisclosureLint(document).findings()
            + targetFindings(document) + wordingFindings(document)).inOrder()
    }

    private func targetFindings(_ document: FlowDocument) -> [FlowFinding] {
        document.targets.compactMap { key, target in
            targetCheck(target.number).map {
                let pointer = JSONPointer.root.child("targets").child(key).child("number")
                return FlowFinding(.targetRefused, at: pointer, ["reason": $0])
            }
        }
    }

    private func wordingFindings(_ document: FlowDocument) -> [FlowFinding] {
        var findings: [FlowFinding] = []
        var words: Set<String> = []
        for (index, entry) in document.lexicon.enumerated() where !words.insert(entry.word).inserted {
            let pointer = JSONPointer.root.child("lexicon").child(index).child("word")
            findings.append(FlowFinding(.repeatedWord, at: pointer, ["word": entry.word]))
        }
        let spoken = document.language.prefix(2)
        if document.voice.name.contains("-"), document.voice.language.prefix(2) != spoken {
            let pointer = JSONPointer.root.child("voice").child("name")
            findings.append(FlowFinding(.voiceOfOtherLanguage, at: pointer, ["language": document.language]))
        }
        if FlowDocument.systemLanguage(of: document.language) == nil {
            let pointer = JSONPointer.root.child("language")
            findings.append(FlowFinding(.languageWithoutTexts, at: pointer, ["language": document.language]))
        }
        return findings
    }
}
