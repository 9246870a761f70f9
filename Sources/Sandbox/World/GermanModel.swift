/// A rule-based speaker of German that understands a system prompt a little: it answers questions with sentences found in
/// the prompt, and calls the tools for handing over and for ending the call. The same question always gets the same
/// answer.
struct GermanModel: Sendable {
    struct Tool: Sendable {
        let name: String
        /// The properties of the tool's schema that are limited to a list.
        let choices: [String: [String]]
        let required: [String]
    }

    enum Reply: Sendable, Equatable {
        case text(String)
        case call(tool: String, arguments: [String: String])
    }

    private struct Topic {
        let asked: [String]
        let found: [String]
        let unknown: String
    }

    private static let personWords = [
        "mensch", "mitarbeiter", "verbind", "weiterleit", "durchstell", "jemand", "chef", "persönlich",
    ]
    private static let goodbyeWords = [
        "wiederhör", "wiederseh", "tschüs", "tschüß", "servus", "baba", "das war alles", "das wär", "nein danke",
        "nein, danke",
    ]
    private static let greetingWords = ["hallo", "grüß gott", "guten tag", "guten morgen", "guten abend", "servas"]
    private static let elaborateWords = ["erzähl", "ausführlich", "alles", "genauer", "vorstellen"]

    private static let topics = [
        Topic(
            asked: ["öffnungszeit", "geöffnet", "offen", "wann haben", "wie lange", "aufgesperrt", "sperren"],
            found: ["öffnungszeit", "geöffnet", "offen", "uhr"],
            unknown: "Unsere Öffnungszeiten habe ich leider nicht."
        ),
        Topic(
            asked: ["preis", "kost", "teuer", "euro", "tarif"],
            found: ["€", "euro", "preis", "kost"],
            unknown: "Zu den Preisen kann ich Ihnen leider nichts sagen."
        ),
        Topic(
            asked: ["adresse", "wo sind", "wo ist", "wo finde", "straße", "anfahrt", "parken"],
            found: ["adresse", "straße", "gasse", "platz", "parkpl"],
            unknown: "Die Adresse habe ich leider nicht."
        ),
        Topic(
            asked: ["termin", "vereinbar", "buchen", "reservier"],
            found: ["termin", "reservier", "buch"],
            unknown: "Gern. An welchem Tag passt es Ihnen?"
        ),
    ]

    func reply(system: String, user: String, tools: [Tool], lastToolCall: String?) -> Reply {
        if let tool = lastToolCall {
            return .text(tool == "end_call" ? "Auf Wiederhören." : "Ich habe das für Sie erledigt.")
        }
        let asked = user.lowercased()
        if let handOver = tools.first(where: { $0.name == "hand_over" }), wantsPerson(asked, handOver) {
            return .call(tool: handOver.name, arguments: arguments(of: handOver, asked: asked, user: user))
        }
        if Self.goodbyeWords.contains(where: asked.contains) {
            guard let end = tools.first(where: { $0.name == "end_call" }) else { return .text("Auf Wiederhören.") }
            return .call(tool: end.name, arguments: arguments(of: end, asked: asked, user: user))
        }
        let sentences = Self.sentences(system)
        if Self.elaborateWords.contains(where: asked.contains) {
            let facts = sentences.filter { !isInstruction($0) }
            if !facts.isEmpty { return .text(facts.joined(separator: " ")) }
        }
        if let topic = Self.topics.first(where: { $0.asked.contains(where: asked.contains) }) {
            let answers = sentences.filter { sentence in
                let sentence = sentence.lowercased()
                return !isInstruction(sentence) && topic.found.contains(where: sentence.contains)
            }
            return .text(answers.isEmpty ? topic.unknown : answers.prefix(2).joined(separator: " "))
        }
        if let fact = bestFact(sentences, asked) { return .text(fact) }
        if Self.greetingWords.contains(where: asked.contains) { return .text("Grüß Gott! Wie kann ich Ihnen helfen?") }
        return .text("Das weiß ich leider nicht. Soll ich Sie mit jemandem verbinden?")
    }

    private func wantsPerson(_ asked: String, _ tool: Tool) -> Bool {
        if Self.personWords.contains(where: asked.contains) { return true }
        let isQuestion = Self.topics.contains { $0.asked.contains(where: asked.contains) }
        return !isQuestion && tool.choices.values.joined().contains { asked.contains($0.lowercased()) }
    }

    private func arguments(of tool: Tool, asked: String, user: String) -> [String: String] {
        var arguments = [String: String]()
        for (name, choices) in tool.choices {
            guard let choice = choices.first(where: { asked.contains($0.lowercased()) }) ?? choices.first else {
                continue
            }
            arguments[name] = choice
        }
        for name in tool.required where arguments[name] == nil { arguments[name] = user }
        return arguments
    }

    /// A sentence of the prompt that shares at least two longer words with the question.
    private func bestFact(_ sentences: [String], _ asked: String) -> String? {
        let words = Set(asked.split { !$0.isLetter }.filter { $0.count > 4 }.map(String.init))
        let scored = sentences.filter { !isInstruction($0) }.map { sentence in
            let sentence = sentence.lowercased()
            return words.count { sentence.contains($0) }
        }
        guard let best = scored.max(), best >= 2, let index = scored.firstIndex(of: best) else { return nil }
        return sentences.filter { !isInstruction($0) }[index]
    }

    /// Sentences that tell the model how to behave are not told to the caller.
    private func isInstruction(_ sentence: String) -> Bool {
        let sentence = sentence.lowercased()
        let words = ["du ", "antworte", "sprich", "verwende", "dein", "rufe ", "hand_over", "end_call", "anrufer"]
        return words.contains { sentence.hasPrefix($0) || sentence.contains(" " + $0) }
    }

    static func sentences(_ text: String) -> [String] {
        var sentences = [String]()
        for line in text.split(whereSeparator: \.isNewline) {
            var current = ""
            let words = line.split(separator: " ")
            for (index, word) in words.enumerated() {
                current += (current.isEmpty ? "" : " ") + word
                let isLast = index + 1 == words.count
                let nextIsUpper = isLast || words[index + 1].first?.isUppercase == true
                let ends = word.last.map { ".!?".contains($0) } ?? false
                // "Mo." and "8." do not end a sentence, "Uhr." does.
                if isLast || ends && nextIsUpper && word.count > 3 {
                    sentences.append(current)
                    current = ""
                }
            }
        }
        return sentences
    }
}
