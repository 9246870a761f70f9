import Foundation
import Kernel
import Localization
import Numbers
import PhoneNumbers
import Site

extension CheckedVisit {
    /// `Österreich, Festnetz`; nil for a number that its country's plan does not know.
    func about(_ number: E164) -> String? {
        // The region only helps with national spellings, and there are none in E.164.
        (try? PhoneNumberParser().parse(number.value, region: .austria).get()).map(about)
    }

    func about(_ number: PhoneNumber) -> String {
        text(
            "numbers_page.described",
            ["country": country(of: number), "kind": text("numbers_page.kind_\(number.kind.rawValue)")]
        )
    }

    private func country(of number: PhoneNumber) -> String {
        if let region = number.region, NumberCountry.all.contains(region) { return countryName(region) }
        let code = number.e164.international.prefix { $0 != " " && $0 != "-" }
        return text("numbers_page.country_other", ["code": String(code)])
    }

    func countryName(_ region: String) -> String { text("numbers_page.country_\(region.lowercased())") }

    /// What is wrong with a typed number, and what to do.
    func explanation(_ refusal: PhoneNumberRefusal) -> String {
        text("numbers.refusal_\(refusal.rawValue)") + " " + text("numbers_page.fix_\(refusal.rawValue)")
    }
}

extension E164 {
    /// Where the number's own pages begin.
    var pagePath: String { "/rufnummern/" + value.dropFirst() }
}

/// The countries whose numbers can be typed as they are dialled at home: those that the catalog has names for.
enum NumberCountry {
    /// ISO 3166-1 alpha-2; the first ones are where the platform's customers are.
    static let all = [
        "AT", "DE", "CH", "LI", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "GB", "GR", "HU", "IE", "IS",
        "IT", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK", "ES", "TR", "UA", "US", "CA",
    ]

    /// Where a tenant of that region most likely dials.
    static func standard(_ region: String) -> String { all.contains(region) ? region : "AT" }
}
