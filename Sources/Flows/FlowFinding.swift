package import Localization

/// One thing that is wrong or odd about a flow, with its place in the document.
package struct FlowFinding: Sendable, Hashable {
    package enum Severity: String, Sendable {
        /// The flow cannot be imported.
        case error
        /// The flow works; its author should look.
        case warning
    }

    /// What is wrong, as a stable code. The texts stand in the catalog as `flows.<code>`.
    package enum Code: String, Sendable, CaseIterable {
        // The text is not JSON we read.
        case notJSON = "not_json"
        case duplicateKey = "duplicate_key"
        case tooDeep = "too_deep"
        case tooLarge = "too_large"

        // The shape is not the one of the schema.
        case missing
        case unknownKey = "unknown_key"
        case unknownNodeType = "unknown_node_type"
        case notAnObject = "not_an_object"
        case notAList = "not_a_list"
        case notAText = "not_a_text"
        case notABoolean = "not_a_boolean"
        case notANumber = "not_a_number"
        case notAnInteger = "not_an_integer"
        case notAChoice = "not_a_choice"
        case blank
        case tooShort = "too_short"
        case tooLong = "too_long"
        case controlCharacter = "control_character"
        case malformedKey = "malformed_key"
        case malformedLanguage = "malformed_language"
        case malformedVoice = "malformed_voice"
        case malformedNumber = "malformed_number"
        case outOfRange = "out_of_range"
        case tooMany = "too_many"
        case tooFew = "too_few"
        case repeated

        // The shape is right, the meaning is not.
        case unknownNode = "unknown_node"
        case unknownTarget = "unknown_target"
        case unreachableNode = "unreachable_node"
        case entryNotGreeting = "entry_not_greeting"
        case loopWithoutConversation = "loop_without_conversation"
        case noWayOut = "no_way_out"
        case noDisclosure = "no_disclosure"
        case handOverWithoutWay = "hand_over_without_way"
        case handOverWithoutTarget = "hand_over_without_target"
        case targetNeverChosen = "target_never_chosen"
        case targetIgnored = "target_ignored"
        case targetRefused = "target_refused"
        case repeatedWord = "repeated_word"

        // Worth a look.
        case disclosureWaived = "disclosure_waived"
        case unusedTarget = "unused_target"
        case targetsWithoutTool = "targets_without_tool"
        case voiceOfOtherLanguage = "voice_of_other_language"
        case languageWithoutTexts = "language_without_texts"
    }

    package let code: Code
    package let pointer: JSONPointer
    /// What the text names: keys, bounds, choices.
    package let arguments: [String: String]

    package init(_ code: Code, at pointer: JSONPointer, _ arguments: [String: String] = [:]) {
        self.code = code
        self.pointer = pointer
        self.arguments = arguments
    }

    package var severity: Severity {
        switch code {
        case .disclosureWaived, .unusedTarget, .targetsWithoutTool, .voiceOfOtherLanguage, .languageWithoutTexts:
            .warning
        default: .error
        }
    }

    /// The finding in words for the flow's author.
    package func text(_ catalog: Catalog, _ language: Language) -> String {
        var arguments = arguments
        if code == .targetRefused, let reason = arguments["reason"] {
            arguments["reason"] = catalog.text("numbers.destination_\(reason)", language)
        }
        return catalog.text("flows.\(code.rawValue)", language, arguments)
    }
}

extension [FlowFinding] {
    /// Whether a flow with these findings must not be imported.
    package var refuse: Bool { contains { $0.severity == .error } }

    /// By place, then by code, so that the same flow always reads the same.
    func inOrder() -> [FlowFinding] {
        sorted { ($0.pointer.description, $0.code.rawValue) < ($1.pointer.description, $1.code.rawValue) }
    }
}
