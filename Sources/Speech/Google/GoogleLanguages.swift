import Synchronization

/// Which language tag is asked for. Google knows fewer variants of German than there are; one that it has refused
/// for a model is not asked for again while this process lives.
final class GoogleLanguages: Sendable {
    private struct Refusal: Hashable {
        let language: String
        let model: String
    }

    private static let full = ["de": "de-DE", "en": "en-US"]
    private static let standard = ["de": "de-DE", "en": "en-US", "fr": "fr-FR", "it": "it-IT"]

    /// A few languages and models of an installation.
    private static let maximumRefusals = 64
    private let refusals = Mutex<Set<Refusal>>([])

    func tag(for language: String, model: String) -> String {
        let tag = Self.full[language] ?? language
        guard let standard = Self.substitute(for: tag) else { return tag }
        return refusals.withLock { $0.contains(Refusal(language: tag, model: model)) } ? standard : tag
    }

    /// Notes that `tag` was refused. True if another one will be asked for from now on.
    func refused(_ tag: String, model: String) -> Bool {
        guard Self.substitute(for: tag) != nil else { return false }
        return refusals.withLock { refusals in
            guard refusals.count < Self.maximumRefusals else { return false }
            return refusals.insert(Refusal(language: tag, model: model)).inserted
        }
    }

    private static func substitute(for tag: String) -> String? {
        let language = tag.split(separator: "-").first.map { $0.lowercased() } ?? ""
        guard let standard = standard[language], standard != tag else { return nil }
        return standard
    }
}
