import Foundation
import Localization
import People
import Site

/// What `/sicherheit` says of a person's own account.
enum SecurityPage {
    static func model(_ standing: FactorStanding, _ sessions: [WebSessionLine], _ visit: PersonVisit) -> Model {
        profile(visit)
            .merging(factors(standing, visit))
            .merging([
                "passkeys": .list(standing.passkeys.map { line($0, standing, visit) }),
                "has_passkeys": .flag(!standing.passkeys.isEmpty),
                "sessions": .list(sessions.map { line($0, visit) }),
                "has_other_sessions": .flag(sessions.contains { !$0.isCurrent }),
            ])
    }

    private static func profile(_ visit: PersonVisit) -> Model {
        [
            "own_name": .text(visit.form.raw("name") ?? visit.person.name),
            "own_email": .text(visit.person.email),
        ]
    }

    private static func factors(_ standing: FactorStanding, _ visit: PersonVisit) -> Model {
        let left = standing.recoveryCodesLeft
        return [
            "has_totp": .flag(standing.hasTOTP),
            "can_remove_totp": .flag(standing.hasTOTP && mayLoseOne(standing)),
            "has_second_factor": .flag(standing.hasSecondFactor),
            "is_required": .flag(standing.isRequired),
            "codes_left": .text(
                left == 1
                    ? visit.text("account.codes_left_one")
                    : visit.text("account.codes_left_other", ["count": visit.localizer.number(left)])
            ),
            "codes_are_few": .flag(standing.hasSecondFactor && left < 3),
        ]
    }

    private static func line(_ passkey: PasskeyLine, _ standing: FactorStanding, _ visit: PersonVisit) -> Model {
        [
            "passkey_name": .text(passkey.name),
            "passkey_path": .text("/sicherheit/passkeys/\(passkey.id)"),
            "kept": .text(visit.text(passkey.isBackedUp ? "account.passkey_synced" : "account.passkey_local")),
            "passkey_since": .text(visit.localizer.date(passkey.createdAt)),
            "passkey_since_machine": .text(Localizer.machine(passkey.createdAt)),
            "passkey_used": .text(
                passkey.lastUsedAt.map { visit.localizer.dateTime($0) } ?? visit.text("account.never_used")
            ),
            "can_remove_passkey": .flag(mayLoseOne(standing)),
        ]
    }

    /// Whoever must have a second factor keeps the last one.
    private static func mayLoseOne(_ standing: FactorStanding) -> Bool {
        !standing.isRequired || standing.passkeys.count + (standing.hasTOTP ? 1 : 0) > 1
    }

    private static func line(_ session: WebSessionLine, _ visit: PersonVisit) -> Model {
        [
            "browser": .text(session.browser.text(visit.site.catalog, visit.language)),
            "network": .text(session.addressPrefix.isEmpty ? visit.text("account.unknown") : session.addressPrefix),
            "begun": .text(visit.localizer.dateTime(session.createdAt)),
            "begun_machine": .text(Localizer.machine(session.createdAt)),
            "seen": .text(
                session.isCurrent ? visit.text("account.now") : visit.localizer.dateTime(session.seenAt)
            ),
            "is_this": .flag(session.isCurrent),
            "end_path": .text("/sicherheit/sitzungen/\(session.id)/beenden"),
        ]
    }
}
