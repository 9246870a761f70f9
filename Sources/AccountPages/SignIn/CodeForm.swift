import Credentials
import Localization
import People
import Site

/// The field for a code of the authenticator app or a recovery code, wherever it is asked for.
enum CodeForm {
    static func isRecovery(_ visit: PersonVisit) -> Bool {
        (visit.form.text("mit") ?? visit.query.text("mit")) == "wiederherstellungscode"
    }

    static func model(_ visit: PersonVisit, _ standing: FactorStanding, isRecovery: Bool) -> Model {
        [
            "email": .text(visit.person.email),
            "is_recovery": .flag(isRecovery),
            "has_totp": .flag(standing.hasTOTP),
            "has_passkeys": .flag(!standing.passkeys.isEmpty),
        ]
    }

    /// What is wrong with the code's form, before it is tried: a slip of the hand costs no attempt.
    static func mistakes(_ visit: PersonVisit) -> Mistakes? {
        let typed = visit.form.text("code") ?? ""
        if isRecovery(visit) {
            guard RecoveryCode(typed: typed) == nil else { return nil }
            return mistakes(visit, visit.text("account.recovery_code_malformed"))
        }
        let digits = typed.filter { !$0.isWhitespace }
        guard digits.utf8.count != OneTimeCode.digits || digits.contains(where: { !("0"..."9").contains($0) }) else {
            return nil
        }
        return mistakes(visit, visit.text(typed.isEmpty ? "account.code_missing" : "account.code_malformed"))
    }

    static func refused(_ visit: PersonVisit) -> Mistakes {
        let advice = isRecovery(visit) ? "account.recovery_code_refused_advice" : "account.code_refused_advice"
        return Mistakes(
            visit.text("people.sign_in_code_refused"),
            .init(field: "code", message: visit.text(advice))
        )
    }

    private static func mistakes(_ visit: PersonVisit, _ message: String) -> Mistakes {
        Mistakes(visit.text("account.code_unreadable"), .init(field: "code", message: message))
    }
}
