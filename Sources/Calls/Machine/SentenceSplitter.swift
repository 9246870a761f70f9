/// Cuts streamed German or English text into sentences that can be spoken one by one.
///
/// A full stop does not end a sentence after an abbreviation ("z. B.", "Nr.", "Dr."), an ordinal ("am 3. Mai"), an
/// initial, or inside a time or number ("14.30 Uhr", "1.000"). What follows decides, so a sentence is given out only
/// once the next word has begun or the text is finished.
package struct SentenceSplitter: Sendable {
    /// Longer text is cut at a comma or a space even without an end, so that a first sound is never far away.
    private static let longest = 300

    private var buffer = ""

    package init() {}

    package static func sentences(in text: String) -> [String] {
        var splitter = SentenceSplitter()
        return splitter.push(text) + splitter.finish()
    }

    /// Takes more text and returns the sentences that are complete with it.
    package mutating func push(_ text: String) -> [String] {
        buffer += text
        var sentences: [String] = []
        while let end = firstEnd() {
            append(String(buffer[..<end]), to: &sentences)
            buffer = String(buffer[end...])
        }
        return sentences
    }

    /// The rest, once no more text will come.
    package mutating func finish() -> [String] {
        var sentences: [String] = []
        append(buffer, to: &sentences)
        buffer = ""
        return sentences
    }

    private func append(_ text: String, to sentences: inout [String]) {
        let sentence = text.trimmed
        if sentence.contains(where: { $0.isLetter || $0.isNumber }) { sentences.append(sentence) }
    }

    private func firstEnd() -> String.Index? {
        var index = buffer.startIndex
        while index < buffer.endIndex {
            let character = buffer[index]
            let after = buffer.index(after: index)
            if character == "\n" {
                if buffer[..<index].contains(where: { !$0.isWhitespace }) { return after }
            } else if character == "!" || character == "?" || character == "…" {
                if let end = endAfterClosers(after) { return end }
            } else if character == ".", let end = endAfterClosers(after), endsSentence(stopAt: index, next: end) {
                return end
            }
            index = after
        }
        guard buffer.count > Self.longest else { return nil }
        let window = buffer.prefix(Self.longest)
        let cut = window.lastIndex { $0 == "," || $0 == ";" } ?? window.lastIndex(of: " ")
        return cut.map { buffer.index(after: $0) }
    }

    /// The index after closing quotes and brackets, if white space follows them; nil if more text is needed to tell.
    private func endAfterClosers(_ start: String.Index) -> String.Index? {
        var index = start
        while index < buffer.endIndex, "\"“”»«)]'!?.…".contains(buffer[index]) { index = buffer.index(after: index) }
        guard index < buffer.endIndex, buffer[index].isWhitespace else { return nil }
        return index
    }

    private func endsSentence(stopAt stop: String.Index, next: String.Index) -> Bool {
        let word = wordBefore(stop)
        guard let following = buffer[next...].first(where: { !$0.isWhitespace }) else { return false }
        let lowered = word.lowercased()
        if Self.abbreviations.contains(lowered) || lowered.hasSuffix("str") { return false }
        if word.count == 1, word.first?.isLetter == true { return false }
        if let number = Int(word), (1...31).contains(number) || word.count <= 2 {
            // "am 3. Mai", "im 2. Stock": an ordinal is followed by a word that a sentence could also begin with.
            return Self.startsNewSentence(afterNumber: buffer[next...])
        }
        return !following.isLowercase
    }

    /// After "… um 3." a new sentence begins only with a word that no date or ordinal is followed by.
    private static func startsNewSentence(afterNumber rest: Substring) -> Bool {
        let word = rest.drop { $0.isWhitespace }.prefix { $0.isLetter }
        guard word.endIndex < rest.endIndex else { return false }
        return sentenceOpeners.contains(word.lowercased()) && word.first?.isUppercase == true
    }

    private func wordBefore(_ stop: String.Index) -> String {
        String(buffer[..<stop].reversed().prefix { $0.isLetter || $0.isNumber || $0 == "." }.reversed())
    }

    private static let abbreviations: Set<String> = [
        "abs", "abt", "allg", "bzgl", "bzw", "ca", "co", "d.h", "dgl", "dipl", "dr", "e.v", "eig", "einschl", "etc",
        "evtl", "fa", "frl", "geb", "gest", "ggf", "hr", "hrsg", "i.d.r", "inkl", "ing", "jhdt", "kfz", "mag", "mind",
        "mio", "mrd", "mr", "mrs", "ms", "nr", "o.ä", "o.g", "prof", "s.o", "s.u", "sog", "st", "std", "stk", "str",
        "tel", "u.a", "u.u", "usf", "usw", "v.a", "vgl", "vs", "z.b", "z.t", "z.zt", "zzgl", "jan", "feb", "apr",
        "aug", "sept", "okt", "nov", "dez",
    ]

    private static let sentenceOpeners: Set<String> = [
        "ich", "sie", "er", "es", "wir", "das", "die", "der", "dann", "danke", "darf", "kann", "können", "möchten",
        "passt", "wollen", "haben", "ist", "bitte", "gerne", "wenn", "und", "oder", "was", "wie", "wann", "wo", "wer",
        "soll", "sollen", "brauchen", "gibt", "dort", "da", "hier", "leider", "natürlich", "morgen", "heute",
    ]
}
