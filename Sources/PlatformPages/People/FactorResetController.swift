import HTTPTypes
import Hummingbird
import Localization
import PageParts
import People
import Site
import Tenants
import Web

/// Takes the second factors away from somebody who lost telephone and recovery codes.
struct FactorResetController {
    private static let fields = ["grund", "adresse"]

    let reading: PersonReading
    let desk: PersonDesk

    func bind(into book: inout SiteBook) {
        book.platform(.resettingFactors) { visit in
            try visit.requireRecentProof(returnTo: visit.visit.path)
            let person = try await reading.person(visit)
            if let obstacle = obstacle(visit, person) { return obstacle }
            return page(visit, person, FormProblems())
        }
        book.platform(.resetFactors) { visit in
            try visit.requireRecentProof(returnTo: visit.visit.path)
            return try await reset(visit)
        }
    }

    private func reset(_ visit: PlatformVisit) async throws -> Response {
        let person = try await reading.person(visit)
        if let obstacle = obstacle(visit, person) { return obstacle }
        let refusal = try await desk.resetFactors(
            person.line.id,
            confirming: visit.form.text("adresse") ?? "",
            reason: visit.reason,
            by: visit.acting
        )
        switch refusal {
        case nil:
            return visit.redirect(
                to: person.line.id.pagePath,
                saying: "platform.factors_reset",
                ["name": person.line.name]
            )
        case .notAllowed?, .noSuchPerson?: throw NotVisible()
        case .nothingToReset?, .ownAccount?:
            return visit.redirect(to: person.line.id.pagePath, saying: refusal?.key ?? "")
        case .emailDiffers?, .reasonMissing?:
            var problems = FormProblems()
            if visit.reason.isEmpty { problems.add("grund", visit.text("platform.problem_reason")) }
            if refusal == .emailDiffers {
                problems.add("adresse", visit.text(FactorResetRefusal.emailDiffers.key))
            }
            return page(visit, person, problems)
        }
    }

    /// Where there is nothing to take, or nothing for this operator.
    private func obstacle(_ visit: PlatformVisit, _ person: PersonDetail) -> Response? {
        let back = person.line.id.pagePath
        guard person.line.id != visit.person.id else {
            return visit.redirect(to: back, saying: FactorResetRefusal.ownAccount.key)
        }
        guard person.line.hasSecondFactor else {
            return visit.redirect(to: back, saying: FactorResetRefusal.nothingToReset.key)
        }
        return nil
    }

    private func page(_ visit: PlatformVisit, _ person: PersonDetail, _ problems: FormProblems) -> Response {
        let title = visit.text("platform.reset_title", ["name": person.line.name])
        let model: Model = [
            "name": .text(person.line.name),
            "email": .text(person.line.email),
            "back": .text(person.line.id.pagePath),
            "action": .text(person.line.id.pagePath + "/zweiter-faktor"),
            "question": .text(title),
            "address_label": .text(visit.text("platform.reset_address", ["email": person.line.email])),
            "typed_address": .text(String((visit.form.text("adresse") ?? "").prefix(254))),
            "reason": .text(visit.reason),
        ]
        return visit.page(
            "platform/factor-reset",
            title: title,
            model.merging(problems.model(of: Self.fields, visit)),
            status: problems.isEmpty ? .ok : .unprocessableContent
        )
    }
}
