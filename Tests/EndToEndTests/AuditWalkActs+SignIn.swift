import Credentials
import Foundation
import Kernel
import TestSupport

/// Signing in and out, links of mails, invitations.
extension AuditAct {
    private static let question = "a question for a challenge, which opens nothing until it is answered"

    static let signingIn: [AuditAct] = [
        AuditAct("POST /anmelden", "no second factor") { scene in
            let person = try await scene.person()
            return .form("/anmelden", password(person.email), as: nil, to: "/")
                .records(.signIn("signed_in", of: person.person))
        },
        AuditAct("POST /anmelden", "wrong password") { scene in
            let person = try await scene.person()
            return .form("/anmelden", [("email", person.email), ("passwort", "falsch")], as: nil, to: "")
                .answering(422).records(.signIn("sign_in_failed", of: person.person)).recordingOnly()
        },
        AuditAct("POST /anmelden", "nobody's address") { scene in
            .form("/anmelden", password(scene.newAddress()), as: nil, to: "")
                .answering(422).records(.signIn("sign_in_failed", of: nil)).recordingOnly()
        },
        AuditAct(
            "POST /anmelden",
            "the first half",
            silent: "half a sign-in, which serves nothing: the second half is recorded, whether it succeeds or fails"
        ) { scene in
            .form("/anmelden", password(try await scene.appUser().email), as: nil, to: "/anmelden/code")
        },
        AuditAct("POST /anmelden/passkey/optionen", silent: question) { scene in
            .form("/anmelden/passkey/optionen", as: nil, to: "").answering(200)
        },
        AuditAct("POST /anmelden/passkey") { scene in
            let user = try await scene.passkeyUser()
            let asked = try await scene.ask("/anmelden/passkey/optionen")
            return .form(
                "/anmelden/passkey",
                [("antwort", try user.passkey.assertion(asked.options))],
                as: nil,
                to: "/"
            )
            .with(cookie: "va_ceremony", asked.ceremony).records(.signIn("signed_in", of: user.person))
        },
        AuditAct("POST /anmelden/passkey", "an unknown one") { scene in
            let asked = try await scene.ask("/anmelden/passkey/optionen")
            let answer = try scene.newPasskey().assertion(asked.options)
            return .form("/anmelden/passkey", [("antwort", answer)], as: nil, to: "").answering(422)
                .with(cookie: "va_ceremony", asked.ceremony).records(.signIn("sign_in_failed", of: nil))
        },
        AuditAct("POST /anmelden/code") { scene in
            let user = try await scene.appUser()
            return .form("/anmelden/code", [("code", user.code)], as: try await scene.halfway(user.person), to: "/")
                .records(.signIn("signed_in", of: user.person))
        },
        AuditAct("POST /anmelden/code", "wrong code") { scene in
            let user = try await scene.appUser()
            let wrong = user.code == "000000" ? "000001" : "000000"
            return .form("/anmelden/code", [("code", wrong)], as: try await scene.halfway(user.person), to: "")
                .answering(422).records(.signIn("second_factor_failed", of: user.person)).recordingOnly()
        },
        AuditAct("POST /anmelden/code/passkey/optionen", silent: question) { scene in
            let session = try await scene.halfway(try await scene.passkeyUser().person)
            return .form("/anmelden/code/passkey/optionen", as: session, to: "").answering(200)
        },
        AuditAct("POST /anmelden/code/passkey") { scene in
            let user = try await scene.passkeyUser()
            let session = try await scene.halfway(user.person)
            let asked = try await scene.ask("/anmelden/code/passkey/optionen", as: session)
            let answer = try user.passkey.assertion(asked.options)
            return .form("/anmelden/code/passkey", [("antwort", answer)], as: session, to: "/")
                .with(cookie: "va_ceremony", asked.ceremony).records(.signIn("signed_in", of: user.person))
        },
        AuditAct("POST /abmelden") { scene in
            let person = try await scene.person()
            return .form("/abmelden", as: person.token, to: "/abgemeldet")
                .records(.signIn("session_ended", of: person.person))
        },
        AuditAct("POST /passwort") { scene in
            let person = try await scene.person()
            return .form("/passwort", [("email", person.email)], as: nil, to: "").answering(200)
                .records(.signIn("password_reset_requested", of: person.person))
        },
        AuditAct("POST /passwort", "nobody's address") { scene in
            .form("/passwort", [("email", scene.newAddress())], as: nil, to: "").answering(200)
                .records(.signIn("password_reset_requested", of: nil)).recordingOnly()
        },
        AuditAct("POST /passwort/:token") { scene in
            let person = try await scene.person()
            let token = try await scene.link("password_reset", of: person.person)
            return .form("/passwort/\(token.reveal())", [("neu", "Regen über Linz")], as: nil, to: "/anmelden")
                .records(.signIn("password_reset", of: person.person))
        },
        AuditAct("POST /email/:token") { scene in
            let person = try await scene.person()
            let token = try await scene.link("email_change", of: person.person, payload: scene.newAddress())
            return .form("/email/\(token.reveal())", as: nil, to: "").answering(200)
                .records(.signIn("email_changed", of: person.person))
        },
        AuditAct("POST /einladung/:token", "somebody signed in") { scene in
            let person = try await scene.person()
            let tenant = try await scene.database.makeTenant()
            let token = try await scene.invitation(tenant, to: person.email).token
            return .form("/einladung/\(token.reveal())", as: person.token, to: "/uebersicht")
                .records(.tenant(tenant, "member.joined", by: person.person))
        },
        // Joining, and then signing in as whoever has just joined.
        AuditAct("POST /einladung/:token", "somebody new") { scene in
            let tenant = try await scene.database.makeTenant()
            let token = try await scene.invitation(tenant, to: scene.newAddress()).token
            return .form(
                "/einladung/\(token.reveal())",
                [("name", "Berta Muster"), ("passwort", AuditScene.password)],
                as: nil,
                to: "/sicherheit/einrichten"
            ).records(.tenant(tenant, "member.joined", by: LedgerRow.somebodyNew))
                .records(LedgerRow(chain: LedgerRow.signIns, action: "signed_in", actor: LedgerRow.somebodyNew))
        },
    ]

    static func password(_ email: String) -> [(String, String)] {
        [("email", email), ("passwort", AuditScene.password)]
    }

    /// The first second factor of somebody who must have one, half signed in.
    static let enrolling: [AuditAct] = [
        AuditAct("POST /anmelden/einrichten") { scene in
            let person = try await scene.person(platform: "operator", level: "password")
            let secret = try await scene.appSecret(person.token, path: "/anmelden/einrichten")
            return .form("/anmelden/einrichten", [("code", secret.codeNow)], as: person.token, to: "").answering(200)
                .records(.signIn("factor_added", of: person.person), .signIn("signed_in", of: person.person))
        },
        AuditAct("POST /anmelden/einrichten/passkey/optionen", silent: question) { scene in
            let person = try await scene.person(platform: "operator", level: "password")
            return .form("/anmelden/einrichten/passkey/optionen", as: person.token, to: "").answering(200)
        },
        AuditAct("POST /anmelden/einrichten/passkey") { scene in
            let person = try await scene.person(platform: "operator", level: "password")
            let asked = try await scene.ask("/anmelden/einrichten/passkey/optionen", as: person.token)
            let answer = try scene.newPasskey().registration(asked.options)
            return .form(
                "/anmelden/einrichten/passkey",
                [("antwort", answer), ("name", "Laptop")],
                as: person.token,
                to: ""
            ).answering(200).with(cookie: "va_ceremony", asked.ceremony)
                .records(.signIn("factor_added", of: person.person), .signIn("signed_in", of: person.person))
        },
    ]

    /// What a person or a browser would rather see.
    static let choosing: [AuditAct] = [
        AuditAct(
            "POST /mandant",
            silent:
                "which of one's own workplaces the pages show: no right comes or goes, memberships are asked each time"
        ) { scene in
            let (tenant, owner) = try await scene.company()
            return .form("/mandant", [("mandant", "\(tenant)")], as: owner.token, to: "/uebersicht")
        },
        AuditAct("POST /darstellung") { scene in
            let person = try await scene.person()
            return .form("/darstellung", [("theme", "dark")], as: person.token, to: "/")
                .records(.signIn("person_changed", of: person.person))
        },
        AuditAct("POST /darstellung", "a stranger", silent: "a stranger's browser keeps it, nothing is stored") { _ in
            .form("/darstellung", [("theme", "dark")], as: nil, to: "/")
        },
        AuditAct("POST /sprache") { scene in
            let person = try await scene.person()
            return .form("/sprache", [("sprache", "en")], as: person.token, to: "/")
                .records(.signIn("person_changed", of: person.person))
        },
        AuditAct("POST /sprache", "a stranger", silent: "a stranger's browser keeps it, nothing is stored") { _ in
            .form("/sprache", [("sprache", "en")], as: nil, to: "/")
        },
    ]
}
