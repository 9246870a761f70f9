/// What carriers send in place of a number that the caller withholds.
///
/// The numbers spell ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN and UNAVAILABLE on the keypad; Twilio sends them where
/// only digits are allowed.
enum WithheldCaller {
    static let words: Set<String> = [
        "anonymous", "restricted", "unavailable", "unknown", "blocked", "private", "withheld",
    ]

    static let spelledNumbers: Set<String> = [
        "+266696687", "+7378742883", "+2562533", "+8656696", "+86282452253",
    ]

    /// `text` without spaces around it; case does not matter.
    static func isWithheld(_ text: String) -> Bool {
        spelledNumbers.contains(text) || words.contains(text.lowercased())
    }
}
