import Foundation
import Kernel
import Tenants
import TestSupport
import Testing

@Suite("Signing in")
struct SignInPageTests {
    private static let session = "__Host-va_session"

    @Test("B3: the right password gives a cookie for this host alone, and leads to where one wanted to go")
    func signIn() async throws {
        try await AccountWorld.run { world in
            _ = try await world.person("anna")
            let browser = world.browser()
            let form = try await browser.get("/anmelden?weiter=%2Fanrufe%3Fq%3D1")
            #expect(form.status == 200)
            #expect(form.between("name=\"weiter\" value=\"", "\"") == "/anrufe?q=1")
            let answer = try await browser.signIn(world.address("anna"), weiter: "/anrufe?q=1")
            #expect(answer.status == 303)
            #expect(answer.location == "/anrufe?q=1")
            let cookie = try #require(answer.cookie(Self.session))
            #expect(cookie.hasSuffix("; Path=/; HttpOnly; SameSite=Lax; Secure"))
            #expect(answer.cookie("__Host-va_device")?.contains("; Max-Age=31536000") == true)
            // Signed in: the form is not shown again.
            #expect(try await browser.get("/anmelden").location == "/mandant")
        }
    }

    @Test(
        "C4: nobody is led to another site",
        arguments: ["https://evil.example", "//evil.example", "/\\evil.example", "evil"]
    )
    func otherSite(_ target: String) async throws {
        try await AccountWorld.run { world in
            _ = try await world.person("anna")
            #expect(try await world.browser().signIn(world.address("anna"), weiter: target).location == "/")
        }
    }

    @Test("B6: a wrong password and an unknown address get one answer; the address stays, the password does not")
    func refused() async throws {
        try await AccountWorld.run { world in
            _ = try await world.person("anna")
            func attempt(_ email: String) async throws -> Page {
                try await world.browser().post("/anmelden", [("email", email), ("passwort", "ganz-falsch-123")])
            }
            let wrong = try await attempt(world.address("anna"))
            let unknown = try await attempt(world.address("otto"))
            #expect(wrong.status == 422)
            #expect(unknown.status == 422)
            #expect(wrong.html.contains("E-Mail-Adresse oder Passwort stimmt nicht."))
            #expect(wrong.html.contains("value=\"\(world.address("anna"))\""))
            #expect(!wrong.html.contains("ganz-falsch-123"))
            #expect(wrong.html.replacing("anna.", with: "otto.") == unknown.html)
            #expect(wrong.cookie(Self.session) == nil)
        }
    }

    @Test("an empty form says what is missing, at each field")
    func incomplete() async throws {
        try await AccountWorld.run { world in
            let page = try await world.browser().post("/anmelden", [("email", " "), ("passwort", "")])
            #expect(page.status == 422)
            #expect(page.html.contains("href=\"#email\""))
            #expect(page.html.contains("id=\"passwort-fehler\""))
            #expect(page.html.components(separatedBy: "aria-invalid=\"true\"").count == 3)
        }
    }

    @Test("B6: after ten wrong passwords strangers wait, and are told how long")
    func throttled() async throws {
        try await AccountWorld.run { world in
            _ = try await world.person("anna")
            let fields = [("email", world.address("anna")), ("passwort", "falsch")]
            for _ in 0..<10 { #expect(try await world.browser().post("/anmelden", fields).status == 422) }
            let page = try await world.browser().post("/anmelden", fields)
            #expect(page.status == 429)
            let wait = try #require(page.retryAfter)
            #expect((1...900).contains(wait))
            #expect(page.html.contains("Das waren zu viele Versuche"))
            #expect(page.html.contains("noch einmal."))
            #expect(page.html.contains("value=\"\(world.address("anna"))\""))
        }
    }

    @Test("whoever works in one tenant stands there at once; whoever works in several chooses first")
    func landing() async throws {
        try await AccountWorld.run { world in
            let anna = try await world.person("anna")
            try await world.join(anna, try await world.test.makeTenant(), as: .viewer)
            let browser = world.browser()
            #expect(try await browser.signIn(world.address("anna"), weiter: "/anrufe").location == "/anrufe")
            #expect(try await browser.get("/anmelden").location == "/uebersicht")
            try await world.join(anna, try await world.test.makeTenant(), as: .agent)
            let second = world.browser()
            let answer = try await second.signIn(world.address("anna"), weiter: "/anrufe")
            #expect(answer.location == "/mandant?weiter=%2Fanrufe")
        }
    }

    @Test("B3: signing out ends the session at once and clears what the browser kept, but not the device's mark")
    func signOut() async throws {
        try await AccountWorld.run { world in
            _ = try await world.person("anna")
            let browser = world.browser()
            _ = try await browser.signIn(world.address("anna"))
            let replay = browser.copy()
            let answer = try await browser.post("/abmelden")
            #expect(answer.location == "/abgemeldet")
            #expect(answer.cookie(Self.session)?.contains("Max-Age=0") == true)
            #expect(answer.cookie("__Host-va_device") == nil)
            #expect(answer.header("clear-site-data") == "\"cache\", \"storage\"")
            #expect(try await browser.get("/abgemeldet").html.contains("Sie sind abgemeldet"))
            #expect(try await replay.get("/sicherheit").location == "/anmelden?weiter=%2Fsicherheit")
            // Safe to repeat, and for guests.
            #expect(try await browser.post("/abmelden").status == 303)
        }
    }

    @Test("options for a passkey come as JSON with their challenge in a cookie of five minutes")
    func passkeyOptions() async throws {
        try await AccountWorld.run { world in
            let browser = world.browser()
            let answer = try await browser.post("/anmelden/passkey/optionen")
            #expect(answer.html.hasPrefix("{\"publicKey\":"))
            #expect(answer.header("content-type")?.hasPrefix("application/json") == true)
            #expect(answer.cookie("__Host-va_ceremony")?.contains("Max-Age=300") == true)
            let refused = try await browser.post("/anmelden/passkey", [("antwort", "{}")])
            #expect(refused.status == 422)
            #expect(refused.html.contains("Die Anmeldung mit dem Passkey hat nicht geklappt."))
            #expect(try await world.browser().post("/anmelden/passkey").status == 422)
        }
    }
}
