import Foundation
import Kernel
import Tenants
import TestSupport
import Testing

@Suite("Passkeys")
struct PasskeyPageTests {
    /// Signs in with the password and makes a passkey.
    private func make(_ passkey: SoftwarePasskey, _ browser: Browser, _ world: AccountWorld) async throws -> Page {
        _ = try await browser.signIn(world.address("anna"))
        #expect(try await browser.get("/sicherheit/passkeys/neu").html.contains("value=\"Firefox auf Linux\""))
        let options = try await browser.post("/sicherheit/passkeys/optionen")
        return try await browser.post(
            "/sicherheit/passkeys",
            [("antwort", try passkey.registration(options.html)), ("name", "Laptop"), ("weiter", "/uebersicht")]
        )
    }

    @Test("B5: the first passkey brings recovery codes, and the session another token")
    func register() async throws {
        try await AccountWorld.run { world in
            _ = try await world.person("anna")
            let browser = world.browser()
            let done = try await make(SoftwarePasskey(), browser, world)
            #expect(done.status == 200)
            #expect(done.html.components(separatedBy: "<li>").count > 10)
            #expect(done.html.contains("href=\"/uebersicht\""))
            #expect(done.cookie("__Host-va_session") != nil)
            let page = try await browser.get("/sicherheit")
            #expect(page.html.contains("Laptop<span class=\"table__sub\">Nur auf einem Gerät</span>"))
        }
    }

    @Test("B5: a passkey signs in by itself, once for each challenge")
    func signIn() async throws {
        try await AccountWorld.run { world in
            _ = try await world.person("anna")
            let passkey = SoftwarePasskey()
            _ = try await make(passkey, world.browser(), world)
            let browser = world.browser()
            let options = try await browser.post("/anmelden/passkey/optionen")
            let fields = [("antwort", try passkey.assertion(options.html)), ("weiter", "/sicherheit")]
            #expect(try await browser.post("/anmelden/passkey", fields).location == "/sicherheit")
            #expect(try await browser.get("/sicherheit").status == 200)
            #expect(try await browser.copy().post("/anmelden/passkey", fields).status == 422)
        }
    }

    @Test("B5: a passkey is the second factor after the password, and another person's is not")
    func secondFactor() async throws {
        try await AccountWorld.run { world in
            _ = try await world.person("anna")
            let passkey = SoftwarePasskey()
            _ = try await make(passkey, world.browser(), world)
            let browser = world.browser()
            #expect(try await browser.signIn(world.address("anna")).location == "/anmelden/code")
            let form = try await browser.get("/anmelden/code")
            #expect(form.html.contains("data-source=\"/anmelden/code/passkey/optionen\""))
            #expect(form.html.contains("value=\"wiederherstellungscode\""))
            let first = try await browser.post("/anmelden/code/passkey/optionen")
            let foreign = try SoftwarePasskey().assertion(first.html)
            #expect(try await browser.post("/anmelden/code/passkey", [("antwort", foreign)]).status == 422)
            let second = try await browser.post("/anmelden/code/passkey/optionen")
            let own = try passkey.assertion(second.html)
            #expect(try await browser.post("/anmelden/code/passkey", [("antwort", own)]).location == "/")
            #expect(try await browser.get("/sicherheit").status == 200)
        }
    }

    @Test("7.5.3: whoever has a passkey proves it again, and the password is not enough")
    func proof() async throws {
        try await AccountWorld.run { world in
            _ = try await world.person("anna")
            let passkey = SoftwarePasskey()
            let browser = world.browser()
            _ = try await make(passkey, browser, world)
            world.pass(601)
            #expect(try await browser.post("/sicherheit/passkeys/optionen").html.contains("\"/bestaetigen?weiter="))
            let password = [("passwort", AccountWorld.password)]
            #expect(try await browser.post("/bestaetigen", password).status == 422)
            let options = try await browser.post("/bestaetigen/passkey/optionen")
            let answer = [("antwort", try passkey.assertion(options.html)), ("weiter", "/sicherheit/passwort")]
            #expect(try await browser.post("/bestaetigen/passkey", answer).location == "/sicherheit/passwort")
            #expect(try await browser.get("/sicherheit/passwort").status == 200)
        }
    }

    @Test("a passkey is renamed and removed; what is lost with the last one is named before")
    func change() async throws {
        try await AccountWorld.run { world in
            _ = try await world.person("anna")
            let browser = world.browser()
            _ = try await make(SoftwarePasskey(), browser, world)
            let page = try await browser.get("/sicherheit")
            let id = try #require(page.between("btn--sm\" href=\"/sicherheit/passkeys/", "\""))
            let path = "/sicherheit/passkeys/" + id
            #expect(try await browser.post(path, [("name", "")]).status == 422)
            #expect(try await browser.post(path, [("name", "Büro <1>")]).location == "/sicherheit")
            let question = try await browser.get(path + "/entfernen")
            #expect(question.html.contains("Passkey „Büro &lt;1&gt;“ entfernen?"))
            #expect(question.html.contains("Ihre Wiederherstellungscodes werden ebenfalls ungültig."))
            #expect(try await browser.post(path + "/entfernen").location == "/sicherheit")
            let after = try await browser.get("/sicherheit")
            #expect(after.html.contains("Der Passkey ist entfernt."))
            #expect(after.html.contains("Ihr Zugang ist nur durch das Passwort geschützt"))
        }
    }
}
