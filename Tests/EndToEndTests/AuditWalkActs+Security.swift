import Foundation
import Kernel
import TestSupport

/// What people do to their own accounts.
extension AuditAct {
    static let proving: [AuditAct] = [
        AuditAct("POST /bestaetigen", "password") { scene in
            let person = try await scene.person()
            return .form("/bestaetigen", [("passwort", AuditScene.password)], as: person.token, to: "/sicherheit")
                .records(.signIn("factor_proven", of: person.person))
        },
        AuditAct("POST /bestaetigen", "password and code") { scene in
            let user = try await scene.appUser()
            let fields = [("passwort", AuditScene.password), ("code", user.code)]
            return .form("/bestaetigen", fields, as: user.token, to: "/sicherheit")
                .records(.signIn("factor_proven", of: user.person))
        },
        AuditAct("POST /bestaetigen", "wrong password") { scene in
            let person = try await scene.person()
            return .form("/bestaetigen", [("passwort", "falsch")], as: person.token, to: "").answering(422)
                .records(.signIn("second_factor_failed", of: person.person)).recordingOnly()
        },
        AuditAct(
            "POST /bestaetigen/passkey/optionen",
            silent: "a question for a challenge, which opens nothing until it is answered"
        ) { scene in
            .form("/bestaetigen/passkey/optionen", as: try await scene.passkeyUser().token, to: "").answering(200)
        },
        AuditAct("POST /bestaetigen/passkey") { scene in
            let user = try await scene.passkeyUser()
            let asked = try await scene.ask("/bestaetigen/passkey/optionen", as: user.token)
            let answer = try user.passkey.assertion(asked.options)
            return .form("/bestaetigen/passkey", [("antwort", answer)], as: user.token, to: "/sicherheit")
                .with(cookie: "va_ceremony", asked.ceremony).records(.signIn("factor_proven", of: user.person))
        },
    ]

    static let security: [AuditAct] = [
        AuditAct("POST /sicherheit/name") { scene in
            let person = try await scene.person()
            return .form("/sicherheit/name", [("name", "Anna Anders")], as: person.token, to: "/sicherheit")
                .records(.signIn("person_changed", of: person.person))
        },
        AuditAct("POST /sicherheit/email") { scene in
            let person = try await scene.person()
            return .form("/sicherheit/email", [("email", scene.newAddress())], as: person.token, to: "/sicherheit")
                .records(.signIn("email_change_requested", of: person.person))
        },
        AuditAct("POST /sicherheit/passwort") { scene in
            let person = try await scene.person()
            let fields = [("alt", AuditScene.password), ("neu", "Regen über Linz")]
            return .form("/sicherheit/passwort", fields, as: person.token, to: "/sicherheit")
                .records(.signIn("password_changed", of: person.person))
        },
        AuditAct("POST /sicherheit/sitzungen/:id/beenden") { scene in
            let person = try await scene.person()
            let other = try await scene.database.makeSession(person: person.person)
            return .form("/sicherheit/sitzungen/\(other.id)/beenden", as: person.token, to: "/sicherheit")
                .records(.signIn("session_ended", of: person.person))
        },
        AuditAct("POST /sicherheit/sitzungen/beenden") { scene in
            let person = try await scene.person()
            for _ in 0..<2 { _ = try await scene.database.makeSession(person: person.person) }
            return .form("/sicherheit/sitzungen/beenden", as: person.token, to: "/sicherheit")
                .records(.signIn("sessions_ended", of: person.person))
        },
    ]

    static let securityFactors: [AuditAct] = [
        AuditAct("POST /sicherheit/app") { scene in
            let person = try await scene.person()
            let secret = try await scene.appSecret(person.token)
            return .form("/sicherheit/app", [("code", secret.codeNow)], as: person.token, to: "").answering(200)
                .records(.signIn("factor_added", of: person.person))
        },
        AuditAct("POST /sicherheit/app/entfernen") { scene in
            let user = try await scene.appUser()
            return .form("/sicherheit/app/entfernen", as: user.token, to: "/sicherheit")
                .records(.signIn("factor_removed", of: user.person))
        },
        AuditAct("POST /sicherheit/wiederherstellungscodes") { scene in
            let user = try await scene.appUser()
            return .form("/sicherheit/wiederherstellungscodes", as: user.token, to: "").answering(200)
                .records(.signIn("recovery_codes_renewed", of: user.person))
        },
        AuditAct(
            "POST /sicherheit/passkeys/optionen",
            silent: "a question for a challenge, which opens nothing until it is answered"
        ) { scene in
            .form("/sicherheit/passkeys/optionen", as: try await scene.person().token, to: "").answering(200)
        },
        AuditAct("POST /sicherheit/passkeys") { scene in
            let person = try await scene.person()
            let asked = try await scene.ask("/sicherheit/passkeys/optionen", as: person.token)
            let fields = [("antwort", try scene.newPasskey().registration(asked.options)), ("name", "Laptop")]
            return .form("/sicherheit/passkeys", fields, as: person.token, to: "").answering(200)
                .with(cookie: "va_ceremony", asked.ceremony).records(.signIn("factor_added", of: person.person))
        },
        AuditAct("POST /sicherheit/passkeys/:id") { scene in
            let user = try await scene.passkeyUser()
            return .form("/sicherheit/passkeys/\(user.id)", [("name", "Büro")], as: user.token, to: "/sicherheit")
                .records(.signIn("passkey_renamed", of: user.person))
        },
        AuditAct("POST /sicherheit/passkeys/:id/entfernen") { scene in
            let user = try await scene.passkeyUser()
            return .form("/sicherheit/passkeys/\(user.id)/entfernen", as: user.token, to: "/sicherheit")
                .records(.signIn("factor_removed", of: user.person))
        },
    ]
}
