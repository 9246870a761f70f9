import Foundation

extension String {
    /// Whether `words` stand in the text; neither case nor accents matter. Nothing stands everywhere.
    func mentions(_ words: String) -> Bool {
        words.isEmpty || range(of: words, options: [.caseInsensitive, .diacriticInsensitive]) != nil
    }

    /// As people look names up: neither case nor accents matter.
    func isBefore(_ other: String) -> Bool {
        compare(other, options: [.caseInsensitive, .diacriticInsensitive, .numeric]) == .orderedAscending
    }
}
