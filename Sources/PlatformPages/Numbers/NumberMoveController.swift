import HTTPTypes
import Hummingbird
import Kernel
import Logging
package import Numbers
import PageParts
import PhoneNumbers
package import Site
import Web

/// Moves a number from one tenant to another: an operator's act, with a fresh check at the carrier (decision 4).
package struct NumberMoveController: Sendable {
    private let numbers: NumberBook
    private let reading: NumberReading

    package init(_ numbers: NumberBook, _ reading: NumberReading) {
        self.numbers = numbers
        self.reading = reading
    }

    package func bind(into book: inout SiteBook) {
        book.platform(.movingNumber) { visit in
            let form = MoveForm(visit.query)
            return MovePage(detail: try await detail(visit, form), form: form).page(visit)
        }
        book.platform(.moveNumber) { visit in try await move(visit) }
    }

    private func move(_ visit: PlatformVisit) async throws -> Response {
        let form = MoveForm(visit.form)
        var page = MovePage(detail: try await detail(visit, form), form: form)
        let line = page.detail.number.line
        page.problems = problems(page, visit)
        guard page.problems.isEmpty, line.isOwned,
            let target = page.detail.targets.first(where: { $0.id == form.tenant })
        else { return page.page(visit, status: .unprocessableContent) }
        let claim: NumberBook.Claim
        do {
            claim = try await numbers.transfer(
                line.e164,
                from: line.tenant,
                to: target.id,
                flow: page.detail.flows.first { $0.id.description == form.flow }?.id,
                actor: visit.actor,
                reason: form.reason
            )
        } catch  where NumberBook.isCarriersFault(error) {
            visit.visit.request.logger.warning(
                "carrier not reached",
                metadata: ["error.type": "\(type(of: error))"]
            )
            page.check = .withoutCarrier(asking: NumberCheck.ofCarrier)
            return page.page(visit, status: .serviceUnavailable)
        }
        switch claim {
        case .claimed, .alreadyOwned:
            return visit.redirect(
                to: line.e164.pagePath,
                saying: "numbers_page.moved",
                ["number": line.e164.international, "tenant": target.name]
            )
        case .refused(.unknownFlow):
            page.problems = [("flow", visit.text("numbers_page.problem_flow"))]
            return page.page(visit)
        case .refused(let refusal):
            page.check = NumberCheck(refusal, asking: NumberCheck.ofCarrier)
            if page.check == nil { page.problems = [("mandant", visit.text("numbers_page.move_changed"))] }
            return page.page(visit)
        }
    }

    private func problems(_ page: MovePage, _ visit: PlatformVisit) -> [(field: String, message: String)] {
        let form = page.form
        let line = page.detail.number.line
        if form.owner != line.tenant { return [("mandant", visit.text("numbers_page.move_changed"))] }
        var problems: [(field: String, message: String)] = []
        if !page.detail.targets.contains(where: { $0.id == form.tenant }) {
            problems.append(("mandant", visit.text("numbers_page.move_tenant_missing")))
        }
        if form.flow != MovePage.none, !page.detail.flows.contains(where: { $0.id.description == form.flow }) {
            problems.append(("flow", visit.text("numbers_page.problem_flow")))
        }
        if form.reason.count < MovePage.shortestReason {
            problems.append(("grund", visit.text("numbers_page.move_reason_missing")))
        }
        if form.digits != line.e164.value.suffix(4) {
            problems.append(
                ("ziffern", visit.text("numbers_page.confirm_wrong", ["number": line.e164.international]))
            )
        }
        return problems
    }

    private func detail(_ visit: PlatformVisit, _ form: MoveForm) async throws -> NumberReading.PlatformDetail {
        let number = try visit.pathNumber()
        guard
            let detail = try await reading.platformDetail(number, target: form.tenant, actor: visit.actor)
        else { throw NotVisible() }
        return detail
    }
}
