import Credentials
import Foundation
import Kernel
import Tenants
import TestSupport
import Testing

@Suite("Passwords and addresses")
struct PasswordPageTests {
    @Test("B6: whoever asks for a link gets one answer, whether the address is known or not")
    func forgotten() async throws {
        try await AccountWorld.run { world in
            _ = try await world.person("anna")
            let known = try await world.browser().post("/passwort", [("email", world.address("anna"))])
            #expect(try await world.mails() == 1)
            let unknown = try await world.browser().post("/passwort", [("email", world.address("otto"))])
            #expect(try await world.mails() == 1)
            #expect(known.status == 200)
            #expect(known.html == unknown.html)
            #expect(known.html.contains("Wenn es zu dieser Adresse ein Konto gibt"))
            #expect(try await world.browser().post("/passwort", [("email", "keine")]).status == 422)
        }
    }

    @Test("B2, B6: a link sets a password once, and looking at it does not use it up")
    func reset() async throws {
        try await AccountWorld.run { world in
            let anna = try await world.person("anna")
            let path = "/passwort/" + (try await world.link("password_reset", of: anna)).reveal()
            let browser = world.browser()
            #expect(try await browser.get(path).html.contains(world.address("anna")))
            let weak = try await browser.post(path, [("neu", "kurz")])
            #expect(weak.status == 422)
            #expect(weak.html.contains("Das Passwort braucht mindestens 8 Zeichen."))
            let done = try await browser.post(path, [("neu", "vier kluge Pferde")])
            #expect(done.location == "/anmelden")
            #expect(done.cookie("__Host-va_device") != nil)
            #expect(done.cookie("__Host-va_session") == nil)
            #expect(try await browser.get("/anmelden").html.contains("Ihr neues Passwort gilt."))
            #expect(try await browser.get(path).status == 404)
            #expect(try await browser.post(path, [("neu", "noch ein Passwort")]).status == 404)
            let fields = [("email", world.address("anna")), ("passwort", "vier kluge Pferde")]
            #expect(try await browser.post("/anmelden", fields).status == 303)
        }
    }

    @Test("a new address counts from the link on that went there; looking at the link changes nothing")
    func email() async throws {
        try await AccountWorld.run { world in
            let anna = try await world.person("anna")
            let token = try await world.link("email_change", of: anna, payload: world.address("anna.neu"))
            let path = "/email/" + token.reveal()
            let browser = world.browser()
            #expect(try await browser.get(path).status == 200)
            #expect(try await browser.get(path).status == 200)
            let done = try await browser.post(path)
            #expect(done.html.contains(world.address("anna.neu")))
            #expect(try await browser.post(path).status == 404)
            #expect(try await browser.signIn(world.address("anna.neu")).status == 303)
        }
    }
}
