import Foundation
import Kernel
import Localization
import PageTestSupport
import Tenants
import TestSupport
import Testing
import Web

struct SettingsTests {
    private static let valid = [
        ("firma", "Muster"), ("region", "DE"), ("sprache", "en"), ("zeitzone", "Europe/Berlin"), ("land", "AT"),
        ("land", "DE"),
        ("ueberlauf", "0664 0000990"), ("modell", "mistral"), ("modellname", "large"),
    ]

    @Test("settings are stored as they were chosen and recorded once")
    func stores() async throws {
        try await TenantWorld.run { world in
            let fields = Self.valid.filter { $0.0 != "region" } + [("region", "AT")]
            let page = try await world.browser().post("/einstellungen", fields)
            #expect(page.location == "/einstellungen")
            let settings = try #require(try await TenantBook(world.test.app).tenant(world.tenant)).settings
            #expect(settings.language == .en && settings.timeZone == "Europe/Berlin")
            #expect(settings.allowedCountries == ["AT", "DE"])
            #expect(settings.overflow?.value == "+436640000990")
            #expect(settings.modelEntry == "mistral" && settings.model == "large")
            #expect(try await world.actions() == ["tenant.changed"])
            let again = try await world.browser().get("/einstellungen")
            #expect(again.contains("<option value=\"Europe/Berlin\" selected>Berlin</option>"))
            #expect(again.contains("value=\"AT\" checked") && !again.contains("value=\"CH\" checked"))
        }
    }

    @Test(
        "an overflow number that cannot be one is refused in German and stays in its field",
        arguments: [
            ("0664 ABC", "Die Angabe enthält Buchstaben."), ("133", "Notrufnummer"),
            ("+39 06 6982", "In dieses Land darf nicht übergeben werden."),
        ]
    )
    func overflow(typed: String, refusal: String) async throws {
        try await TenantWorld.run { world in
            var fields = Self.valid.filter { $0.0 != "ueberlauf" && $0.0 != "region" }
            fields += [("ueberlauf", typed), ("region", "AT")]
            let page = try await world.browser().post("/einstellungen", fields)
            #expect(page.status == 422)
            #expect(page.contains(refusal))
            #expect(page.contains("value=\"\(typed)\""))
            #expect(try await world.actions() == [])
        }
    }

    @Test("the tenant's own number is no overflow: the call would come back")
    func ownNumber() async throws {
        try await TenantWorld.run { world in
            let own = try #require(E164("+4316660000"))
            let flow = try await world.test.makeLiveFlow(world.tenant)
            _ = try await world.test.makeNumber(world.tenant, own, flow: flow.flow)
            var fields = Self.valid.filter { $0.0 != "ueberlauf" }
            fields.append(("ueberlauf", own.value))
            let page = try await world.browser().post("/einstellungen", fields)
            #expect(page.status == 422 && page.contains("eigene Nummer"))
        }
    }

    @Test("values that were never offered are refused")
    func unoffered() async throws {
        try await TenantWorld.run { world in
            let page = try await world.browser().post(
                "/einstellungen",
                [
                    ("firma", "Muster"), ("region", "XX"), ("sprache", "fr"), ("zeitzone", "Mars/Olympus"),
                    ("land", "KP"),
                    ("modell", "https://boese.example"),
                ]
            )
            #expect(page.status == 422)
            #expect(page.contains("5 Angaben stimmen nicht"))
            #expect(try await world.actions() == [])
        }
    }

    @Test("25, F5: the model key is written, said to be there, never shown, and removed")
    func modelKey() async throws {
        try await TenantWorld.run { world in
            let browser = try world.browser()
            #expect(try await browser.get("/einstellungen").contains("Kein eigener Schlüssel hinterlegt."))
            let wrong = try await browser.post("/einstellungen/modell-schluessel", [("schluessel", "kurz")])
            #expect(wrong.status == 422 && !wrong.contains("kurz\""))
            let stored = try await browser.post(
                "/einstellungen/modell-schluessel",
                [("schluessel", "sk-geheim-12345")]
            )
            #expect(stored.status == 303)
            for path in ["/einstellungen", "/einstellungen/modell-schluessel", "/audit-protokoll"] {
                #expect(try await !browser.get(path).contains("sk-geheim"))
            }
            #expect(try await browser.get("/einstellungen").contains("hinterlegt seit"))
            let question = try await browser.get("/einstellungen/modell-schluessel/entfernen")
            #expect(question.contains("Modellschlüssel entfernen?"))
            #expect(try await browser.post("/einstellungen/modell-schluessel/entfernen").status == 303)
            #expect(try await browser.get("/einstellungen/modell-schluessel/entfernen").status == 403)
            #expect(try await world.actions() == ["model_key.stored", "model_key.removed"])
        }
    }

    @Test("B8: whoever only reads sees the values, no form, and cannot send one")
    func reader() async throws {
        try await TenantWorld.run { world in
            let viewer = try world.browser(try await world.member(.viewer, "Carl Muster"))
            let page = try await viewer.get("/einstellungen")
            #expect(page.status == 200 && page.contains("Europe/Vienna") || page.contains("Wien"))
            #expect(!page.contains("<form class=\"settings\"") && !page.contains("Vertrag beenden"))
            #expect(try await viewer.post("/einstellungen", Self.valid).status == 403)
            #expect(try await viewer.get("/einstellungen/beenden").status == 403)
        }
    }

    @Test("G1: the company's name is changed by whoever may change settings, and stands on the next page")
    func name() async throws {
        try await TenantWorld.run { world in
            let admin = try world.browser(try await world.member(.admin, "Alois Admin"))
            let fields = Self.valid.filter { !["firma", "region"].contains($0.0) } + [("region", "AT")]
            let saved = try await admin.post("/einstellungen", fields + [("firma", "  Praxis <Donau> & Co ")])
            #expect(saved.location == "/einstellungen")
            let tenant = try #require(try await TenantBook(world.test.app).tenant(world.tenant))
            #expect(tenant.name == "Praxis <Donau> & Co" && tenant.slug.value == "muster")
            let page = try await world.browser().get("/team")
            #expect(page.contains("<b>Praxis &lt;Donau&gt; &amp; Co</b>"))
            #expect(try await world.actions() == ["tenant.changed"])
            let log = try await world.browser().get("/audit-protokoll")
            #expect(log.contains("Name: muster") && log.contains("Name: Praxis &lt;Donau&gt; &amp; Co"))
        }
    }

    @Test(
        "a name that is none is refused, stays in its field, and changes nothing else",
        arguments: ["", "   ", "a\u{7}b", "a\nb", "a\u{202E}b", String(repeating: "x", count: 121)]
    )
    func malformedName(typed: String) async throws {
        try await TenantWorld.run { world in
            let fields = Self.valid.filter { !["firma", "region"].contains($0.0) } + [("region", "AT")]
            let page = try await world.browser().post("/einstellungen", fields + [("firma", typed)])
            #expect(page.status == 422)
            #expect(page.contains("href=\"#firma\"") && page.contains("aria-invalid=\"true\""))
            #expect(try await world.actions() == [])
        }
    }

    @Test("support's look is listed with its reason, and an owner ends it")
    func support() async throws {
        try await TenantWorld.run { world in
            #expect(try await world.browser().get("/einstellungen").contains("Bisher hat niemand"))
            let (staff, access) = try await world.lookIn(reason: "Ticket 2231: Übergabe bricht ab")
            let page = try await world.browser().get("/einstellungen")
            #expect(page.contains("Paul Vorlage") && page.contains("Ticket 2231") && page.contains("Jetzt beenden"))
            let support = try world.browser(staff)
            let seen = try await support.get("/einstellungen")
            #expect(seen.status == 200 && !seen.contains("Jetzt beenden"))
            #expect(try await support.get("/team/verlassen").status == 403)
            let ended = try await world.browser().post("/einstellungen/support/\(access.id)/beenden")
            #expect(ended.saying?.contains("tenant.support_ended") == true)
            let twice = try await world.browser().post("/einstellungen/support/\(access.id)/beenden")
            #expect(twice.saying?.contains("tenant.support_was_over") == true)
            #expect(try await support.get("/einstellungen").status == 303)
        }
    }

    @Test("B8: an admin ends support's look like an owner, an editor sees it and cannot")
    func supportAndAdmins() async throws {
        try await TenantWorld.run { world in
            let (staff, access) = try await world.lookIn(reason: "Ticket 2231: Übergabe bricht ab")
            let end = "/einstellungen/support/\(access.id)/beenden"
            let editor = try world.browser(try await world.member(.editor, "Berta Probe"))
            let seen = try await editor.get("/einstellungen")
            #expect(seen.contains("Paul Vorlage") && !seen.contains(end))
            #expect(try await editor.post(end).status == 403)
            let admin = try world.browser(try await world.member(.admin, "Alois Admin"))
            #expect(try await admin.get("/einstellungen").contains(end))
            #expect(try await admin.post(end).saying?.contains("tenant.support_ended") == true)
            #expect(try await world.browser(staff).get("/einstellungen").status == 303)
            #expect(try await world.actions() == ["support.started", "support.ended"])
        }
    }
}
