import Foundation
import Kernel
import Tenants
import TestSupport
import Testing

@Suite("One's own account")
struct SecurityPageTests {
    @Test("the page names the person and marks this session among all")
    func overview() async throws {
        try await AccountWorld.run { world in
            _ = try await world.person("anna")
            _ = try await world.browser().signIn(world.address("anna"))
            let browser = world.browser()
            _ = try await browser.signIn(world.address("anna"))
            let page = try await browser.get("/sicherheit")
            #expect(page.html.contains("value=\"Anna Beispiel\""))
            #expect(page.html.components(separatedBy: "Firefox auf Linux</th>").count == 3)
            #expect(page.html.components(separatedBy: "Diese Sitzung").count == 2)
            #expect(page.html.contains("Alle anderen Sitzungen beenden"))
        }
    }

    @Test(
        "7.5.3: without a recent proof each sensitive page asks for one and leads back",
        arguments: [
            "/sicherheit/email", "/sicherheit/passwort", "/sicherheit/app", "/sicherheit/app/entfernen",
            "/sicherheit/wiederherstellungscodes", "/sicherheit/passkeys/neu",
        ]
    )
    func proof(_ path: String) async throws {
        try await AccountWorld.run { world in
            _ = try await world.person("anna")
            let browser = world.browser()
            _ = try await browser.signIn(world.address("anna"))
            world.pass(601)
            let proof = try #require(try await browser.get(path).location)
            #expect(proof == "/bestaetigen?weiter=" + path.replacing("/", with: "%2F"))
            #expect(try await browser.get(proof).html.contains("name=\"passwort\""))
            let wrong = try await browser.post("/bestaetigen", [("passwort", "falsch"), ("weiter", path)])
            #expect(wrong.status == 422)
            let right = [("passwort", AccountWorld.password), ("weiter", path)]
            #expect(try await browser.post("/bestaetigen", right).location == path)
            #expect(try await browser.get(path).location?.hasPrefix("/bestaetigen") != true)
        }
    }

    @Test("7.2.4: a proof in a running session rotates its token; the old one is worth nothing")
    func proofRotates() async throws {
        try await AccountWorld.run { world in
            _ = try await world.person("anna")
            let browser = world.browser()
            _ = try await browser.signIn(world.address("anna"))
            world.pass(601)
            let old = browser.copy()
            let right = [("passwort", AccountWorld.password), ("weiter", "/sicherheit/email")]
            #expect(try await browser.post("/bestaetigen", right).location == "/sicherheit/email")
            #expect(browser.cookies != old.cookies)
            #expect(try await browser.get("/sicherheit").status == 200)
            #expect(try await old.get("/sicherheit").location?.hasPrefix("/anmelden") == true)
        }
    }

    @Test(
        "7.5.3: nor is a change taken without it",
        arguments: [
            "/sicherheit/email", "/sicherheit/passwort", "/sicherheit/app/entfernen",
            "/sicherheit/wiederherstellungscodes", "/sicherheit/sitzungen/beenden",
        ]
    )
    func proofOfChange(_ path: String) async throws {
        try await AccountWorld.run { world in
            _ = try await world.person("anna")
            let browser = world.browser()
            _ = try await browser.signIn(world.address("anna"))
            world.pass(601)
            let answer = try await browser.post(path, [("email", "neu@example.at"), ("alt", "a"), ("neu", "b")])
            #expect(answer.location?.hasPrefix("/bestaetigen?weiter=") == true)
        }
    }

    @Test("B3: a changed password ends the other sessions and gives this one another token")
    func password() async throws {
        try await AccountWorld.run { world in
            _ = try await world.person("anna")
            let other = world.browser()
            _ = try await other.signIn(world.address("anna"))
            let browser = world.browser()
            _ = try await browser.signIn(world.address("anna"))
            let replay = browser.copy()
            let wrong = try await browser.post(
                "/sicherheit/passwort",
                [("alt", "falsch"), ("neu", "vier kluge Pferde")]
            )
            #expect(wrong.status == 422)
            #expect(wrong.html.contains("Das bisherige Passwort stimmt nicht."))
            let done = try await browser.post(
                "/sicherheit/passwort",
                [("alt", AccountWorld.password), ("neu", "vier kluge Pferde")]
            )
            #expect(done.location == "/sicherheit")
            #expect(try await browser.get("/sicherheit").html.contains("Ihr Passwort ist geändert."))
            #expect(try await replay.get("/sicherheit").status == 303)
            #expect(try await other.get("/sicherheit").status == 303)
        }
    }

    @Test("B3: another session can be ended, and all others; a foreign one is answered like one that never was")
    func sessions() async throws {
        try await AccountWorld.run { world in
            _ = try await world.person("anna")
            _ = try await world.person("otto")
            let stranger = world.browser()
            _ = try await stranger.signIn(world.address("otto"))
            let others = [world.browser(), world.browser(), world.browser()]
            for other in others { _ = try await other.signIn(world.address("anna")) }
            let browser = world.browser()
            _ = try await browser.signIn(world.address("anna"))
            let page = try await browser.get("/sicherheit")
            let path = try #require(page.between("action=\"/sicherheit/sitzungen/", "/beenden\""))
            #expect(try await browser.post("/sicherheit/sitzungen/\(path)/beenden").status == 303)
            let foreign = try await stranger.post("/sicherheit/sitzungen/\(path)/beenden")
            let unknown = try await stranger.post("/sicherheit/sitzungen/\(WebSessionID())/beenden")
            #expect(foreign.status == 403)
            #expect(foreign.html == unknown.html)
            #expect(try await browser.post("/sicherheit/sitzungen/beenden").location == "/sicherheit#sitzungen")
            #expect(try await browser.get("/sicherheit").html.contains("2 andere Sitzungen sind beendet."))
            for other in others { #expect(try await other.get("/sicherheit").status == 303) }
            #expect(try await stranger.get("/sicherheit").status == 200)
        }
    }

    @Test("name and address: what is typed is kept with its mistake, or taken")
    func profile() async throws {
        try await AccountWorld.run { world in
            _ = try await world.person("anna")
            let browser = world.browser()
            _ = try await browser.signIn(world.address("anna"))
            let wrong = try await browser.post("/sicherheit/name", [("name", "")])
            #expect(wrong.status == 422)
            #expect(wrong.html.contains("id=\"name-fehler\""))
            _ = try await browser.post("/sicherheit/name", [("name", "Anna <b>Müller</b>")])
            let page = try await browser.get("/sicherheit")
            #expect(page.html.contains("Anna &lt;b&gt;Müller&lt;/b&gt;"))
            let malformed = try await browser.post("/sicherheit/email", [("email", "keine Adresse")])
            #expect(malformed.status == 422)
            #expect(malformed.html.contains("value=\"keine Adresse\""))
            let sent = try await browser.post("/sicherheit/email", [("email", world.address("anna.neu"))])
            #expect(sent.location == "/sicherheit")
            #expect(try await browser.get("/sicherheit").html.contains("an \(world.address("anna.neu")) geschickt"))
        }
    }

    @Test("a passkey that is not one's own is answered like one that never was", arguments: ["", "/entfernen"])
    func foreignPasskey(_ act: String) async throws {
        try await AccountWorld.run { world in
            _ = try await world.person("anna")
            let browser = world.browser()
            _ = try await browser.signIn(world.address("anna"))
            #expect(try await browser.get("/sicherheit/passkeys/\(PasskeyID())\(act)").status == 403)
            #expect(try await browser.post("/sicherheit/passkeys/\(PasskeyID())\(act)").status == 403)
            #expect(try await browser.get("/sicherheit/passkeys/unsinn\(act)").status == 403)
        }
    }
}
