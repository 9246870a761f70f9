import HTTPTypes
import Hummingbird
import Kernel
import Localization
import Numbers
import PageParts
import PhoneNumbers
import Site
import Tenants
import Web

/// Which number to add, as it was typed, and where it shall lead.
struct NumberForm {
    /// Exactly as typed, cut to what a number can need.
    let typed: String
    let country: String
    /// Nil for a number that shall lead nowhere yet.
    let flow: FlowID?
    /// The number that the person has seen and sent on.
    let confirmed: String?
    /// The person wants to change something before going on.
    let isBack: Bool

    init(_ form: FormValues, region: String) {
        typed = String((form.raw("nummer") ?? "").prefix(100))
        country = form.text("land") ?? NumberCountry.standard(region)
        flow = form.text("flow").flatMap(FlowID.init)
        confirmed = form.text("bestaetigt")
        isBack = form.isOn("aendern")
    }

    /// Nil for a country that is not on the list.
    var region: Region? { NumberCountry.all.contains(country) ? Region(country) : nil }

    /// The number it means; fails for a country that is not on the list too.
    var reading: Result<PhoneNumber, PhoneNumberRefusal> {
        guard let region else { return .failure(.invalidCountryCode) }
        return PhoneNumberParser().parse(typed, region: region)
    }

    func page(
        _ visit: TenantVisit,
        _ flows: [NumberFlow],
        _ problems: FormProblems = FormProblems(),
        check: NumberCheck? = nil,
        status: HTTPResponse.Status? = nil
    ) -> Response {
        let hasFailed = !problems.isEmpty || check != nil
        let preview = typed.isEmpty && problems.message("nummer") == nil ? nil : NumberPreview(reading)
        let model: Model = [
            "typed": .text(typed),
            "is_invalid": .flag(problems.message("nummer") != nil || check?.isOfNumber == true),
            "countries": .choices(
                NumberCountry.all.map { FormChoice($0, visit.countryName($0), isChosen: $0 == country) }
            ),
            "flows": .choices(flows.map { FormChoice($0.id.description, visit.flowName($0), isChosen: $0.id == flow) }),
            "has_check": .flag(check != nil),
            "check_heading": .text(visit.text("numbers_page.problem_check")),
            "steps": check.map { visit.checklist($0, spelling: preview?.sentence(visit)) } ?? false,
        ]
        return visit.page(
            "numbers/new",
            title: visit.text("numbers_page.new_title"),
            model.merging(problems.model(of: ["nummer", "land", "flow"], visit))
                .merging(NumberPreview.model(preview, visit, isFinal: hasFailed)),
            status: status ?? (hasFailed ? .unprocessableContent : .ok)
        )
    }

    /// The number as it will be stored, to be sent on or changed.
    func checkPage(_ visit: TenantVisit, _ number: PhoneNumber, _ flows: [NumberFlow]) -> Response {
        let chosen = flows.first { $0.id == flow }
        return visit.page(
            "numbers/check",
            title: visit.text("numbers_page.check_title"),
            [
                "typed": .text(typed),
                "country": .text(country),
                "flow_id": .text(flow?.description ?? "none"),
                "flow_name": .text(chosen.map { visit.flowName($0) } ?? visit.text("numbers_page.flow_none")),
                "number": .text(number.e164.international),
                "number_about": .text(visit.about(number)),
                "e164": .text(number.e164.value),
            ]
        )
    }
}

extension NumberCheck {
    /// Whether the number itself is at fault, and not that nobody answered.
    fileprivate var isOfNumber: Bool { results.contains { $0.outcome == .failed } }
}
