import Foundation
import Kernel
import PageTestSupport
import Tenants
import TestSupport
import Testing

@Suite("The second factor on a tenant's pages")
struct SecondFactorTests {
    private static let path = "/einstellungen/zweiter-faktor"

    @Test("an owner demands a second factor, members without one are led away, and it is left free again")
    func life() async throws {
        try await TenantWorld.run { world in
            try await world.test.makePasskey(world.owner.person)
            let berta = try world.browser(try await world.member(.editor, "Berta Probe"))
            let owner = try world.browser()
            let before = try await owner.get("/einstellungen")
            #expect(before.contains("Ein zweiter Faktor ist freiwillig.") && before.contains("href=\"\(Self.path)\""))
            let question = try await owner.get(Self.path)
            #expect(question.contains("Von allen einen zweiten Faktor verlangen?"))
            #expect(question.contains("1 Person im Team hat noch keinen zweiten Faktor."))
            #expect(try await berta.get("/team").status == 200)
            let demanded = try await owner.post(Self.path)
            #expect(demanded.location == "/einstellungen#anmeldung")
            #expect(demanded.saying?.contains("tenant.factor_demanded") == true)
            #expect(try await berta.get("/team").location == "/sicherheit/einrichten?weiter=%2Fteam")
            #expect(try await berta.post("/team/verlassen").location == "/sicherheit/einrichten")
            let after = try await owner.get("/einstellungen")
            #expect(after.contains("Zweiter Faktor ist Pflicht") && after.contains(Self.path + "/aufheben"))
            #expect(try await owner.get(Self.path).location == "/einstellungen#anmeldung")
            #expect(try await owner.get(Self.path + "/aufheben").contains("Pflicht aufheben"))
            #expect(try await owner.post(Self.path + "/aufheben").saying?.contains("tenant.factor_freed") == true)
            #expect(try await berta.get("/team").status == 200)
            #expect(try await owner.get(Self.path + "/aufheben").location == "/einstellungen#anmeldung")
            let expected = ["tenant.second_factor_demanded", "tenant.second_factor_left_free"]
            #expect(try await world.actions() == expected)
            #expect(try await owner.get("/audit-protokoll").contains("Zweiten Faktor zur Pflicht gemacht"))
        }
    }

    @Test("an owner without a factor is told to set one up, and cannot demand one by hand")
    func ownFactorFirst() async throws {
        try await TenantWorld.run { world in
            let owner = try world.browser()
            let page = try await owner.get(Self.path)
            #expect(page.status == 200 && page.contains("Sie haben selbst noch keinen zweiten Faktor."))
            #expect(page.contains("href=\"/sicherheit/einrichten?weiter=%2Feinstellungen%2Fzweiter-faktor\""))
            #expect(!page.contains("<form method=\"post\" action=\"\(Self.path)\""))
            let forced = try await owner.post(Self.path)
            #expect(forced.status == 422 && forced.contains("Sie haben selbst noch keinen zweiten Faktor."))
            #expect(try await world.actions() == [])
        }
    }

    @Test("B8: both acts ask for a fresh proof and are for owners alone; others see how it stands")
    func allowed() async throws {
        try await TenantWorld.run { world in
            try await world.test.makePasskey(world.owner.person)
            let admin = try world.browser(try await world.member(.admin, "Alois Admin"))
            let page = try await admin.get("/einstellungen")
            #expect(page.contains("Ein zweiter Faktor ist freiwillig.") && !page.contains(Self.path))
            for path in [Self.path, Self.path + "/aufheben"] {
                #expect(try await admin.get(path).status == 403)
                #expect(try await admin.post(path).status == 403)
            }
            world.pass(700)
            for path in [Self.path, Self.path + "/aufheben"] {
                let asked = try await world.browser().get(path)
                #expect(asked.location?.hasPrefix("/bestaetigen?") == true)
                #expect(try await world.browser().post(path).location?.hasPrefix("/bestaetigen?") == true)
            }
            #expect(try await world.actions() == [])
        }
    }

    @Test("who has a second factor is said to those who manage members, and to nobody else")
    func team() async throws {
        try await TenantWorld.run { world in
            try await world.test.makePasskey(world.owner.person)
            let viewer = try world.browser(try await world.member(.viewer, "Carl Muster"))
            let page = try await world.browser().get("/team?sort=faktor&richtung=ab")
            #expect(page.contains(">Zweiter Faktor") && page.contains("eingerichtet</span>"))
            #expect(page.contains("fehlt</span>"))
            let without = try await world.browser().get("/team?faktor=nein")
            #expect(without.contains("Carl Muster") && !without.contains("anna@muster.example"))
            let sheet = try await world.browser().get("/team.csv")
            #expect(sheet.contains(";Zweiter Faktor\r\n"))
            #expect(
                sheet.text.split(separator: "\r\n").contains { $0.hasPrefix("Anna") && $0.hasSuffix(";eingerichtet") }
            )
            for path in ["/team", "/team?faktor=nein", "/team?sort=faktor"] {
                let seen = try await viewer.get(path)
                #expect(
                    !seen.contains("Zweiter Faktor") && seen.contains("Anna Beispiel") && seen.contains("Carl Muster")
                )
            }
        }
    }
}
