import Localization
import Testing

struct SpeechTextsTests {
    @Test(arguments: Language.allCases)
    func everySentenceOfTheSystemIsThere(language: Language) throws {
        let texts = try SpeechTexts(Catalog.load(resources: deliveredResources), language)
        #expect(texts.reminders.count == 2)
        #expect(Set(texts.reminders).count == 2)
        for text in [texts.notReachable, texts.apology, texts.filler, texts.callLimit, texts.whisperPressKey] {
            #expect(!text.isEmpty)
        }
    }

    @Test func missingSentencesAreAllNamed() throws {
        let catalog = try Catalog([.de: ["speech.apology": "x"], .en: ["speech.apology": "x"]])
        #expect { try SpeechTexts(catalog, .de) } throws: { error in
            let defects = (error as? CatalogError)?.defects ?? []
            return defects.contains("de: speech.filler") && !defects.contains("de: speech.apology")
        }
    }

    @Test func whisperNamesCallerDigitByDigitAndTheWish() throws {
        let texts = try SpeechTexts(Catalog.load(resources: deliveredResources), .de)
        #expect(
            texts.whisper(caller: "+431234", wish: "Termin")
                == "Ein Anruf über den Sprachassistenten, von 4 3 1 2 3 4. Anliegen: Termin."
        )
        #expect(
            texts.whisper(caller: nil, wish: nil)
                == "Ein Anruf über den Sprachassistenten, von unbekannter Nummer."
        )
    }

    @Test func notReachableTellsNothingOfATenant() throws {
        let texts = try SpeechTexts(Catalog.load(resources: deliveredResources), .de)
        #expect(texts.notReachable.contains("nicht erreichbar"))
    }
}
