import Site
import Web

/// The addresses below `/sicherheit`: what a person decides about their own account.
extension Endpoint {
    static let security = page("/sicherheit", .person, "a person's profile, factors and sessions")
    static let securityOffer = page("/sicherheit/einrichten", .person, "offers a second factor to a new person")
    static let nameSent = form("/sicherheit/name", .person, "changes what the person is called")
    static let email = page("/sicherheit/email", .person, "asks for a new mail address")
    static let emailSent = form("/sicherheit/email", .person, "sends a link to the new address")
    static let password = page("/sicherheit/passwort", .person, "asks for the old and a new password")
    static let passwordSent = form("/sicherheit/passwort", .person, "changes the password")

    static let app = page("/sicherheit/app", .person, "shows a secret for an authenticator app")
    static let appSent = form("/sicherheit/app", .person, "the authenticator app's first code")
    static let appRemoval = page("/sicherheit/app/entfernen", .person, "asks whether the app shall go")
    static let appRemoved = form("/sicherheit/app/entfernen", .person, "removes the authenticator app")
    static let recovery = page("/sicherheit/wiederherstellungscodes", .person, "asks whether to make new codes")
    static let recoverySent = form("/sicherheit/wiederherstellungscodes", .person, "makes new recovery codes")

    static let newPasskey = page("/sicherheit/passkeys/neu", .person, "asks for the name of a new passkey")
    static let newPasskeyAsked = form(
        "/sicherheit/passkeys/optionen",
        .person,
        "what a browser needs to make a passkey"
    )
    static let newPasskeySent = form("/sicherheit/passkeys", .person, bodyLimit: passkeyLimit, "stores a passkey")
    static let passkey = page("/sicherheit/passkeys/:id", .person, "asks for another name of a passkey")
    static let passkeyRenamed = form("/sicherheit/passkeys/:id", .person, "renames a passkey")
    static let passkeyRemoval = page("/sicherheit/passkeys/:id/entfernen", .person, "asks whether a passkey shall go")
    static let passkeyRemoved = form("/sicherheit/passkeys/:id/entfernen", .person, "removes a passkey")

    static let sessionEnded = form("/sicherheit/sitzungen/:id/beenden", .person, "ends one session")
    static let sessionsEnded = form("/sicherheit/sitzungen/beenden", .person, "ends all other sessions")

    static let securityTable = [
        security, securityOffer, nameSent, email, emailSent, password, passwordSent, app, appSent, appRemoval,
        appRemoved, recovery, recoverySent, newPasskey, newPasskeyAsked, newPasskeySent, passkey, passkeyRenamed,
        passkeyRemoval, passkeyRemoved, sessionEnded, sessionsEnded,
    ]
}
