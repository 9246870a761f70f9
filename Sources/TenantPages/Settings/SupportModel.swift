import Localization
import Site
import Tenants

/// Who of the platform's support looks or looked into the tenant, and why.
struct SupportModel {
    /// Older ones stand in the audit log.
    private static let shown = 10
    private static let log = "/audit-protokoll?bereich=support&zeitraum=all"

    let accesses: [SupportAccess]
    let visit: TenantVisit

    var model: Model {
        [
            "is_unused": .flag(accesses.isEmpty),
            "accesses": .list(accesses.prefix(Self.shown).map(row)),
            "log_path": .text(accesses.count > Self.shown && visit.may(.auditRead) ? Self.log : nil),
        ]
    }

    private func row(_ access: SupportAccess) -> Model {
        let runs = access.isRunning(at: visit.now)
        let end = access.endedAt ?? access.expiresAt
        let day = visit.localizer.isSameDay(access.startedAt, end)
        return [
            "who": .text(access.personName),
            "reason": .text(access.reason),
            "from": .text(visit.localizer.dateTime(access.startedAt)),
            "until": .text(day ? visit.localizer.time(end) : visit.localizer.dateTime(end)),
            "runs": .flag(runs),
            "end_path": .text(
                runs && visit.may(.supportEnd) ? "/einstellungen/support/\(access.id)/beenden" : nil
            ),
        ]
    }
}
