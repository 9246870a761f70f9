/// The name of a mark in the media stream: which sentence has been played, how far, and in which generation.
package struct PlayoutMark: Sendable, Equatable {
    package let generation: Int
    package let sentence: Int
    /// How much of the sentence has been heard once the mark returns, in milliseconds.
    package let heardMs: Int
    /// Whether the sentence has been heard to its end.
    package let isEnd: Bool

    package init(generation: Int, sentence: Int, heardMs: Int, isEnd: Bool) {
        self.generation = generation
        self.sentence = sentence
        self.heardMs = heardMs
        self.isEnd = isEnd
    }

    /// Nil for a name that is not ours.
    package init?(_ name: String) {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, let generation = Int(parts[0]), let sentence = Int(parts[1]),
            let heardMs = Int(parts[2]), parts[3] == "e" || parts[3] == "p"
        else { return nil }
        self.init(generation: generation, sentence: sentence, heardMs: heardMs, isEnd: parts[3] == "e")
    }

    package var name: String { "\(generation).\(sentence).\(heardMs).\(isEnd ? "e" : "p")" }
}
