import HTTPTypes
import Hummingbird
import Kernel
import Logging
package import Numbers
import PageParts
import PhoneNumbers
package import Site
import Tenants
import Web

/// Adds a number to the tenant: typed, seen as it will be stored, verified at the carrier, claimed.
package struct NumberAddController: Sendable {
    private let numbers: NumberBook
    private let reading: NumberReading

    package init(_ numbers: NumberBook, _ reading: NumberReading) {
        self.numbers = numbers
        self.reading = reading
    }

    package func bind(into book: inout SiteBook) {
        book.tenant(.addingNumber) { visit in
            let form = NumberForm(visit.query, region: visit.tenant.region)
            return form.page(visit, try await reading.flows(visit.tenant.id))
        }
        book.tenant(.numberPreview) { visit in
            let form = NumberForm(visit.query, region: visit.tenant.region)
            let isBlank = form.typed.allSatisfy(\.isWhitespace)
            return visit.fragment(
                "numbers/preview",
                NumberPreview.model(isBlank ? nil : NumberPreview(form.reading), visit, isFinal: false)
            )
        }
        book.tenant(.addNumber) { visit in try await add(visit) }
    }

    private func add(_ visit: TenantVisit) async throws -> Response {
        let form = NumberForm(visit.form, region: visit.tenant.region)
        let flows = try await reading.flows(visit.tenant.id)
        var problems = FormProblems()
        guard let region = form.region else {
            problems.add("land", visit.text("numbers_page.problem_country"))
            return form.page(visit, flows, problems)
        }
        if let flow = form.flow, !flows.contains(where: { $0.id == flow }) {
            problems.add("flow", visit.text("numbers_page.problem_flow"))
        }
        switch form.reading {
        case .failure(let refusal):
            problems.add("nummer", visit.explanation(refusal))
            return form.page(visit, flows, problems)
        case .success(let number):
            guard problems.isEmpty else { return form.page(visit, flows, problems) }
            if form.isBack { return form.page(visit, flows) }
            guard form.confirmed == number.e164.value else { return form.checkPage(visit, number, flows) }
            return try await claim(visit, form, region, flows)
        }
    }

    private func claim(
        _ visit: TenantVisit,
        _ form: NumberForm,
        _ region: Region,
        _ flows: [NumberFlow]
    ) async throws -> Response {
        let claim: NumberBook.Claim
        do {
            claim = try await numbers.claim(visit.tenant.id, typed: form.typed, region: region, actor: visit.actor)
        } catch  where NumberBook.isCarriersFault(error) {
            visit.noteSilentCarrier(error)
            return form.page(visit, flows, check: .withoutCarrier(), status: .serviceUnavailable)
        }
        switch claim {
        case .claimed(let owned): return try await assign(visit, owned, flows.first { $0.id == form.flow })
        case .alreadyOwned(let owned):
            return visit.redirect(
                to: owned.e164.pagePath,
                saying: "numbers_page.already_owned",
                ["number": owned.e164.international]
            )
        case .refused(let refusal):
            guard let check = NumberCheck(refusal) else { throw NotVisible() }
            return form.page(visit, flows, check: check)
        }
    }

    /// A flow that vanished at this moment leaves a number that is added and leads nowhere, which its page says.
    private func assign(_ visit: TenantVisit, _ owned: OwnedNumber, _ flow: NumberFlow?) async throws -> Response {
        let number = owned.e164.international
        guard let flow,
            case .assigned = try await numbers.assign(visit.tenant.id, owned.e164, to: flow.id, actor: visit.actor)
        else {
            return visit.redirect(to: owned.e164.pagePath, saying: "numbers_page.claimed", ["number": number])
        }
        return visit.redirect(
            to: owned.e164.pagePath,
            saying: "numbers_page.claimed_assigned",
            ["number": number, "flow": flow.name]
        )
    }
}

extension CheckedVisit {
    /// Whoever runs the platform learns why; the page only says that it failed.
    func noteSilentCarrier(_ error: any Error) {
        visit.request.logger.warning("carrier not reached", metadata: ["error.type": "\(type(of: error))"])
    }
}
