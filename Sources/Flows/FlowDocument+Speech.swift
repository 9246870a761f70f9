package import Localization

extension FlowDocument {
    /// The language of the system's own sentences for a flow in `tag`; nil if the product has none in it.
    static func systemLanguage(of tag: String) -> Language? { Language(tag: tag) }

    /// The language in which the system's own sentences are said in calls of this flow: German where the product does
    /// not know the flow's language.
    package var systemLanguage: Language { Self.systemLanguage(of: language) ?? .de }
}
