import Foundation
import Kernel
import Localization
import Numbers
import PageParts
import PhoneNumbers
import Site
import Tenants

/// The settings as they stand in the form: stored or just typed.
struct SettingsForm {
    static let fields = ["firma", "region", "sprache", "zeitzone", "laender", "ueberlauf", "modell", "modellname"]
    private static let longestModelName = 100

    /// What the company is called, as it was typed.
    let name: String
    let region: String
    let language: String
    let timeZone: String
    let countries: Set<String>
    /// As it was typed.
    let overflow: String
    /// Empty for the installation's.
    let modelEntry: String
    let model: String

    init(_ tenant: Tenant) {
        let settings = tenant.settings
        name = tenant.name
        region = settings.region
        language = settings.language.rawValue
        timeZone = settings.timeZone
        countries = settings.allowedCountries
        overflow = settings.overflow?.international ?? ""
        modelEntry = settings.modelEntry ?? ""
        model = settings.model ?? ""
    }

    init(_ form: FormValues) {
        name = String((form.raw("firma") ?? "").prefix(300))
        region = form.text("region") ?? ""
        language = form.text("sprache") ?? ""
        timeZone = form.text("zeitzone") ?? ""
        countries = Set(form.all("land"))
        overflow = String((form.text("ueberlauf") ?? "").prefix(60))
        modelEntry = form.text("modell") ?? ""
        model = String((form.text("modellname") ?? "").prefix(200))
    }

    /// The name that is to be stored, or nil with what is wrong.
    func companyName(_ problems: inout FormProblems, _ visit: some CheckedVisit) -> String? {
        let name = TenantName.parse(self.name)
        if name == nil { problems.add("firma", visit.text("tenant.settings_name_malformed")) }
        return name
    }

    /// What is to be stored, or nil with what is wrong.
    ///
    /// - Parameters:
    ///   - current: what is stored; its values stay possible even where they are no longer offered.
    ///   - modelEntries: the names in the operator's list.
    ///   - ownNumbers: calling one of them would come back in a circle.
    func settings(
        changing current: TenantSettings,
        modelEntries: [String],
        ownNumbers: Set<E164>,
        _ problems: inout FormProblems,
        _ visit: some CheckedVisit
    ) -> TenantSettings? {
        var settings = current
        if Places.regions.contains(region) || region == current.region {
            settings.region = region
        } else {
            problems.add("region", visit.text("tenant.settings_choose"))
        }
        if let language = Language(rawValue: language) {
            settings.language = language
        } else {
            problems.add("sprache", visit.text("tenant.settings_choose"))
        }
        if Places.usualZones.contains(timeZone) || Places.otherZones.contains(timeZone) || timeZone == current.timeZone
        {
            settings.timeZone = timeZone
        } else {
            problems.add("zeitzone", visit.text("tenant.settings_choose"))
        }
        if countries.isSubset(of: current.allowedCountries.union(Places.countries)) {
            settings.allowedCountries = countries
        } else {
            problems.add("laender", visit.text("tenant.settings_choose"))
        }
        settings.overflow = overflowNumber(settings, ownNumbers, &problems, visit)
        if modelEntry.isEmpty || modelEntries.contains(modelEntry) || modelEntry == current.modelEntry {
            settings.modelEntry = modelEntry.isEmpty ? nil : modelEntry
        } else {
            problems.add("modell", visit.text("tenant.settings_choose"))
        }
        if model.count <= Self.longestModelName, model.unicodeScalars.allSatisfy({ $0.value >= 0x20 }) {
            settings.model = model.isEmpty ? nil : model
        } else {
            problems.add("modellname", visit.text("tenant.settings_model_name_long"))
        }
        return problems.isEmpty ? settings : nil
    }

    private func overflowNumber(
        _ settings: TenantSettings,
        _ ownNumbers: Set<E164>,
        _ problems: inout FormProblems,
        _ visit: some CheckedVisit
    ) -> E164? {
        guard !overflow.isEmpty else { return nil }
        switch PhoneNumberParser().parse(overflow, region: Region(settings.region) ?? .austria) {
        case .failure(let refusal):
            let hint = visit.text("tenant.settings_overflow_how")
            problems.add("ueberlauf", visit.text("numbers.refusal_\(refusal.rawValue)") + " " + hint)
            return nil
        case .success(let number):
            let rules = HandOverDestination(allowedCountries: settings.allowedCountries, ownNumbers: ownNumbers)
            if let refusal = rules.check(number.e164) {
                problems.add("ueberlauf", visit.text("numbers.destination_\(refusal.rawValue)"))
                return nil
            }
            return number.e164
        }
    }
}
