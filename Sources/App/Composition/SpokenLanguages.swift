import Localization

/// The system's own sentences in every language, loaded and complete before the first call.
struct SpokenLanguages: Sendable {
    private let german: SpeechTexts
    private let english: SpeechTexts

    /// - Throws: `CatalogError` naming every text that is missing.
    init(_ catalog: Catalog) throws {
        german = try SpeechTexts(catalog, .de)
        english = try SpeechTexts(catalog, .en)
    }

    @Sendable
    func texts(_ language: Language) -> SpeechTexts {
        switch language {
        case .de: german
        case .en: english
        }
    }
}
