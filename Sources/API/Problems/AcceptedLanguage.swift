import HTTPTypes
import Localization

/// The language of refusals: German, unless the request prefers another of ours.
enum AcceptedLanguage {
    static func read(_ headers: HTTPFields) -> Language {
        var best: (language: Language, weight: Double) = (.de, 0)
        for range in headers[values: .acceptLanguage].joined(separator: ",").split(separator: ",").prefix(20) {
            let parts = range.split(separator: ";").map { $0.filter { !$0.isWhitespace } }
            guard let tag = parts.first, let language = tag == "*" ? .de : Language(tag: String(tag)) else { continue }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            // The first of equals is meant.
            if weight > best.weight, weight <= 1 { best = (language, weight) }
        }
        return best.language
    }
}
