import Foundation
import Kernel
import Localization
import PageParts
import PhoneNumbers
import Site
import Tenants

/// What the page of the settings says.
struct SettingsModel {
    let tenant: Tenant
    let form: SettingsForm
    let problems: FormProblems
    /// The names in the operator's list of language models.
    let modelEntries: [String]
    /// Since when the tenant's own model key is kept; nil without one.
    let modelKeySince: Date?
    let accesses: [SupportAccess]
    let closing: TenantClosing?
    let visit: TenantVisit

    private static let factorPath = "/einstellungen/zweiter-faktor"

    var model: Model {
        let mayWrite = visit.may(.settingsWrite)
        let mayDemand = visit.may(.secondFactorWrite)
        let model: Model = [
            "may_write": .flag(mayWrite),
            "name": .text(tenant.name),
            "typed_name": .text(form.name),
            "slug": .text(tenant.slug.value),
            "regions": .choices(regions),
            "languages": .choices(languages),
            "usual_zones": .choices(zones(Places.usualZones, named: true)),
            "other_zones": .choices(zones(otherZones, named: false)),
            "countries": .choices(countries),
            "overflow": .text(form.overflow),
            "has_models": .flag(!modelEntries.isEmpty || tenant.settings.modelEntry != nil),
            "models": .choices(models),
            "model_name": .text(form.model),
            "key_since": .text(
                modelKeySince.map { visit.text("tenant.model_key_since", ["time": visit.localizer.dateTime($0)]) }
            ),
            "summary": .list(summary),
            "second_factor": [
                "is_demanded": .flag(tenant.requiresSecondFactor),
                "demand_path": .text(mayDemand && !tenant.requiresSecondFactor ? Self.factorPath : nil),
                "free_path": .text(mayDemand && tenant.requiresSecondFactor ? Self.factorPath + "/aufheben" : nil),
            ],
            "looks": .object(SupportModel(accesses: accesses, visit: visit).model),
            "contract": .object(visit.may(.tenantClose) ? contract : nil),
        ]
        return model.merging(problems.model(of: SettingsForm.fields, visit))
    }

    private var regions: [FormChoice] {
        offered(Places.regions, and: tenant.settings.region).map { code in
            FormChoice(code, country(code), isChosen: code == form.region)
        }
    }

    private var languages: [FormChoice] {
        Language.allCases.map { language in
            FormChoice(
                language.rawValue,
                visit.text("tenant.language_\(language.rawValue)"),
                isChosen: language.rawValue == form.language
            )
        }
    }

    private var otherZones: [String] {
        let current = tenant.settings.timeZone
        return Places.usualZones.contains(current) ? Places.otherZones : offered(Places.otherZones, and: current)
    }

    private func zones(_ names: [String], named: Bool) -> [FormChoice] {
        names.map { FormChoice($0, named ? zone($0) : $0, isChosen: $0 == form.timeZone) }
    }

    /// The neighbours first, the others by their names.
    private var countries: [FormChoice] {
        let others = tenant.settings.allowedCountries.union(Places.countries).subtracting(Places.regions)
        let codes = Places.regions + others.sorted { country($0).isBefore(country($1)) }
        return codes.map { FormChoice($0, country($0), isChosen: form.countries.contains($0)) }
    }

    private var models: [FormChoice] {
        let standard = FormChoice("", visit.text("tenant.settings_model_standard"), isChosen: form.modelEntry.isEmpty)
        let names = tenant.settings.modelEntry.map { offered(modelEntries, and: $0) } ?? modelEntries
        return [standard] + names.map { FormChoice($0, $0, isChosen: $0 == form.modelEntry) }
    }

    /// The same for whoever only reads.
    private var summary: [Model] {
        let settings = tenant.settings
        let countries = settings.allowedCountries.sorted().map(country).joined(separator: ", ")
        return [
            ("tenant.settings_region", country(settings.region)),
            ("tenant.settings_language", visit.text("tenant.language_\(settings.language.rawValue)")),
            ("tenant.settings_zone", zone(settings.timeZone)),
            ("tenant.settings_countries", countries.isEmpty ? "–" : countries),
            ("tenant.settings_overflow", settings.overflow?.international ?? "–"),
        ].map { ["term": .text(visit.text($0.0)), "value": .text($0.1)] }
    }

    private var contract: Model {
        let runs = closing.map { $0.closedAt == nil } ?? false
        return [
            "is_ending": .flag(runs),
            "ends": .text(
                closing.map { visit.text("tenant.closing_ends", ["date": visit.localizer.longDate($0.endsAt)]) }
            ),
        ]
    }

    private func offered(_ values: [String], and current: String) -> [String] {
        values.contains(current) ? values : values + [current]
    }

    /// A country the catalog does not know keeps its code.
    private func country(_ code: String) -> String {
        let key = "tenant.country_\(code.lowercased())"
        return visit.site.catalog.message(key, visit.language)?.text() ?? code
    }

    private func zone(_ name: String) -> String {
        guard let place = name.split(separator: "/").last, Places.usualZones.contains(name) else { return name }
        return visit.text("tenant.zone_\(place.lowercased())")
    }
}
