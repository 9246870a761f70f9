import Testing

@testable import Calls

@Suite("German sentences")
struct SentenceSplitterTests {
    @Test(arguments: [
        ("Guten Tag. Wie geht es?", ["Guten Tag.", "Wie geht es?"]),
        ("Wir öffnen um 8.30 Uhr. Passt das?", ["Wir öffnen um 8.30 Uhr.", "Passt das?"]),
        ("Am 3. Mai haben wir Zeit. Gut?", ["Am 3. Mai haben wir Zeit.", "Gut?"]),
        ("Das ist z. B. am Montag möglich. Ja?", ["Das ist z. B. am Montag möglich.", "Ja?"]),
        ("Fragen Sie Dr. Huber. Er hilft.", ["Fragen Sie Dr. Huber.", "Er hilft."]),
        ("Hauptstr. 12 in Linz. Kommen Sie!", ["Hauptstr. 12 in Linz.", "Kommen Sie!"]),
        ("Das kostet 1.200 Euro. Inkl. Steuer.", ["Das kostet 1.200 Euro.", "Inkl. Steuer."]),
        ("Im 2. Stock, Tür Nr. 5. Dann rechts.", ["Im 2. Stock, Tür Nr. 5.", "Dann rechts."]),
        ("Sagt er: „Nein!“ Danach geht er.", ["Sagt er: „Nein!“", "Danach geht er."]),
        ("Moment … ich schaue nach.", ["Moment …", "ich schaue nach."]),
        ("Nur ein Satz ohne Punkt", ["Nur ein Satz ohne Punkt"]),
        ("", []),
        (" . ", []),
    ])
    func textIsCutAtItsSentences(_ text: String, _ sentences: [String]) {
        #expect(SentenceSplitter.sentences(in: text) == sentences)
    }

    @Test func streamedTextGivesTheSameSentencesInAnyPieces() {
        let text = "Am 3. Mai um 9.15 Uhr ist z. B. etwas frei. Möchten Sie kommen? Dann bis bald."
        let whole = SentenceSplitter.sentences(in: text)
        for size in 1...12 {
            var splitter = SentenceSplitter()
            var sentences: [String] = []
            var rest = Substring(text)
            while !rest.isEmpty {
                sentences += splitter.push(String(rest.prefix(size)))
                rest = rest.dropFirst(size)
            }
            sentences += splitter.finish()
            #expect(sentences == whole, "pieces of \(size)")
        }
    }

    @Test func textWithoutAnEndIsCutBeforeItIsTooLong() {
        let text = String(repeating: "und noch etwas, ", count: 60)
        let sentences = SentenceSplitter.sentences(in: text)
        #expect(sentences.count > 1)
        #expect(sentences.allSatisfy { $0.count <= 300 })
    }
}
