import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Localization
import Numbers
import PageParts
import PhoneNumbers
import Site
import Tenants

/// Where a number shall lead.
struct NumberAssignmentPage {
    /// The choice of no flow.
    static let none = "none"

    let detail: NumberReading.Detail
    var chosen: String?
    var problem: String?

    func page(_ visit: TenantVisit) -> Response {
        let line = detail.line
        let number = line.e164.international
        let model: Model = [
            "number": .text(number),
            "back": .text(line.e164.pagePath),
            "action": .text(line.e164.pagePath + "/zuordnen"),
            "running": .text(visit.runningText("numbers_page.assign_running", detail.runningCalls)),
            "options": .choices(options(visit)),
            "problem": .text(problem),
        ]
        return visit.page(
            "numbers/assign",
            title: visit.text("numbers_page.assign_title", ["number": number]),
            model,
            status: problem == nil ? .ok : .unprocessableContent
        )
    }

    private func options(_ visit: TenantVisit) -> [FormChoice] {
        let current = detail.line.flow?.id.description ?? Self.none
        let ways = detail.flows.map { ($0.id.description, visit.flowName($0)) }
        return (ways + [(Self.none, visit.text("numbers_page.assign_none"))]).map { value, label in
            FormChoice(
                value,
                value == current ? visit.text("numbers_page.assign_current", ["flow": label]) : label,
                isChosen: value == chosen ?? current
            )
        }
    }
}

/// Asks before a number is given back, and names what happens then.
struct NumberReleasePage {
    let line: NumberLine
    var typed = ""
    var problem: String?

    func page(_ visit: TenantVisit) -> Response {
        let number = line.e164.international
        let until = visit.localizer.date(visit.now.addingTimeInterval(NumberBook.rest))
        let losses = [
            visit.text("numbers_page.release_loss_calls"),
            visit.text("numbers_page.release_loss_rest", ["date": until]),
            visit.text("numbers_page.release_loss_later"),
        ]
        let kept = [
            visit.text("numbers_page.release_loss_running"), visit.text("numbers_page.release_loss_kept"),
        ]
        let model: Model = [
            "number": .text(number),
            "question": .text(visit.text("numbers_page.release_title", ["number": number])),
            "back": .text(line.e164.pagePath),
            "action": .text(line.e164.pagePath + "/freigeben"),
            "losses": .list(losses.map { ["loss": .text($0)] }),
            "kept": .list(kept.map { ["remains": .text($0)] }),
            "word": .text(String(line.e164.value.suffix(4))),
            "typed_word": .text(typed),
            "problem": .text(problem),
        ]
        return visit.page(
            "numbers/release",
            title: visit.text("numbers_page.release_title", ["number": number]),
            model,
            status: problem == nil ? .ok : .unprocessableContent
        )
    }
}
