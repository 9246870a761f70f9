import Site
package import Web

/// The addresses of signing in, of invitations, and of a person's own security (decision 30).
extension Endpoint {
    static let signIn = page("/anmelden", .guest, "asks for address and password")
    static let signInSent = form("/anmelden", .guest, "tries a password")
    static let passkeySignInAsked = form("/anmelden/passkey/optionen", .guest, "what a browser asks a passkey")
    static let passkeySignInSent = form("/anmelden/passkey", .guest, bodyLimit: passkeyLimit, "tries a passkey")

    static let code = page("/anmelden/code", .enteringPerson, "asks for the second factor")
    static let codeSent = form("/anmelden/code", .enteringPerson, "tries a code")
    static let codePasskeyAsked = form(
        "/anmelden/code/passkey/optionen",
        .enteringPerson,
        "what a browser asks a passkey as second factor"
    )
    static let codePasskeySent = form(
        "/anmelden/code/passkey",
        .enteringPerson,
        bodyLimit: passkeyLimit,
        "tries a passkey as second factor"
    )

    static let enrolment = page("/anmelden/einrichten", .enteringPerson, "sets up a second factor that is required")
    static let enrolmentSent = form("/anmelden/einrichten", .enteringPerson, "the authenticator app's first code")
    static let enrolmentPasskeyAsked = form(
        "/anmelden/einrichten/passkey/optionen",
        .enteringPerson,
        "what a browser needs to make a passkey"
    )
    static let enrolmentPasskeySent = form(
        "/anmelden/einrichten/passkey",
        .enteringPerson,
        bodyLimit: passkeyLimit,
        "stores a passkey as the first second factor"
    )

    static let signOut = form("/abmelden", .guest, "ends the session")
    static let signedOut = page("/abgemeldet", .guest, "says that the session is over")

    static let passwordForgotten = page("/passwort", .guest, "asks whose password was forgotten")
    static let passwordForgottenSent = form("/passwort", .guest, "sends a link to whoever has the address")
    static let newPassword = page("/passwort/:token", .guest, "asks for a new password")
    static let newPasswordSent = form("/passwort/:token", .guest, "sets a password by a mail's link")
    static let newEmail = page("/email/:token", .guest, "asks whether the new address is right")
    static let newEmailSent = form("/email/:token", .guest, "moves a person to the new address")

    static let invitation = page("/einladung/:token", .guest, "what an invitation leads to")
    static let invitationSent = form("/einladung/:token", .guest, "accepts an invitation")

    static let proof = page("/bestaetigen", .person, "asks for a factor again")
    static let proofSent = form("/bestaetigen", .person, "proves a factor again")
    static let proofPasskeyAsked = form(
        "/bestaetigen/passkey/optionen",
        .person,
        "what a browser asks a passkey for a proof"
    )
    static let proofPasskeySent = form("/bestaetigen/passkey", .person, bodyLimit: passkeyLimit, "proves a passkey")

    static let tenants = page("/mandant", .person, "where the person works")
    static let tenantChosen = form("/mandant", .person, "goes to another tenant")
    static let theme = form("/darstellung", .guest, "chooses the colours")
    static let language = form("/sprache", .guest, "chooses the language")

    package static let accountPagesTable: [Endpoint] =
        [
            signIn, signInSent, passkeySignInAsked, passkeySignInSent, code, codeSent, codePasskeyAsked,
            codePasskeySent, enrolment, enrolmentSent, enrolmentPasskeyAsked, enrolmentPasskeySent, signOut, signedOut,
            passwordForgotten, passwordForgottenSent, newPassword, newPasswordSent, newEmail, newEmailSent, invitation,
            invitationSent, proof, proofSent, proofPasskeyAsked, proofPasskeySent, tenants, tenantChosen, theme,
            language,
        ] + securityTable

    /// A passkey's answer is a document of some kilobytes, escaped as a field of a form.
    static let passkeyLimit = 96 * 1_024
}
