import Foundation
import Localization
import PageParts
import People
import Site
import Tenants

/// A new tenant as it was typed.
struct TenantForm {
    static let fields = ["name", "kurzname", "region", "sprache", "zeitzone", "anrufe", "adresse"]
    /// Where companies are whose telephone numbers are read as people write them there.
    static let regions = ["AT", "DE", "CH", "LI"]
    /// A tenant chooses any other zone in its own settings.
    static let zones = ["Europe/Vienna", "Europe/Berlin", "Europe/Zurich"]

    let name: String
    let slug: String
    let region: String
    let language: String
    let zone: String
    let calls: String
    let email: String

    /// As the form begins.
    init() {
        name = ""
        slug = ""
        region = Self.regions[0]
        language = Language.de.rawValue
        zone = Self.zones[0]
        calls = String(TenantBounds().concurrentCalls)
        email = ""
    }

    /// What was typed; without a slug, one is made of the name.
    init(_ form: FormValues) {
        let name = (form.text("name") ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
        self.name = String(name.prefix(200))
        slug = form.text("kurzname").map { String($0.prefix(63)) } ?? Self.slug(of: name)
        region = form.text("region") ?? ""
        language = form.text("sprache") ?? ""
        zone = form.text("zeitzone") ?? ""
        calls = String((form.text("anrufe") ?? "").prefix(20))
        email = String((form.text("adresse") ?? "").prefix(254))
    }

    /// What makes a tenant; nil with at least one problem.
    func draft(_ visit: PlatformVisit, _ problems: inout FormProblems) -> Draft? {
        if name.isEmpty { problems.add("name", visit.text("platform.problem_name")) }
        if TenantName.parse(name) == nil { problems.add("name", visit.text("platform.problem_name_long")) }
        let slug = TenantSlug(self.slug)
        if slug == nil, !name.isEmpty || !self.slug.isEmpty {
            problems.add("kurzname", visit.text("platform.problem_slug"))
        }
        if !Self.regions.contains(region) { problems.add("region", visit.text("platform.problem_choice")) }
        let language = Language(rawValue: self.language)
        if language == nil { problems.add("sprache", visit.text("platform.problem_choice")) }
        if !Self.zones.contains(zone) { problems.add("zeitzone", visit.text("platform.problem_choice")) }
        let calls = BoundsForm.concurrentCalls(self.calls)
        if calls == nil { problems.add("anrufe", BoundsForm.callsProblem(visit)) }
        if EmailAddress(email) == nil { problems.add("adresse", visit.text("platform.problem_email")) }
        guard problems.isEmpty, let slug, let language, let calls else { return nil }
        return Draft(
            slug: slug,
            settings: TenantSettings(region: region, language: language, timeZone: zone),
            bounds: TenantBounds(concurrentCalls: calls)
        )
    }

    struct Draft {
        let slug: TenantSlug
        let settings: TenantSettings
        let bounds: TenantBounds
    }

    /// A short name out of a company's: small letters, digits and dashes; empty if nothing is left.
    static func slug(of name: String) -> String {
        let spelled = name.lowercased().replacing("ä", with: "ae").replacing("ö", with: "oe").replacing("ü", with: "ue")
            .replacing("ß", with: "ss").replacing("&", with: " und ")
            .folding(options: .diacriticInsensitive, locale: nil)
        let words = spelled.unicodeScalars.split { scalar in
            !("a"..."z").contains(scalar) && !("0"..."9").contains(scalar)
        }
        var slug = ""
        for word in words.map(String.init) where slug.utf8.count + word.utf8.count < 40 || slug.isEmpty {
            slug += (slug.isEmpty ? "" : "-") + word
        }
        return String(slug.prefix(63))
    }
}
