import Flows

/// The tenant's pronunciation: words are replaced by how they are to be spoken.
enum Lexicon {
    static func apply(_ lexicon: [LexiconEntry], to text: String) -> String {
        guard !lexicon.isEmpty else { return text }
        let sayings = Dictionary(lexicon.map { ($0.word.lowercased(), $0.say) }) { first, _ in first }
        var spoken = ""
        var word = ""
        func flush() {
            spoken += sayings[word.lowercased()] ?? word
            word = ""
        }
        for character in text {
            if character.isLetter || character.isNumber || character == "-" {
                word.append(character)
            } else {
                flush()
                spoken.append(character)
            }
        }
        flush()
        return spoken
    }
}

extension String {
    /// Without white space at both ends.
    var trimmed: String {
        var view = self[...]
        while let first = view.first, first.isWhitespace { view.removeFirst() }
        while let last = view.last, last.isWhitespace { view.removeLast() }
        return String(view)
    }

    /// The words in lower case, without punctuation.
    var spokenWords: [String] {
        split { !($0.isLetter || $0.isNumber) }.map { $0.lowercased() }
    }

    /// What follows the words that this text and `earlier` begin with, whatever their capitals and punctuation: a
    /// recogniser says a text again and again until it is final.
    func words(after earlier: String) -> String {
        let words = split(whereSeparator: \.isWhitespace)
        let known = earlier.split(whereSeparator: \.isWhitespace)
        let common = zip(words, known).prefix { $0.0.plainWord == $0.1.plainWord }.count
        return words.dropFirst(common).joined(separator: " ")
    }

    /// Whether both texts begin with the same word, or with as much of it as was known.
    func begins(like other: String) -> Bool {
        guard let mine = split(whereSeparator: \.isWhitespace).first?.plainWord,
            let theirs = other.split(whereSeparator: \.isWhitespace).first?.plainWord
        else { return false }
        return mine.hasPrefix(theirs) || theirs.hasPrefix(mine)
    }

    /// The part that was heard when the sound was cut: the share of the characters that corresponds to the time, up
    /// to the last whole word. Without a known length, 65 ms a character are assumed, which is a brisk reading pace.
    func cut(heardMs: Int, ofMs lengthMs: Int?) -> String {
        let lengthMs = lengthMs ?? count * 65
        guard lengthMs > 0, heardMs > 0 else { return "" }
        guard heardMs < lengthMs else { return self }
        let heard = prefix(count * heardMs / lengthMs)
        guard heard.count < count else { return self }
        if self[heard.endIndex].isWhitespace { return String(heard).trimmed }
        guard let lastSpace = heard.lastIndex(where: \.isWhitespace) else { return "" }
        return String(heard[..<lastSpace]).trimmed
    }
}

extension Substring {
    fileprivate var plainWord: String {
        let letters = filter { $0.isLetter || $0.isNumber }.lowercased()
        return letters.isEmpty ? String(self) : letters
    }
}
