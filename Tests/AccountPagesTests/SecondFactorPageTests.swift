import Credentials
import Foundation
import Kernel
import Tenants
import TestSupport
import Testing

@Suite("Second factor")
struct SecondFactorPageTests {
    /// Signs in and sets an app up; gives its secret and the recovery codes.
    private func setUp(_ browser: Browser, _ world: AccountWorld) async throws -> (secret: String, codes: [String]) {
        _ = try await browser.signIn(world.address("anna"))
        let page = try await browser.get("/sicherheit/app")
        let secret = try #require(page.between("aria-labelledby=\"geheimnis-name\">", "<"))
        #expect(page.html.contains("<svg xmlns=\"http://www.w3.org/2000/svg\""))
        let codes = try await browser.post("/sicherheit/app", [("code", try world.code(secret))])
        #expect(codes.status == 200)
        let list = try #require(codes.between("<ol class=\"codes mono\"", "</ol>"))
        return (secret, list.components(separatedBy: "<li>").dropFirst().map { String($0.prefix { $0 != "<" }) })
    }

    @Test("B5: an app is set up by its first code; ten recovery codes are shown once, with a file to keep")
    func setUpApp() async throws {
        try await AccountWorld.run { world in
            _ = try await world.person("anna")
            let browser = world.browser()
            let (_, codes) = try await setUp(browser, world)
            #expect(codes.count == 10)
            #expect(codes.allSatisfy { RecoveryCode(typed: $0) != nil })
            let page = try await browser.get("/sicherheit")
            #expect(page.html.contains("Noch 10 Codes"))
            #expect(!page.html.contains(codes[0]))
            // A new app may take the place of the old one, and the codes stay.
            let other = try await browser.get("/sicherheit/app")
            #expect(other.html.contains("App wechseln"))
            let secret = try #require(other.between("aria-labelledby=\"geheimnis-name\">", "<"))
            let replaced = try await browser.post("/sicherheit/app", [("code", try world.code(secret))])
            #expect(replaced.location == "/sicherheit")
            #expect(try await browser.get("/sicherheit").html.contains("Noch 10 Codes"))
        }
    }

    @Test("B5: after the password the code is asked for, and nothing else is served before it")
    func code() async throws {
        try await AccountWorld.run { world in
            _ = try await world.person("anna")
            let (secret, codes) = try await setUp(world.browser(), world)
            world.pass(60)
            let browser = world.browser()
            let first = try await browser.signIn(world.address("anna"), weiter: "/anrufe")
            #expect(first.location == "/anmelden/code?weiter=%2Fanrufe")
            let halfway = browser.copy()
            #expect(try await browser.get("/sicherheit").location == "/anmelden/code")
            let form = try await browser.get("/anmelden/code?weiter=%2Fanrufe")
            #expect(form.html.contains("autocomplete=\"one-time-code\""))
            let short = try await browser.post("/anmelden/code", [("code", "12345")])
            #expect(short.status == 422)
            #expect(short.html.contains("Der Code besteht aus 6 Ziffern."))
            let wrong = try await browser.post("/anmelden/code", [("code", "000000")])
            #expect(wrong.status == 422)
            #expect(wrong.html.contains("Dieser Code stimmt nicht oder wurde schon verwendet."))
            let code = try world.code(secret)
            let right = try await browser.post("/anmelden/code", [("code", code), ("weiter", "/anrufe")])
            #expect(right.location == "/anrufe")
            #expect(try await browser.get("/sicherheit").status == 200)
            // B3: the token of the unfinished session is dead.
            #expect(try await halfway.get("/anmelden/code").location == "/anmelden?weiter=%2Fanmelden%2Fcode")
            // The same code a second time.
            let second = world.browser()
            _ = try await second.signIn(world.address("anna"))
            #expect(try await second.post("/anmelden/code", [("code", code)]).status == 422)
            let recovery = [("code", codes[0].lowercased()), ("mit", "wiederherstellungscode")]
            #expect(try await second.post("/anmelden/code", recovery).status == 303)
            #expect(try await second.get("/sicherheit").html.contains("Noch 9 Codes"))
        }
    }

    @Test("B6: the sixth code in a session is not tried: the session ends, and the password is asked for again")
    func tooManyCodes() async throws {
        try await AccountWorld.run { world in
            _ = try await world.person("anna")
            _ = try await setUp(world.browser(), world)
            world.pass(60)
            let browser = world.browser()
            _ = try await browser.signIn(world.address("anna"))
            var last: Page?
            for _ in 0..<6 { last = try await browser.post("/anmelden/code", [("code", "000000")]) }
            let page = try #require(last)
            #expect(page.status == 429)
            #expect(page.retryAfter != nil)
            #expect(page.html.contains("name=\"passwort\""))
            #expect(page.cookie("__Host-va_session")?.contains("Max-Age=0") == true)
        }
    }

    @Test("B5: a tenant that demands a factor is named with the ways to set one up, without a way past it")
    func demand() async throws {
        try await AccountWorld.run { world in
            let tenant = try await world.test.makeTenant(slug: "muster")
            try await world.join(try await world.person("anna"), tenant, as: .agent)
            try await world.test.demandSecondFactor(in: tenant)
            let browser = world.browser()
            _ = try await browser.signIn(world.address("anna"))
            let path = "/sicherheit/einrichten?weiter=%2Fanrufe"
            let page = try await browser.get(path)
            #expect(page.html.contains("<h1>muster verlangt einen zweiten Faktor</h1>"))
            #expect(page.html.contains("href=\"/sicherheit/app?weiter=%2Fanrufe\""))
            #expect(!page.html.contains("Später einrichten") && !page.html.contains("href=\"/anrufe\""))
            #expect(page.html.contains("href=\"/mandant\"") && page.html.contains("action=\"/abmelden\""))
            let app = try await browser.get("/sicherheit/app?weiter=%2Fanrufe")
            let secret = try #require(app.between("aria-labelledby=\"geheimnis-name\">", "<"))
            #expect(!app.html.contains("href=\"/team\""))
            let fields = [("code", try world.code(secret)), ("weiter", "/anrufe")]
            let done = try await browser.post("/sicherheit/app", fields)
            #expect(done.status == 200 && done.html.contains("href=\"/anrufe\""))
            #expect(try await browser.get(path).html.contains("Später einrichten"))
        }
    }

    @Test("B5: whoever works for the platform sets up a factor before anything else is served")
    func enrolment() async throws {
        try await AccountWorld.run { world in
            _ = try await world.person("anna", platform: "operator")
            let browser = world.browser()
            #expect(try await browser.signIn(world.address("anna")).location == "/anmelden/einrichten")
            #expect(try await browser.get("/sicherheit").location == "/anmelden/code")
            #expect(try await browser.get("/anmelden/code").location == "/anmelden/einrichten")
            let page = try await browser.get("/anmelden/einrichten")
            let secret = try #require(page.between("aria-labelledby=\"geheimnis-name\">", "<"))
            #expect(page.html.contains("value=\"Firefox auf Linux\""))
            let wrong = try await browser.post("/anmelden/einrichten", [("code", "000000")])
            #expect(wrong.status == 422)
            // A slip does not mean scanning again.
            #expect(wrong.between("aria-labelledby=\"geheimnis-name\">", "<") == secret)
            let done = try await browser.post("/anmelden/einrichten", [("code", try world.code(secret))])
            #expect(done.status == 200)
            #expect(done.html.contains("Diese Codes sehen Sie nur jetzt"))
            let security = try await browser.get("/sicherheit")
            #expect(security.html.contains("Für die Plattform-Verwaltung vorgeschrieben"))
            #expect(!security.html.contains("/sicherheit/app/entfernen"))
            // Who tries all the same is told why not.
            let removal = try await browser.post("/sicherheit/app/entfernen")
            #expect(removal.status == 422)
            #expect(removal.html.contains("ein zweiter Faktor vorgeschrieben"))
        }
    }
}
