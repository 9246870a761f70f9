import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Localization
package import Numbers
import PageParts
import PhoneNumbers
package import Site
import Tenants
import Web

/// One number of the tenant's: seen, verified again, assigned to another flow, released.
package struct NumberController: Sendable {
    private let numbers: NumberBook
    private let reading: NumberReading

    package init(_ numbers: NumberBook, _ reading: NumberReading) {
        self.numbers = numbers
        self.reading = reading
    }

    package func bind(into book: inout SiteBook) {
        book.tenant(.ownNumber) { visit in
            let detail = try await detail(visit)
            return NumberPage(detail: detail, direction: await direction(detail)).page(visit)
        }
        book.tenant(.verifyNumber) { visit in try await verify(visit) }
        book.tenant(.assigningNumber) { visit in
            let detail = try await owned(visit)
            return NumberAssignmentPage(detail: detail).page(visit)
        }
        book.tenant(.assignNumber) { visit in try await assign(visit) }
        book.tenant(.releasingNumber) { visit in NumberReleasePage(line: try await owned(visit).line).page(visit) }
        book.tenant(.releaseNumber) { visit in try await release(visit) }
    }

    // MARK: Acts

    private func verify(_ visit: TenantVisit) async throws -> Response {
        let detail = try await owned(visit)
        let number = detail.line.e164
        let outcome: NumberBook.Verification
        do {
            outcome = try await numbers.verifyAgain(visit.tenant.id, number, actor: visit.actor)
        } catch  where NumberBook.isCarriersFault(error) {
            visit.noteSilentCarrier(error)
            let check = NumberCheck.withoutCarrier(asking: NumberCheck.ofCarrier)
            return NumberPage(detail: detail, direction: nil, check: check)
                .page(visit, status: .serviceUnavailable)
        }
        switch outcome {
        case .verified:
            return visit.redirect(
                to: number.pagePath,
                saying: "numbers_page.verified_again",
                ["number": number.international]
            )
        case .refused(let refusal):
            guard let check = NumberCheck(refusal, asking: NumberCheck.ofCarrier) else { throw NotVisible() }
            return NumberPage(detail: detail, direction: nil, check: check)
                .page(visit, status: .unprocessableContent)
        }
    }

    private func assign(_ visit: TenantVisit) async throws -> Response {
        let detail = try await owned(visit)
        let number = detail.line.e164
        let chosen = visit.form.text("flow")
        if chosen == NumberAssignmentPage.none { return try await unassign(visit, number) }
        guard let flow = detail.flows.first(where: { $0.id.description == chosen }) else {
            let key = chosen == nil ? "numbers_page.assign_missing" : "numbers_page.problem_flow"
            return NumberAssignmentPage(detail: detail, chosen: chosen, problem: visit.text(key)).page(visit)
        }
        let key: String
        switch try await numbers.assign(visit.tenant.id, number, to: flow.id, actor: visit.actor) {
        case .assigned: key = "numbers_page.assigned"
        case .unchanged: key = "numbers_page.assign_unchanged"
        case .refused: throw NotVisible()
        }
        return visit.redirect(
            to: number.pagePath,
            saying: key,
            ["number": number.international, "flow": flow.name]
        )
    }

    private func unassign(_ visit: TenantVisit, _ number: E164) async throws -> Response {
        let refusal = try await numbers.unassign(visit.tenant.id, number, actor: visit.actor)
        guard refusal == nil || refusal == .notAssigned else { throw NotVisible() }
        return visit.redirect(
            to: number.pagePath,
            saying: "numbers_page.unassigned",
            ["number": number.international]
        )
    }

    private func release(_ visit: TenantVisit) async throws -> Response {
        let line = try await owned(visit).line
        let typed = (visit.form.text("ziffern") ?? "").filter { !$0.isWhitespace }
        guard typed == line.e164.value.suffix(4) else {
            let problem = visit.text("numbers_page.confirm_wrong", ["number": line.e164.international])
            return NumberReleasePage(line: line, typed: String(typed.prefix(20)), problem: problem).page(visit)
        }
        guard try await numbers.release(visit.tenant.id, line.e164, actor: visit.actor) == nil else {
            throw NotVisible()
        }
        return visit.redirect(
            to: NumberList.path,
            saying: "numbers_page.released",
            [
                "number": line.e164.international,
                "until": visit.localizer.date(visit.now.addingTimeInterval(NumberBook.rest)),
            ]
        )
    }

    // MARK: -

    private func direction(_ detail: NumberReading.Detail) async -> NumberBook.Direction? {
        detail.line.isOwned ? await numbers.direction(of: detail.line.e164) : nil
    }

    private func detail(_ visit: TenantVisit) async throws -> NumberReading.Detail {
        guard let detail = try await reading.detail(visit.tenant.id, try visit.pathNumber()) else {
            throw NotVisible()
        }
        return detail
    }

    /// - Throws: `NotVisible` for what the tenant had once too.
    private func owned(_ visit: TenantVisit) async throws -> NumberReading.Detail {
        let detail = try await detail(visit)
        guard detail.line.isOwned else { throw NotVisible() }
        return detail
    }
}
