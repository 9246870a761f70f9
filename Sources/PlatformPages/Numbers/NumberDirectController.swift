import HTTPTypes
import Hummingbird
import Kernel
import Logging
package import Numbers
import PageParts
import PhoneNumbers
package import Site
import Web

/// Lets the carrier bring a number's calls to us: an operator's act, with a reason.
package struct NumberDirectController: Sendable {
    private let numbers: NumberBook
    private let reading: NumberReading

    package init(_ numbers: NumberBook, _ reading: NumberReading) {
        self.numbers = numbers
        self.reading = reading
    }

    package func bind(into book: inout SiteBook) {
        book.platform(.directingNumber) { visit in
            let line = try await owned(visit)
            return DirectPage(line: line, direction: await numbers.direction(of: line.e164)).page(visit)
        }
        book.platform(.directNumber) { visit in try await direct(visit) }
    }

    private func direct(_ visit: PlatformVisit) async throws -> Response {
        let line = try await owned(visit)
        let reason = String((visit.form.text("grund") ?? "").prefix(500))
        var page = DirectPage(line: line, direction: await numbers.direction(of: line.e164), reason: reason)
        guard reason.count >= MovePage.shortestReason else {
            page.problems.add("grund", visit.text("numbers_page.move_reason_missing"))
            return page.page(visit)
        }
        let outcome: NumberBook.Directing
        do {
            outcome = try await numbers.direct(line.e164, of: line.tenant, actor: visit.actor, reason: reason)
        } catch  where NumberBook.isCarriersFault(error) {
            visit.visit.request.logger.warning(
                "carrier not reached",
                metadata: ["error.type": "\(type(of: error))"]
            )
            page.refusal = visit.text("numbers_page.direct_silent")
            return page.page(visit, status: .serviceUnavailable)
        }
        switch outcome {
        case .directed:
            return visit.redirect(
                to: line.e164.pagePath,
                saying: "numbers_page.directed",
                ["number": line.e164.international]
            )
        case .refused(.notAtCarrier):
            page.refusal = visit.text("numbers_page.direction_missing")
            return page.page(visit)
        case .refused: throw NotVisible()
        }
    }

    /// - Throws: `NotVisible` for what nobody owns.
    private func owned(_ visit: PlatformVisit) async throws -> NumberLine {
        guard numbers.canDirect,
            let detail = try await reading.platformDetail(try visit.pathNumber(), actor: visit.actor),
            detail.number.line.isOwned
        else { throw NotVisible() }
        return detail.number.line
    }
}

/// Where calls go now, what will change, and why it shall.
struct DirectPage {
    let line: NumberLine
    let direction: NumberBook.Direction
    var reason = ""
    var problems = FormProblems()
    /// Why it was not done.
    var refusal: String?

    func page(_ visit: PlatformVisit, status: HTTPResponse.Status? = nil) -> Response {
        let hasFailed = !problems.isEmpty || refusal != nil
        return visit.page(
            "numbers/direct",
            title: visit.text("numbers_page.direct_title", ["number": line.e164.international]),
            model(visit),
            status: status ?? (hasFailed ? .unprocessableContent : .ok)
        )
    }

    func model(_ visit: PlatformVisit) -> Model {
        let model: Model = [
            "number": .text(line.e164.international),
            "back": .text(line.e164.pagePath),
            "action": .text(line.e164.pagePath + "/leiten"),
            "now": .text(visit.message(direction) ?? visit.text("numbers_page.direction_ours")),
            "reason": .text(reason),
            "refusal": .text(refusal),
        ]
        return model.merging(problems.model(of: ["grund"], visit))
    }
}
