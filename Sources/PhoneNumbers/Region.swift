/// The country whose dialling habits a number was typed in, as ISO 3166-1 alpha-2.
///
/// Every region of libphonenumber's metadata exists, nothing else does (`UK`, `EU` and `ZZ` do not).
package struct Region: Hashable, Sendable, CustomStringConvertible {
    /// Two capital letters.
    package let code: String

    /// Nil unless `code` is a known region; case does not matter.
    package init?(_ code: String) {
        guard code.utf8.count == 2, code.allSatisfy(\.isASCII) else { return nil }
        let capitals = code.uppercased()
        guard PhoneNumberLibrary.hasRegion(capitals) else { return nil }
        self.code = capitals
    }

    private init(known code: String) {
        self.code = code
    }

    package var description: String { code }

    package static let austria = Region(known: "AT")
    package static let germany = Region(known: "DE")
    package static let switzerland = Region(known: "CH")
    package static let liechtenstein = Region(known: "LI")
}
