import Foundation

/// Names that a guesser of one person's password tries first (ASVS 5.0, 6.2.11).
struct ContextWords {
    private static let product = ["VoiceAgent"]
    /// Shorter ones stand in too many good passwords.
    private static let leastLength = 3
    private static let maximumWords = 64

    /// Longest first, so that `anna` does not tear `annamaria` apart.
    private let words: [String]

    init(_ context: [String]) {
        var words = Set<String>()
        for phrase in Self.product + context {
            let parts = Self.parts(of: phrase)
            words.formUnion(parts)
            words.insert(parts.joined())
        }
        self.words = words.filter { $0.count >= Self.leastLength }
            .sorted { ($1.count, $0) < ($0.count, $1) }
            .prefix(Self.maximumWords)
            .map { $0 }
    }

    /// Whether the password is little more than these words: what remains without them would be too short by itself.
    func makeUp(_ password: String) -> Bool {
        var rest = Self.folded(password)
        var isTouched = false
        for word in words where rest.contains(word) {
            rest = rest.replacing(word, with: "")
            isTouched = true
        }
        return isTouched && rest.unicodeScalars.count < PasswordRules.lengths.lowerBound
    }

    private static func parts(of phrase: String) -> [String] {
        folded(phrase).split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }

    /// Lower case with the umlauts written out, so that Müller is also mueller.
    private static func folded(_ text: String) -> String {
        text.lowercased()
            .precomposedStringWithCanonicalMapping
            .replacing("ä", with: "ae")
            .replacing("ö", with: "oe")
            .replacing("ü", with: "ue")
            .replacing("ß", with: "ss")
    }
}
