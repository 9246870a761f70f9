import Testing

@testable import Speech

@Suite("Words on both sides of a seam")
struct SeamTextTests {
    @Test(
        "What both streams heard is said once",
        arguments: [
            ("ich möchte einen Termin", "einen Termin am Montag", "ich möchte einen Termin am Montag"),
            ("ich möchte einen Ter", "einen Termin am Montag", "ich möchte einen Termin am Montag"),
            ("ich möchte einen", "nen Termin", "ich möchte einen Termin"),
            ("Ich möchte einen Termin.", "einen termin am Montag.", "Ich möchte einen termin am Montag."),
            ("ich möchte einen Thermo", "einen Termin am", "ich möchte einen Termin am"),
            ("ich möchte einen Termin", "den Termin am Montag", "ich möchte einen Termin am Montag"),
            ("guten Tag", "guten Tag", "guten Tag"),
            ("", "guten Tag", "guten Tag"),
            ("guten Tag", "", "guten Tag"),
        ]
    )
    func joins(earlier: String, later: String, expected: String) {
        #expect(SeamText.join(earlier, later) == expected)
    }

    @Test("Words that have nothing in common are all kept")
    func keepsAll() {
        #expect(SeamText.join("eins zwei", "drei vier") == "eins zwei drei vier")
    }

    @Test("Any cut of a sentence, with any overlap, gives the sentence back")
    func everyCut() {
        let words = (100..<140).map { "wort\($0)" }
        for cut in 5..<words.count {
            for overlap in 1..<5 {
                let joined = SeamText.join(
                    words[..<cut].joined(separator: " "),
                    words[(cut - overlap)...].joined(separator: " ")
                )
                #expect(joined == words.joined(separator: " "))
            }
        }
    }
}
