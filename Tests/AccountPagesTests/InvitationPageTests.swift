import Credentials
import Foundation
import Kernel
import Tenants
import TestSupport
import Testing

@testable import AccountPages

@Suite("Invitations")
struct InvitationPageTests {
    @Test("a new person chooses name and password, is a member at once, and is offered a second factor")
    func newPerson() async throws {
        try await AccountWorld.run { world in
            let tenant = try await world.test.makeTenant()
            let token = try await world.invitation(tenant, to: world.address("berta"))
            let path = "/einladung/" + token.reveal()
            let browser = world.browser()
            let page = try await browser.get(path)
            #expect(page.status == 200)
            #expect(page.html.contains(world.address("berta")))
            #expect(page.html.contains("Bearbeiter/in"))
            let weak = try await browser.post(path, [("name", "Berta Muster"), ("passwort", "password123")])
            #expect(weak.status == 422)
            #expect(weak.html.contains("value=\"Berta Muster\""))
            #expect(weak.html.contains("auf den Listen häufiger Passwörter"))
            #expect(!weak.html.contains("password123"))
            let done = try await browser.post(path, [("name", "Berta Muster"), ("passwort", AccountWorld.password)])
            #expect(done.location == "/sicherheit/einrichten?weiter=%2Fuebersicht")
            let offer = try await browser.get("/sicherheit/einrichten?weiter=%2Fuebersicht")
            #expect(offer.html.contains("href=\"/sicherheit/app?weiter=%2Fuebersicht\""))
            #expect(offer.html.contains("href=\"/uebersicht\""))
            // She stands in the tenant.
            #expect(try await browser.get("/anmelden").location == "/uebersicht")
            // Used: the same page as for a link that never was.
            let used = try await world.browser().get(path)
            let unknown = try await world.browser().get("/einladung/" + RandomToken().reveal())
            #expect(used.status == 404)
            #expect(used.html.replacing(path, with: "") == unknown.html.replacing(Self.token(unknown), with: ""))
        }
    }

    /// The address as it stands in the language form.
    private static func token(_ page: Page) -> String { page.between("name=\"weiter\" value=\"", "\"") ?? "" }

    @Test("whoever has an account signs in first, and then accepts with one button")
    func knownPerson() async throws {
        try await AccountWorld.run { world in
            _ = try await world.person("anna")
            let tenant = try await world.test.makeTenant()
            let path = "/einladung/" + (try await world.invitation(tenant, to: world.address("anna"))).reveal()
            let browser = world.browser()
            let page = try await browser.get(path)
            #expect(page.html.contains("Anmelden und weiter"))
            #expect(!page.html.contains("name=\"name\""))
            #expect(try await browser.signIn(world.address("anna"), weiter: path).location == path)
            let replay = browser.copy()
            #expect(try await browser.get(path).html.contains("Einladung annehmen"))
            #expect(try await browser.post(path).location == "/uebersicht")
            // B3: more rights, another token.
            #expect(try await replay.get("/sicherheit").status == 303)
            #expect(try await browser.get("/anmelden").location == "/uebersicht")
        }
    }

    @Test("an invitation to another address is explained and not accepted")
    func otherAddress() async throws {
        try await AccountWorld.run { world in
            _ = try await world.person("anna")
            let tenant = try await world.test.makeTenant()
            let path = "/einladung/" + (try await world.invitation(tenant, to: world.address("berta"))).reveal()
            let browser = world.browser()
            _ = try await browser.signIn(world.address("anna"))
            let page = try await browser.get(path)
            #expect(page.html.contains("Sie sind mit einer anderen Adresse angemeldet"))
            #expect(page.html.contains(world.address("anna")))
            #expect(try await browser.post(path).status == 200)
            #expect(try await browser.get("/mandant").html.contains("Sie gehören zu keinem Mandanten"))
        }
    }
}
