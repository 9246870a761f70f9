import Foundation
import Hummingbird
import Kernel
import Localization
import Numbers
import PageParts
import PhoneNumbers
import Site
import Tenants

/// One number, with its history over all tenants.
struct PlatformNumberPage {
    let detail: NumberReading.PlatformDetail
    /// Where its calls go at the carrier; nil for a number that nobody owns.
    let direction: NumberBook.Direction?
    let canDirect: Bool

    func page(_ visit: PlatformVisit) -> Response {
        visit.page(
            "numbers/platform-show",
            title: detail.number.line.e164.international,
            model(visit)
        )
    }

    func model(_ visit: PlatformVisit) -> Model {
        let line = detail.number.line
        let localizer = visit.localizer
        let version = line.flow?.liveVersion.map {
            visit.text("numbers_page.version_live", ["n": localizer.number($0)])
        }
        let model: Model = [
            "number": .text(line.e164.international),
            "e164": .text(line.e164.value),
            "notice": .text(notice(visit)),
            "direction": direction.map { visit.direction($0, directPath: directPath(visit)) } ?? false,
            "is_owned": .flag(line.isOwned),
            "tenant": .text(detail.number.tenant.name),
            "flow": .text(line.flow?.name),
            "version": .text(version),
            "is_silent": .flag(line.state == .silent),
            "flow_since": .text(line.flowSince.map { localizer.dateTime($0) }),
            "owned_since": .text(localizer.dateTime(line.since)),
            "account": .text(line.account.value),
            "calls_now": .text(
                detail.runningCalls == 0
                    ? visit.text("numbers_page.calls_none") : localizer.number(detail.runningCalls)
            ),
            "verified": .text(visit.text("numbers_page.verified_last", ["date": localizer.dateTime(line.verifiedAt)])),
            "steps": NumberCheck(nil, asking: NumberCheck.ofCarrier).map { visit.checklist($0) } ?? false,
            "move_path": .text(
                line.isOwned && visit.may(.platformNumbersWrite) ? line.e164.pagePath + "/umziehen" : nil
            ),
            "events": visit.timeline(detail.history) { detail.tenantName($0.tenant) },
        ]
        return model.merging(visit.status(line))
    }

    private func directPath(_ visit: PlatformVisit) -> String? {
        canDirect && visit.may(.platformNumbersWrite) ? detail.number.line.e164.pagePath + "/leiten" : nil
    }

    private func notice(_ visit: PlatformVisit) -> String? {
        let line = detail.number.line
        let ended = line.endedAt.map { visit.localizer.date($0) } ?? ""
        return switch line.state {
        case .active, .silent, .unassigned: nil
        case .resting:
            visit.text(
                "numbers_page.resting_text_platform",
                ["date": ended, "until": line.restsUntil.map { visit.localizer.date($0) } ?? ""]
            )
        case .past: visit.text("numbers_page.past_text_platform", ["date": ended])
        }
    }
}
