import Foundation
import HummingbirdCore
import Kernel
import PageTestSupport
import People
import Tenants
import TestSupport
import Testing
import Web

@testable import TenantPages

struct TeamTests {
    @Test("the team lists everybody with role and escapes what they call themselves")
    func lists() async throws {
        try await TenantWorld.run { world in
            _ = try await world.member(.editor, "Berta <b>Probe</b>", email: "berta@muster.example")
            let page = try await world.browser().get("/team")
            #expect(page.status == 200)
            #expect(page.contains("Anna Beispiel"))
            #expect(page.contains("Berta &lt;b&gt;Probe&lt;/b&gt;"))
            #expect(page.contains("berta@muster.example"))
            #expect(page.contains("Bearbeiter/in"))
            #expect(page.contains("2 Personen"))
        }
    }

    @Test("search and the filter for a role narrow the team; nothing found differs from everybody")
    func narrows() async throws {
        try await TenantWorld.run { world in
            _ = try await world.member(.editor, "Bérta Probe")
            _ = try await world.member(.viewer, "Carl Muster")
            let browser = try world.browser()
            let found = try await browser.get("/team?q=berta")
            #expect(found.contains("Bérta Probe") && !found.contains("Carl Muster"))
            let viewers = try await browser.get("/team?rolle=viewer")
            #expect(viewers.contains("Carl Muster") && !viewers.contains("Bérta Probe"))
            let nobody = try await browser.get("/team?q=niemand")
            #expect(nobody.contains("Nichts gefunden"))
        }
    }

    @Test("the team is sorted by the column that was chosen")
    func sorts() async throws {
        try await TenantWorld.run { world in
            _ = try await world.member(.viewer, "Zora Muster")
            _ = try await world.member(.admin, "Ägid Muster")
            let browser = try world.browser()
            let down = try await browser.get("/team.csv?sort=name&richtung=ab").text
            let names = down.split(separator: "\r\n").dropFirst().compactMap { $0.split(separator: ";").first }
            #expect(names == ["Zora Muster", "Anna Beispiel", "Ägid Muster"])
            let byRole = try await browser.get("/team.csv?sort=rolle&richtung=auf").text
            #expect(byRole.split(separator: "\r\n").dropFirst().first?.hasPrefix("Anna Beispiel") == true)
        }
    }

    @Test("B8: the table of the team is not for those who only read, and holds no formula")
    func sheet() async throws {
        try await TenantWorld.run { world in
            let viewer = try await world.member(.viewer, "=1+1")
            #expect(try await world.browser(viewer).get("/team").status == 200)
            #expect(try await world.browser(viewer).get("/team.csv").status == 403)
            let sheet = try await world.browser().get("/team.csv")
            #expect(sheet.type == "text/csv; charset=utf-8")
            #expect(sheet.contains("'=1+1;"))
        }
    }

    @Test("an admin sees no way to touch an owner, and finds none by hand")
    func adminsAndOwners() async throws {
        try await TenantWorld.run { world in
            let admin = try await world.member(.admin, "Alois Admin")
            let browser = try world.browser(admin)
            let page = try await browser.get("/team")
            #expect(!page.contains("/team/\(world.owner.person)/"))
            #expect(try await browser.get("/team/\(world.owner.person)/rolle").status == 403)
            #expect(try await browser.post("/team/\(world.owner.person)/entfernen").status == 403)
            let invite = try await browser.get("/team/einladen")
            #expect(!invite.contains("value=\"owner\"") && invite.contains("value=\"admin\""))
            let forced = try await browser.post(
                "/team/\(admin.person)/rolle",
                [("rolle", "owner")]
            )
            #expect(forced.status == 422)
            #expect(try await world.actions() == [])
        }
    }

    @Test("a changed role is stored, said and recorded")
    func changesRole() async throws {
        try await TenantWorld.run { world in
            let berta = try await world.member(.viewer, "Berta Probe")
            let browser = try world.browser()
            let form = try await browser.get("/team/\(berta.person)/rolle")
            #expect(form.contains("value=\"viewer\" required checked"))
            let done = try await browser.post("/team/\(berta.person)/rolle", [("rolle", "editor")])
            #expect(done.status == 303 && done.location == "/team")
            #expect(done.saying?.contains("Berta Probe") == true)
            #expect(try await world.actions() == ["member.role_changed"])
        }
    }

    @Test("V7.5.3: making an admin and removing somebody ask for a recent proof, and lead back to what was chosen")
    func needsProof() async throws {
        try await TenantWorld.run { world in
            let berta = try await world.member(.viewer, "Berta Probe")
            world.pass(1_200)
            let browser = try world.browser()
            let asked = try await browser.post("/team/\(berta.person)/rolle", [("rolle", "admin")])
            #expect(asked.status == 303)
            #expect(asked.location?.hasPrefix("/bestaetigen?weiter=") == true)
            #expect(asked.location?.contains("rolle%3Dadmin") == true)
            let removal = try await browser.get("/team/\(berta.person)/entfernen")
            #expect(removal.location?.hasPrefix("/bestaetigen") == true)
            let harmless = try await browser.post("/team/\(berta.person)/rolle", [("rolle", "agent")])
            #expect(harmless.location == "/team")
            let again = try await browser.get("/team/\(berta.person)/rolle?rolle=admin")
            #expect(again.contains("value=\"admin\" required checked"))
        }
    }

    @Test("the last owner can neither be removed, nor leave, nor become something else, and is told why")
    func lastOwner() async throws {
        try await TenantWorld.run { world in
            let browser = try world.browser()
            let person = world.owner.person
            let removal = try await browser.get("/team/\(person)/entfernen")
            #expect(removal.contains("einzige Person") && !removal.contains("btn--danger\""))
            #expect(try await browser.post("/team/\(person)/entfernen").status == 422)
            let role = try await browser.post("/team/\(person)/rolle", [("rolle", "viewer")])
            #expect(role.status == 422 && role.contains("einzige Person"))
            let leaving = try await browser.get("/team/verlassen")
            #expect(leaving.contains("einzige Person"))
            #expect(try await browser.post("/team/verlassen").status == 422)
            #expect(try await world.actions() == [])
        }
    }

    @Test("removing names what is lost; the one who was removed stands nowhere afterwards")
    func removes() async throws {
        try await TenantWorld.run { world in
            let berta = try await world.member(.editor, "Berta Probe", email: "berta@muster.example")
            let browser = try world.browser()
            let question = try await browser.get("/team/\(berta.person)/entfernen")
            #expect(question.contains("Berta Probe aus dem Team entfernen?"))
            #expect(question.contains("Der Zugang endet sofort"))
            let done = try await browser.post("/team/\(berta.person)/entfernen")
            #expect(done.location == "/team")
            #expect(try await world.browser(berta).get("/team").location == "/mandant")
            #expect(try await browser.get("/team/\(berta.person)/entfernen").status == 403)
            #expect(try await world.actions() == ["member.removed"])
        }
    }

    @Test("whoever is no last owner leaves by themselves")
    func leaves() async throws {
        try await TenantWorld.run { world in
            let berta = try await world.member(.viewer, "Berta Probe")
            let browser = try world.browser(berta)
            #expect(try await browser.get("/team/verlassen").contains("Das Team von muster verlassen?"))
            #expect(try await browser.post("/team/verlassen").location == "/mandant")
            #expect(try await world.actions() == ["member.left"])
        }
    }

    @Test("A9: people of other tenants and nobody at all get one answer")
    func foreign() async throws {
        try await TenantWorld.run { world in
            let other = try await world.test.makeTenant()
            let stranger = try await world.test.makeMember(other, "owner", at: world.now)
            let browser = try world.browser()
            let foreign = try await browser.get("/team/\(stranger.person)/rolle")
            let nobody = try await browser.get("/team/\(PersonID())/rolle")
            let nonsense = try await browser.get("/team/unfug/rolle")
            #expect(foreign.status == 403 && foreign.bytes == nobody.bytes && nobody.bytes == nonsense.bytes)
        }
    }
}
