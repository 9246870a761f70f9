/// Why a text cannot be the number of a tenant or the target of a hand-over.
///
/// Raw values are stable codes: the catalog keys its explanations by them, and programs read them from
/// `voiceagent number parse --json`.
package enum PhoneNumberRefusal: String, Error, Sendable, Hashable, CaseIterable {
    /// Nothing was typed.
    case empty
    /// No digits, or signs that no number contains.
    case notANumber = "not_a_number"
    /// Letters that are neither a label in front of the number nor an extension: a name, or a word to be spelled on
    /// the keypad. Spelling is not done for people, because a stray name would become digits.
    case letters
    /// More than one number in one field.
    case severalNumbers = "several_numbers"
    /// An address (`sip:`, `sips:`, `name@host`), not a number.
    case sipURI = "sip_uri"
    /// What carriers send in place of a withheld number (`anonymous`, `+266696687`, …).
    case withheld
    /// An extension behind the number (`ext. 12`, `DW 12`, `Klappe 12`, `;ext=12`, `,12`): a carrier cannot route to
    /// it. Direct-dial digits written behind a dash are part of the number and are not an extension.
    case `extension`
    /// Keypad codes with `*` or `#`, such as `*31#`.
    case dialCode = "dial_code"
    case tooShort = "too_short"
    /// Longer than the country's numbers, or than the 15 digits of E.164.
    case tooLong = "too_long"
    /// Diallable within a town only.
    case areaCodeMissing = "area_code_missing"
    /// No country has this calling code.
    case invalidCountryCode = "invalid_country_code"
    /// Of plausible length, but in no range of its country's numbering plan.
    case invalidForRegion = "invalid_for_region"
    /// 112 and its relatives.
    case emergency
    /// A short number of a service or a directory, which exists within one country only.
    case service
    /// Whoever calls it pays a surcharge.
    case premiumRate = "premium_rate"
    /// The library failed, for instance for lack of memory; the text may be a number.
    case internalError = "internal_error"
}
