import Foundation
import Kernel
import PageTestSupport
import People
import Tenants
import TestSupport
import Testing

@Suite("People on the platform's pages")
struct PersonTests {
    private static let reason = ("grund", "Telefon verloren; an zwei Rechnungen erkannt")

    private func anna(_ world: PlatformWorld) async throws -> (person: MemberFixture, path: String) {
        let tenant = try await world.test.makeTenant(slug: "muster")
        let anna = try await world.test.makeMember(
            tenant,
            "admin",
            email: "anna@muster.example",
            name: "Anna <b>Beispiel</b>",
            at: world.now
        )
        try await world.test.makePasskey(anna.person, at: world.now)
        return (anna, "/plattform/personen/\(anna.person)")
    }

    @Test("people are listed, found, narrowed and taken along; what they call themselves is text")
    func list() async throws {
        try await PlatformWorld.run { world in
            let (_, path) = try await anna(world)
            let browser = try world.browser()
            let page = try await browser.get("/plattform/personen")
            #expect(page.contains("Anna &lt;b&gt;Beispiel&lt;/b&gt;") && page.contains("href=\"\(path)\""))
            #expect(page.contains("3 Personen</b>") && page.contains("Olga Betrieb"))
            #expect(page.contains("<span class=\"tag\">Support</span>"))
            let found = try await browser.get("/plattform/personen?q=muster.example&sort=anmeldung&richtung=ab")
            #expect(found.contains("1 Person</b>") && !found.contains("paul@"))
            #expect(try await browser.get("/plattform/personen?faktor=ja").contains("1 Person</b>"))
            #expect(try await browser.get("/plattform/personen?status=gesperrt").contains("Nichts gefunden"))
            let sheet = try await browser.get("/plattform/personen.csv?faktor=ja")
            #expect(sheet.contains("Name;E-Mail-Adresse;Status;Rolle auf der Plattform;Mandanten;Zweiter Faktor;"))
            #expect(sheet.contains("anna@muster.example;Aktiv;;1;eingerichtet;;"))
            #expect(try await world.actions() == ["person.list_exported"])
        }
    }

    @Test("a person's page names tenants, roles and kinds of factors, and the tenant's page leads to it")
    func person() async throws {
        try await PlatformWorld.run { world in
            let (anna, path) = try await anna(world)
            let page = try await world.browser().get(path)
            #expect(page.contains("anna@muster.example") && page.contains("Passkey") && page.contains("0 unbenutzt"))
            #expect(page.contains("Administrator") || page.contains("Administration"))
            #expect(!page.contains("Notebook"))
            #expect(page.contains("href=\"\(path)/zweiter-faktor\""))
            let tenant = try await world.test.makeTenant(slug: "zwei")
            let owner = try await world.test.makeMember(tenant, "owner", at: world.now)
            let company = try await world.browser().get("/plattform/mandanten/\(tenant)")
            #expect(company.contains("href=\"/plattform/personen/\(owner.person)\""))
            let bare = try await world.browser().get("/plattform/personen/\(owner.person)")
            #expect(bare.contains("meldet sich mit dem Passwort allein an") && !bare.contains("/zweiter-faktor"))
            #expect(anna.email == "anna@muster.example")
        }
    }

    @Test("G1: a reset asks for a fresh proof, a reason and the typed address, then takes the factors and tells it")
    func reset() async throws {
        try await PlatformWorld.run { world in
            let (anna, path) = try await anna(world)
            let browser = try world.browser()
            let question = try await browser.get(path + "/zweiter-faktor")
            #expect(question.contains("Zweiten Faktor von Anna &lt;b&gt;Beispiel&lt;/b&gt; zurücksetzen?"))
            let wrong = try await browser.post(path + "/zweiter-faktor", [Self.reason, ("adresse", "anna@muster")])
            #expect(wrong.status == 422 && wrong.contains("Das ist nicht die E-Mail-Adresse dieser Person."))
            #expect(wrong.contains("value=\"anna@muster\"") && wrong.contains(">\(Self.reason.1)</textarea>"))
            let silent = try await browser.post(path + "/zweiter-faktor", [("adresse", anna.email)])
            #expect(silent.status == 422 && silent.contains("Nennen Sie einen Grund."))
            #expect(try await world.actions().isEmpty)
            let fields = [Self.reason, ("adresse", "Anna@muster.example")]
            world.pass(700)
            let late = try await browser.post(path + "/zweiter-faktor", fields)
            #expect(late.location?.hasPrefix("/bestaetigen?") == true)
            world.pass(-700)
            let done = try await browser.post(path + "/zweiter-faktor", fields)
            #expect(done.location == path && done.saying?.contains("platform.factors_reset") == true)
            #expect(try await world.actions() == ["person.factors_reset"])
            let page = try await browser.get(path)
            #expect(page.contains("meldet sich mit dem Passwort allein an"))
            let again = try await browser.post(path + "/zweiter-faktor", fields)
            #expect(again.saying?.contains("tenants.refusal_nothing_to_reset") == true)
            #expect(try await browser.get("/plattform/audit-protokoll").contains("Zweiten Faktor zurückgesetzt"))
        }
    }

    @Test("B8: support and strangers see nobody, operators do not reset themselves, and who is not there is refused")
    func allowed() async throws {
        try await PlatformWorld.run { world in
            let (anna, path) = try await anna(world)
            for browser in [try world.browser(world.paul), try world.browser(anna)] {
                for target in ["/plattform/personen", "/plattform/personen.csv", path, path + "/zweiter-faktor"] {
                    #expect(try await browser.get(target).status == 403, "\(target)")
                }
                let fields = [Self.reason, ("adresse", anna.email)]
                #expect(try await browser.post(path + "/zweiter-faktor", fields).status == 403)
            }
            #expect(!(try await world.browser(world.paul).get("/plattform/mandanten")).contains("/plattform/personen"))
            try await world.test.makePasskey(world.olga.person)
            let own = "/plattform/personen/\(world.olga.person)"
            let page = try await world.browser().get(own)
            #expect(!page.contains(own + "/zweiter-faktor") && page.contains("href=\"/sicherheit\""))
            let fields = [Self.reason, ("adresse", world.olga.email)]
            let forced = try await world.browser().post(own + "/zweiter-faktor", fields)
            #expect(forced.saying?.contains("tenants.refusal_own_account") == true)
            for id in [PersonID().description, "x"] {
                for part in ["", "/zweiter-faktor"] {
                    #expect(try await world.browser().get("/plattform/personen/\(id)\(part)").status == 403)
                }
                let target = "/plattform/personen/\(id)/zweiter-faktor"
                #expect(try await world.browser().post(target, fields).status == 403)
            }
            #expect(try await world.actions().isEmpty)
        }
    }
}
