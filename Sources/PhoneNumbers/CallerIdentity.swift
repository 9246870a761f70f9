package import Kernel

/// Who a carrier says is calling. Never an error: a caller is answered whatever the field holds.
package enum CallerIdentity: Hashable, Sendable {
    /// A number that can be called back. It need not be valid by our metadata: new ranges appear every month.
    case number(E164)
    /// The caller withholds the number, or what was sent is none.
    case withheld
    /// An address in place of a number: a SIP URI, or a carrier's own scheme such as `client:`.
    case sip(String)

    /// The number, if there is one.
    package var e164: E164? {
        if case .number(let number) = self { number } else { nil }
    }

    /// The longest address that is kept, in characters; what follows is cut.
    package static let maximumAddressLength = 255

    /// - Parameters:
    ///   - from: the carrier's `From`.
    ///   - region: where the trunk is that delivers calls in national form; without it only international forms
    ///     (`+`, `00`) are numbers.
    package static func parse(_ from: String, region: Region? = nil) -> CallerIdentity {
        let text = from.trimmingSpaces()
        if isWithheld(text) {
            return .withheld
        } else if isAddress(text) {
            return .sip(String(text.prefix(maximumAddressLength)))
        } else if let number = number(text, region: region) {
            return .number(number)
        } else {
            return .withheld
        }
    }

    private static func isWithheld(_ text: String) -> Bool {
        text.isEmpty || WithheldCaller.isWithheld(text) || WithheldCaller.isWithheld("+" + text)
            || isAnonymousAddress(text)
    }

    /// RFC 3323: `sip:anonymous@anonymous.invalid`, with or without a display name.
    private static func isAnonymousAddress(_ text: String) -> Bool {
        guard let at = text.firstIndex(of: "@") else { return false }
        let user = text[..<at].split { ":\"< ".contains($0) }.last ?? ""
        let host = text[text.index(after: at)...].prefix { !":;>".contains($0) }
        return WithheldCaller.isWithheld(String(user)) || host.lowercased() == "anonymous.invalid"
    }

    private static func isAddress(_ text: String) -> Bool {
        if text.utf8.contains(UInt8(ascii: "@")) { return true }
        guard let colon = text.firstIndex(of: ":") else { return false }
        let scheme = text[..<colon]
        return scheme.lowercased() != "tel" && scheme.allSatisfy { $0.isASCII && $0.isLetter }
    }

    private static func number(_ text: String, region: Region?) -> E164? {
        guard let dial = try? DialString(text) else { return nil }
        let international = dial.hasPlus ? dial.digits[...] : dial.internationalDigits
        if let international {
            let spelled = "+" + String(decoding: international, as: UTF8.self)
            return known(Array(spelled.utf8), region: PhoneNumberLibrary.noRegion) ?? unknown(spelled)
        } else {
            return region.flatMap { known(dial.digits, region: $0.code) }
        }
    }

    /// In the library's spelling, which drops a trunk zero behind the country code, if a number of its country can
    /// have that many digits.
    private static func known(_ dialled: [UInt8], region: String) -> E164? {
        guard let number = PhoneNumberLibrary.read(dialled, region: region).number,
            number.isValid || number.length == .possible, !number.hasExtension
        else { return nil }
        return E164(number.e164)
    }

    /// As it was sent: numbering plans grow, and the carrier knows better. Nobody's number is shorter than the
    /// country code and number of a small island.
    private static func unknown(_ spelled: String) -> E164? {
        spelled.utf8.count > 7 ? E164(spelled) : nil
    }
}

extension CallerIdentity: CustomStringConvertible, CustomDebugStringConvertible {
    /// Safe in a log line: a masked number, or only the kind of identity.
    package var description: String {
        switch self {
        case .number(let number): number.masked
        case .withheld: "withheld"
        case .sip: "sip:…"
        }
    }

    package var debugDescription: String { description }
}

extension DialString {
    /// The digits behind the international prefix `00`.
    fileprivate var internationalDigits: ArraySlice<UInt8>? {
        let prefix = [UInt8](repeating: UInt8(ascii: "0"), count: 2)
        return digits.starts(with: prefix) ? digits.dropFirst(2) : nil
    }
}
