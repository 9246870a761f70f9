import Foundation

/// Why a new password is refused.
package enum PasswordRefusal: String, Sendable, CaseIterable {
    case tooShort = "too_short"
    case tooLong = "too_long"
    /// One character, again and again.
    case singleCharacter = "single_character"
    /// Many people have it.
    case common
    /// It is little more than the product's, the person's or the company's name.
    case contextWord = "context_word"
}

/// What a new password must be: 8 to 128 characters, not one that many chose, not a name of those involved.
///
/// There are no rules of composition (ASVS 5.0, 6.2.5): any character is welcome and none is asked for.
package struct PasswordRules: Sendable {
    /// In Unicode scalars, so that the count does not depend on a version of Unicode.
    package static let lengths = 8...128
    /// A bound on what is hashed, in bytes of UTF-8.
    package static let maximumBytes = 1_024

    private let common: CommonPasswords

    package init(common: CommonPasswords) {
        self.common = common
    }

    /// The first reason to refuse, or nil.
    ///
    /// - Parameter context: Names that a guesser knows: the local part of the mail address, the person's and the
    ///   company's name.
    package func judge(_ password: Password, context: [String]) -> PasswordRefusal? {
        let text = password.text
        let length = text.unicodeScalars.count
        if length < Self.lengths.lowerBound { return .tooShort }
        if length > Self.lengths.upperBound || text.utf8.count > Self.maximumBytes { return .tooLong }
        if Set(text.lowercased().unicodeScalars).count == 1 { return .singleCharacter }
        if common.contains(text) { return .common }
        return ContextWords(context).makeUp(text) ? .contextWord : nil
    }
}
