import Credentials
import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import PageTestSupport
import Tenants
import TestSupport
import Testing
import Web

struct KeyTests {
    @Test("B7: a key is shown once, opens what was chosen, and is never shown again")
    func shownOnce() async throws {
        try await TenantWorld.run { world in
            let browser = try world.browser()
            #expect(try await browser.get("/api-schluessel").contains("Noch keine API-Schlüssel"))
            let page = try await create(browser)
            #expect(page.status == 200)
            let key = try shownKey(page)
            #expect(
                page.contains(
                    "curl -H &quot;Authorization: Bearer \(key)&quot; https://voiceagent.example/api/v1/calls"
                )
            )
            #expect(page.response.headers[.cacheControl] == "no-store")
            let identity = try #require(try await world.keys.authenticate(key))
            #expect(identity.scopes == [.callsRead])
            let list = try await browser.get("/api-schluessel")
            #expect(list.contains("Auswertung") && list.contains("Anrufe lesen") && !list.contains(key))
            #expect(list.contains(identity.prefix))
            #expect(try await world.actions() == ["key.created"])
        }
    }

    @Test("a key runs until the end of the day that the page names")
    func expiry() async throws {
        try await TenantWorld.run { world in
            _ = try await create(try world.browser(), days: "30")
            let line = try #require(try await world.keys.list(world.tenant).first)
            let left = try #require(line.expiresAt).timeIntervalSince(world.now)
            #expect(left > 30 * 86_400 - 3_601 && left < 31 * 86_400 + 3_601)
            _ = try await create(try world.browser(), days: "nie")
            #expect(try await world.keys.list(world.tenant).contains { $0.expiresAt == nil })
        }
    }

    @Test("a key without name or permission is refused at once, and what was chosen stays")
    func incomplete() async throws {
        try await TenantWorld.run { world in
            let page = try await world.browser().post(
                "/api-schluessel/neu",
                [("name", ""), ("recht", "audit.read"), ("recht", "tenant.close"), ("ablauf", "365")]
            )
            #expect(page.status == 422)
            #expect(page.contains("value=\"audit.read\" checked"))
            #expect(page.contains("value=\"365\" checked"))
            let none = try await world.browser().post("/api-schluessel/neu", [("name", "Leer")])
            #expect(none.status == 422 && none.contains("Wählen Sie mindestens eine Berechtigung."))
            let beyond = try await world.browser().post(
                "/api-schluessel/neu",
                [("name", "Zu viel"), ("recht", "tenant.close")]
            )
            #expect(beyond.status == 422)
            #expect(try await world.actions() == [])
        }
    }

    @Test("V7.5.3: making a key asks for a recent proof before anything is typed")
    func proof() async throws {
        try await TenantWorld.run { world in
            world.pass(601)
            let browser = try world.browser()
            let form = try await browser.get("/api-schluessel/neu")
            let sent = try await create(browser)
            for page in [form, sent] { #expect(page.location?.hasPrefix("/bestaetigen") == true) }
        }
    }

    @Test("revoking names when the key was last used; afterwards it opens nothing and is shown as revoked")
    func revokes() async throws {
        try await TenantWorld.run { world in
            let browser = try world.browser()
            let key = try shownKey(try await create(browser))
            let id = try #require(try await world.keys.list(world.tenant).first).id
            let unused = try await browser.get("/api-schluessel/\(id)/widerrufen")
            #expect(unused.contains("Der Schlüssel wurde noch nie verwendet."))
            _ = try await world.keys.authenticate(key)
            #expect(try await browser.get("/api-schluessel/\(id)/widerrufen").contains("Zuletzt verwendet: "))
            #expect(try await browser.post("/api-schluessel/\(id)/widerrufen").location == "/api-schluessel")
            #expect(try await world.keys.authenticate(key) == nil)
            #expect(try await browser.get("/api-schluessel?status=widerrufen").contains("Auswertung"))
            #expect(try await browser.get("/api-schluessel?status=gueltig").contains("Nichts gefunden"))
            #expect(try await browser.post("/api-schluessel/\(id)/widerrufen").status == 403)
            #expect(try await browser.get("/api-schluessel/\(APIKeyID())/widerrufen").status == 403)
        }
    }

    @Test("B8: an editor sees no keys; the table of keys holds none either")
    func sheet() async throws {
        try await TenantWorld.run { world in
            let key = try shownKey(try await create(try world.browser()))
            let sheet = try await world.browser().get("/api-schluessel.csv")
            #expect(sheet.contains("Auswertung;") && !sheet.contains(key))
            let editor = try world.browser(try await world.member(.editor, "Berta Probe"))
            #expect(try await editor.get("/api-schluessel").status == 403)
            #expect(try await editor.post("/api-schluessel/neu").status == 403)
        }
    }

    private func shownKey(_ page: ShownPage) throws -> String {
        try #require(page.between("id=\"schluessel\" aria-labelledby=\"schluessel-name\">", "<"))
    }

    private func create(_ browser: Browser, days: String = "90") async throws -> ShownPage {
        try await browser.post(
            "/api-schluessel/neu",
            [("name", "Auswertung"), ("recht", "calls.read"), ("ablauf", days)]
        )
    }
}
