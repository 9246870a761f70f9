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

/// One number: where it leads, what the carrier said, what happened.
struct NumberPage {
    let detail: NumberReading.Detail
    /// Where its calls go at the carrier; nil for a number that is not the tenant's any more.
    let direction: NumberBook.Direction?
    /// What a check that was just made found; nil shows the last one that was passed.
    var check: NumberCheck?

    private var line: NumberLine { detail.line }

    func page(_ visit: TenantVisit, status: HTTPResponse.Status = .ok) -> Response {
        visit.page("numbers/show", title: line.e164.international, model(visit), status: status)
    }

    func model(_ visit: TenantVisit) -> Model {
        let localizer = visit.localizer
        let path = line.e164.pagePath
        let version = line.flow?.liveVersion.map {
            visit.text("numbers_page.version_live", ["n": localizer.number($0)])
        }
        let mayVerify = line.isOwned && visit.may(.numbersWrite)
        let shown = check ?? (line.isOwned ? NumberCheck(nil, asking: NumberCheck.ofCarrier) : nil)
        let model: Model = [
            "number": .text(line.e164.international),
            "number_about": .text(visit.about(line.e164)),
            "e164": .text(line.e164.value),
            "typed": .text(
                line.typed == line.e164.value || line.typed == line.e164.international
                    ? nil : visit.text("numbers_page.typed_as", ["typed": line.typed])
            ),
            "notice": .text(notice(visit)),
            "direction": direction.map { visit.direction($0, directPath: nil) } ?? false,
            "is_owned": .flag(line.isOwned),
            "flow": .text(line.flow?.name),
            "version": .text(version),
            "is_silent": .flag(line.state == .silent),
            "flow_since": .text(line.flowSince.map { localizer.dateTime($0) }),
            "owned_since": .text(localizer.dateTime(line.since)),
            "calls_now": .text(
                detail.runningCalls == 0
                    ? visit.text("numbers_page.calls_none") : localizer.number(detail.runningCalls)
            ),
            "check_failed": .text(check.map { visit.text(heading(of: $0)) }),
            "verified": .text(visit.text("numbers_page.verified_last", ["date": localizer.dateTime(line.verifiedAt)])),
            "steps": shown.map { visit.checklist($0) } ?? false,
            "verify_path": .text(mayVerify ? path + "/pruefen" : nil),
            "assign_path": .text(line.isOwned && visit.may(.numbersAssign) ? path + "/zuordnen" : nil),
            "assign_label": .text(visit.text(line.flow == nil ? "numbers_page.assign" : "numbers_page.reassign")),
            "release_path": .text(mayVerify ? path + "/freigeben" : nil),
            "events": visit.timeline(detail.history) { _ in nil },
        ]
        return model.merging(visit.status(line))
    }

    private func heading(of check: NumberCheck) -> String {
        let isSilent = check.results.contains { $0.outcome == .silent }
        return isSilent ? "numbers_page.problem_silent" : "numbers_page.problem_verify"
    }

    /// What somebody should know first.
    private func notice(_ visit: TenantVisit) -> String? {
        let ended = line.endedAt.map { visit.localizer.date($0) } ?? ""
        return switch line.state {
        case .active: nil
        case .silent: visit.text("numbers_page.silent_text")
        case .unassigned: visit.text("numbers_page.unassigned_text")
        case .resting:
            visit.text(
                "numbers_page.resting_text",
                ["date": ended, "until": line.restsUntil.map { visit.localizer.date($0) } ?? ""]
            )
        case .past: visit.text("numbers_page.past_text", ["date": ended])
        }
    }
}
