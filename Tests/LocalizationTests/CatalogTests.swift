import Foundation
import Localization
import Testing

/// The texts that are delivered.
let deliveredResources = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Resources")

struct CatalogTests {
    @Test func deliveredTextsAreCompleteInBothLanguages() throws {
        let catalog = try Catalog.load(resources: deliveredResources)
        #expect(!catalog.keys.isEmpty)
        for key in catalog.keys {
            #expect(catalog.message(key, .de) != nil)
            #expect(catalog.message(key, .en) != nil)
        }
    }

    @Test func placeholdersAreFilledByName() throws {
        let message = try #require(Message("Hallo {name}, {name}! {rest}"))
        #expect(message.placeholders == ["name", "rest"])
        #expect(message.text(["name": "Ö"]) == "Hallo Ö, Ö! {rest}")
    }

    @Test(arguments: ["{", "}", "a { b", "{}", "{Name}", "{a b}", "a } {b}"])
    func malformedPlaceholderIsRefused(source: String) {
        #expect(Message(source) == nil)
    }

    @Test func differencesBetweenTheLanguagesAreAllNamed() {
        #expect {
            try Catalog([
                .de: ["a.same": "x", "a.only_de": "x", "a.arguments": "{x}"],
                .en: ["a.same": "y", "a.only_en": "y", "a.arguments": "{y}"],
            ])
        } throws: { error in
            (error as? CatalogError)?.defects == [
                "de: a.only_en: missing", "en: a.arguments: other placeholders than German", "en: a.only_de: missing",
            ]
        }
    }

    @Test func folderWithoutTextsIsNamed() {
        #expect(throws: CatalogError.self) { try Catalog.load(resources: URL(filePath: "/nonexistent")) }
    }

    @Test func unknownKeyShowsItself() throws {
        let catalog = try Catalog([.de: [:], .en: [:]])
        #expect(catalog.text("web.title", .de) == "web.title")
    }

    @Test(arguments: [("de", Language.de), ("de-AT", .de), ("EN_gb", .en)])
    func languageIsReadFromATag(tag: String, language: Language) {
        #expect(Language(tag: tag) == language)
        #expect(Language(tag: "fr") == nil)
    }
}
