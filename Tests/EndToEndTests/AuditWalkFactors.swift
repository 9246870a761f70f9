import Credentials
import Database
import Foundation
import Kernel
import TestSupport

/// Somebody whose second factor is an authenticator app.
struct AppUser: Sendable {
    let person: PersonID
    let email: String
    /// Of the session in which the app was set up.
    let token: String
    let secret: TOTPSecret

    /// A code that was not used yet.
    var code: String { OneTimeCode(secret).text(step: OneTimeCode.step(at: Date()) + 1) }
}

/// Somebody whose second factor is a passkey.
struct PasskeyUser: Sendable {
    let person: PersonID
    let email: String
    /// Of the session in which the passkey was made.
    let token: String
    let passkey: SoftwarePasskey
    let id: PasskeyID
}

extension TOTPSecret {
    /// What an app shows now.
    var codeNow: String { OneTimeCode(self).text(step: OneTimeCode.step(at: Date())) }
}

extension AuditScene {
    /// Somebody with an app, set up on the pages.
    func appUser() async throws -> AppUser {
        let member = try await person()
        let secret = try await appSecret(member.token)
        let reply = try await send(.form("/sicherheit/app", [("code", secret.codeNow)], as: member.token, to: ""))
        guard reply.status == 200, let token = reply.cookie("va_session") else {
            throw Unprepared(what: "an app: \(reply.status)")
        }
        return AppUser(person: member.person, email: member.email, token: token, secret: secret)
    }

    /// What the page shows for an app to be set up.
    func appSecret(_ session: String, path: String = "/sicherheit/app") async throws -> TOTPSecret {
        let page = try await send(.download(path, as: session))
        let text = page.between("aria-labelledby=\"geheimnis-name\">", "<") ?? ""
        guard let secret = TOTPSecret(text.filter { !$0.isWhitespace }) else {
            throw Unprepared(what: "a secret: \(page.status)")
        }
        return secret
    }

    /// Somebody with a passkey, made on the pages.
    func passkeyUser() async throws -> PasskeyUser {
        let member = try await person()
        let passkey = newPasskey()
        let asked = try await ask("/sicherheit/passkeys/optionen", as: member.token)
        let reply = try await send(
            .form(
                "/sicherheit/passkeys",
                [("antwort", try passkey.registration(asked.options)), ("name", "Laptop")],
                as: member.token,
                to: ""
            ).with(cookie: "va_ceremony", asked.ceremony)
        )
        let owner = member.person
        let id: PasskeyID? = try await database.app.withoutTenant { transaction in
            try transaction.queryOne("SELECT id FROM passkey WHERE person_id = \(owner)").map { try $0.get("id") }
        }
        guard let id, let token = reply.cookie("va_session") else {
            throw Unprepared(what: "a passkey: \(reply.status)")
        }
        return PasskeyUser(person: owner, email: member.email, token: token, passkey: passkey, id: id)
    }

    func newPasskey() -> SoftwarePasskey { SoftwarePasskey(host: "127.0.0.1", origin: stage.baseURL) }

    /// What a browser is told when it asks for a passkey's part, and the cookie that belongs to it.
    func ask(_ path: String, as session: String? = nil) async throws -> (options: String, ceremony: String) {
        let reply = try await send(.form(path, as: session, to: "").answering(200))
        guard let ceremony = reply.cookie("va_ceremony") else {
            throw Unprepared(what: "\(path): \(reply.status)")
        }
        return (reply.body, ceremony)
    }

    /// A session in which the second factor is still missing.
    func halfway(_ person: PersonID) async throws -> String {
        try await database.makeSession(person: person, level: "password").token
    }
}
