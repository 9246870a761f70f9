import Audit
import Foundation
import Kernel
import Localization
import PageParts
import PhoneNumbers
import Site
import Tenants

/// What the page of one tenant says.
struct TenantPage {
    let detail: TenantDetail
    let visit: PlatformVisit

    private var tenant: Tenant { detail.standing.tenant }
    private var path: String { tenant.id.pagePath }
    private var localizer: Localizer { visit.localizer }

    var model: Model {
        let mayWrite = visit.may(.platformTenantsWrite)
        let isOpen = tenant.state != .closed
        let isEnding = isOpen && detail.standing.closing != nil
        let model: Model = [
            "name": .text(tenant.name),
            "slug": .text(tenant.slug.value),
            "created": .text(visit.text("platform.tenant_since", ["date": localizer.date(tenant.createdAt)])),
            "facts": facts,
            "figures": figures,
            "rename_path": .text(mayWrite && isOpen ? path + "/name" : nil),
            "bounds": bounds,
            "bounds_path": .text(mayWrite && isOpen ? path + "/grenzen" : nil),
            "notice": .object(notice(isEnding: isEnding, mayWrite: mayWrite)),
            "look_path": .text(visit.may(.platformSupport) && isOpen ? path + "/ansehen" : nil),
            "suspend_path": .text(mayWrite && tenant.state == .active ? path + "/sperren" : nil),
            "activate_path": .text(mayWrite && tenant.state == .suspended ? path + "/freischalten" : nil),
            "close_path": .text(mayWrite && isOpen && !isEnding ? path + "/beenden" : nil),
            "has_numbers": .flag(!detail.numbers.isEmpty),
            "numbers": .list(
                detail.numbers.map { number in
                    [
                        "number": .text(number.e164.international),
                        "number_path": .text("/plattform/rufnummern/" + number.e164.value.dropFirst()),
                        "number_since": .text(
                            visit.text("platform.since", ["date": localizer.date(number.since)])
                        ),
                    ]
                }
            ),
            "more_numbers": .text(
                detail.line.numbers > detail.numbers.count
                    ? visit.text("platform.more_numbers", ["n": localizer.number(detail.line.numbers)]) : nil
            ),
            "all_numbers_path": .text("/plattform/rufnummern?mandant=\(tenant.id)"),
            "has_owners": .flag(!detail.owners.isEmpty),
            "owners": .list(
                detail.owners.map { owner in
                    [
                        "owner": .text(owner.name), "email": .text(owner.email),
                        "owner_path": .text(visit.may(.platformPeopleRead) ? owner.person.pagePath : nil),
                        "is_disabled": .flag(owner.isDisabled),
                    ]
                }
            ),
            "invite_path": .text(mayWrite && isOpen ? path + "/einladen" : nil),
            "has_accesses": .flag(!detail.accesses.isEmpty),
            "accesses": .list(detail.accesses.map(access)),
            "has_history": .flag(!detail.history.isEmpty),
            "history": .list(detail.history.enumerated().map { event($1, isNewest: $0 == 0) }),
        ]
        return model.merging(TenantStage(tenant.state, isEnding: isEnding).model(visit))
    }

    // MARK: Parts

    private var facts: Model.Value {
        pairs([
            ("fact_region", visit.text("platform.region_\(tenant.settings.region.lowercased())")),
            ("fact_language", visit.text("platform.language_\(tenant.settings.language.rawValue)")),
            ("fact_zone", tenant.settings.timeZone),
            (
                "fact_factor",
                visit.text(tenant.requiresSecondFactor ? "platform.factor_demanded" : "platform.factor_free")
            ),
            ("fact_team", localizer.number(detail.line.members)),
        ])
    }

    private var bounds: Model.Value {
        pairs([
            ("fact_calls", localizer.number(tenant.bounds.concurrentCalls)),
            ("fact_seconds", localizer.duration(seconds: tenant.bounds.callSeconds)),
        ])
    }

    private var figures: Model.Value {
        let month = visit.text("platform.this_month")
        let figures: [(String, String, String)] = [
            (
                "figure_running", localizer.number(detail.standing.runningCalls),
                visit.text("platform.figure_running_note", ["n": localizer.number(tenant.bounds.concurrentCalls)])
            ),
            ("figure_calls", localizer.number(detail.line.callsThisMonth), month),
            ("figure_minutes", localizer.number(detail.line.agentMinutes), month),
            ("figure_numbers", localizer.number(detail.line.numbers), visit.text("platform.figure_numbers_note")),
        ]
        return .list(
            figures.map { name, value, note in
                ["term": .text(visit.text("platform.\(name)")), "value": .text(value), "note": .text(note)]
            }
        )
    }

    private func pairs(_ pairs: [(String, String)]) -> Model.Value {
        .list(pairs.map { ["term": .text(visit.text("platform.\($0.0)")), "value": .text($0.1)] })
    }

    /// What is most in need of attention; at most one.
    private func notice(isEnding: Bool, mayWrite: Bool) -> Model? {
        let closing = detail.standing.closing
        if tenant.state == .closed {
            let destroyed = closing?.destroyedAt.map {
                visit.text("platform.notice_destroyed", ["date": localizer.longDate($0)])
            }
            return notice(
                visit.text("platform.notice_closed"),
                destroyed ?? visit.text("platform.notice_to_destroy"),
                command: destroyed == nil ? tenant.closeCommand : nil
            )
        }
        if isEnding, let closing {
            let isDue = closing.endsAt <= visit.now
            let date = localizer.longDate(closing.endsAt)
            return notice(
                visit.text(isDue ? "platform.notice_due" : "platform.notice_ending", ["date": date]),
                visit.text(isDue ? "platform.notice_due_text" : "platform.notice_ending_text"),
                command: isDue ? tenant.closeCommand : nil,
                link: mayWrite ? (path + "/behalten", visit.text("platform.keep")) : nil
            )
        }
        if tenant.state == .suspended {
            return notice(
                visit.text("platform.notice_suspended"),
                visit.text("platform.notice_suspended_text"),
                link: mayWrite ? (path + "/freischalten", visit.text("platform.activate")) : nil
            )
        }
        if detail.owners.isEmpty {
            return notice(
                visit.text("platform.notice_no_owner"),
                visit.text("platform.notice_no_owner_text"),
                link: mayWrite ? (path + "/einladen", visit.text("platform.owner_invite")) : nil
            )
        }
        return nil
    }

    private func notice(
        _ heading: String,
        _ explanation: String,
        command: String? = nil,
        link: (path: String, label: String)? = nil
    ) -> Model {
        [
            "heading": .text(heading), "explanation": .text(explanation), "command": .text(command),
            "link_path": .text(link?.path), "link_label": .text(link?.label),
        ]
    }

    private func access(_ access: SupportAccess) -> Model {
        [
            "who": .text(access.personName),
            "why": .text(access.reason),
            "from": .text(localizer.dateTime(access.startedAt)),
            "until": .text(localizer.time(access.endedAt ?? access.expiresAt)),
            "runs": .flag(access.isRunning(at: visit.now)),
        ]
    }

    private func event(_ event: TenantDetail.Event, isNewest: Bool) -> Model {
        let words = PlatformLogWords(visit: visit, names: nil)
        let actor: String =
            switch event.actor {
            case .system: visit.text("audit_page.actor_system")
            case .apiKey: visit.text("audit_page.actor_unknown_key")
            case .operator: event.actorName ?? visit.text("audit_page.actor_operator")
            case .person, .support: event.actorName ?? visit.text("audit_page.actor_gone")
            }
        return [
            "event_at": .text(localizer.dateTime(event.at)),
            "event_machine": .text(Localizer.machine(event.at)),
            "event_text": .text(words.plainAction(event.action)),
            "event_by": .text(
                [actor, event.reason.map { visit.text("audit_page.reason", ["reason": $0]) }]
                    .compactMap(\.self).joined(separator: ", ")
            ),
            "event_is_newest": .flag(isNewest),
        ]
    }
}
