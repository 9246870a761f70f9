import Testing

@testable import Speech

@Suite("Long texts in pieces")
struct TextPiecesTests {
    @Test("A short text stays whole")
    func short() {
        #expect(TextPieces.split(" Guten Tag. ", maximumBytes: 50) == ["Guten Tag."])
        #expect(TextPieces.split(" ", maximumBytes: 50).isEmpty)
    }

    @Test(
        "The cut is after a sentence, else a clause, else a word, else anywhere",
        arguments: [
            ("Eins zwei. Drei vier, fünf sechs", ["Eins zwei.", "Drei vier,", "fünf sechs"]),
            ("Eins zwei, drei vier fünf", ["Eins zwei,", "drei vier fünf"]),
            ("eins zwei drei vier fünf", ["eins zwei drei", "vier fünf"]),
            ("einszweidreivierfünfsechs", ["einszweidreivie", "rfünfsechs"]),
        ]
    )
    func cuts(text: String, pieces: [String]) {
        let limit = text.hasPrefix("Eins zwei. ") ? 16 : 15
        #expect(TextPieces.split(text, maximumBytes: limit) == pieces)
    }

    @Test("No piece is too long, and none of the text is lost", arguments: 4..<60)
    func keepsAll(limit: Int) {
        let text = "Die Größe der Straße ändert sich. Übermorgen, sagt man, wird's schöner! Ob das 👩‍👩‍👧 stimmt?"
        let pieces = TextPieces.split(text, maximumBytes: limit)
        #expect(pieces.joined().filter { !$0.isWhitespace } == text.filter { !$0.isWhitespace })
        // Only a single character may be longer than the limit.
        #expect(pieces.allSatisfy { $0.utf8.count <= limit || $0.count == 1 })
    }
}
