/// Cuts a text into pieces that a provider takes, where a pause does the least harm: after a sentence, else after a
/// clause, else between words, and inside a word only if one word is too long.
enum TextPieces {
    static func split(_ text: String, maximumBytes: Int) -> [String] {
        var pieces: [String] = []
        var rest = Substring(text).trimmed
        while rest.utf8.count > maximumBytes {
            let cut = cut(rest, maximumBytes: maximumBytes)
            let piece = rest[..<cut].trimmed
            if !piece.isEmpty { pieces.append(String(piece)) }
            rest = rest[cut...].trimmed
        }
        if !rest.isEmpty { pieces.append(String(rest)) }
        return pieces
    }

    private static func cut(_ text: Substring, maximumBytes: Int) -> Substring.Index {
        var sentence: Substring.Index?
        var clause: Substring.Index?
        var word: Substring.Index?
        var bytes = 0
        var index = text.startIndex
        var previous: Character?
        while index < text.endIndex {
            let character = text[index]
            if character.isWhitespace, let previous {
                if ".!?…".contains(previous) || character.isNewline { sentence = index }
                if ",;:–".contains(previous) { clause = index }
                word = index
            }
            bytes += String(character).utf8.count
            if bytes > maximumBytes { break }
            previous = character
            index = text.index(after: index)
        }
        // One grapheme longer than the limit is passed on whole rather than broken into nonsense.
        let hard = index > text.startIndex ? index : text.index(after: index)
        return sentence ?? clause ?? word ?? hard
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        let start = drop(while: \.isWhitespace)
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return start[start.endIndex...] }
        return start[...end]
    }
}
