import Database
import Foundation
import Kernel
import PageTestSupport
import People
import Tenants
import TestSupport
import Testing
import Web

struct InvitationTests {
    @Test("an invitation is sent, listed with its end, sent again and revoked")
    func invites() async throws {
        try await TenantWorld.run { world in
            let browser = try world.browser()
            let sent = try await invite(browser, "Neu@Muster.example")
            #expect(sent.location == "/team" && sent.saying?.contains("neu@muster.example") == true)
            let list = try await browser.get("/team")
            #expect(list.contains("neu@muster.example") && list.contains("gültig bis"))
            let again = try #require(list.between("action=\"/team/einladungen/", "/erneut\""))
            #expect(try await browser.post("/team/einladungen/\(again)/erneut").location == "/team")
            let renewed = try #require(try await browser.get("/team").between("/team/einladungen/", "/erneut\""))
            #expect(renewed != again)
            #expect(try await browser.post("/team/einladungen/\(again)/erneut").status == 403)
            let question = try await browser.get("/team/einladungen/\(renewed)/widerrufen")
            #expect(question.contains("Einladung an neu@muster.example widerrufen?"))
            #expect(try await browser.post("/team/einladungen/\(renewed)/widerrufen").location == "/team")
            #expect(try await browser.get("/team").contains("Keine Einladung ist offen."))
            #expect(try await world.actions() == ["member.invited", "member.reinvited", "invitation.revoked"])
        }
    }

    @Test("an expired invitation says so")
    func expires() async throws {
        try await TenantWorld.run { world in
            _ = try await invite(try world.browser(), "neu@muster.example")
            world.pass(8 * 86_400)
            let later = try world.browser(try await world.member(.owner, "Dora Muster"))
            #expect(try await later.get("/team").contains("abgelaufen am"))
        }
    }

    @Test("a member is not invited again, and what was typed stays")
    func member() async throws {
        try await TenantWorld.run { world in
            let page = try await invite(try world.browser(), "ANNA@muster.example")
            #expect(page.status == 422)
            #expect(page.contains("Diese Person gehört schon zum Team."))
            #expect(page.contains("value=\"ANNA@muster.example\""))
            #expect(page.contains("aria-invalid=\"true\" aria-describedby=\"adresse-fehler\""))
            #expect(page.contains("href=\"#adresse\""))
        }
    }

    @Test("whom an invitation is open for is offered another one")
    func offersAgain() async throws {
        try await TenantWorld.run { world in
            let browser = try world.browser()
            _ = try await invite(browser, "neu@muster.example")
            let page = try await invite(browser, " NEU@muster.example ")
            #expect(page.status == 422)
            #expect(page.contains("An neu@muster.example ist bereits eine Einladung offen"))
            let id = try #require(page.between("/team/einladungen/", "/erneut"))
            #expect(try await browser.post("/team/einladungen/\(id)/erneut").location == "/team")
        }
    }

    @Test("a missing address and a missing role are both said at once, and nothing is sent")
    func incomplete() async throws {
        try await TenantWorld.run { world in
            let page = try await world.browser().post("/team/einladen", [("adresse", " ")])
            #expect(page.status == 422)
            #expect(page.contains("2 Angaben stimmen nicht"))
            let wrong = try await invite(try world.browser(), "keine adresse")
            #expect(wrong.contains("Das ist keine gültige E-Mail-Adresse."))
            #expect(try await world.actions() == [])
        }
    }

    @Test("V7.5.3: inviting an owner asks for a recent proof and keeps the address out of the way back")
    func proof() async throws {
        try await TenantWorld.run { world in
            world.pass(1_200)
            let page = try await invite(try world.browser(), "neu@muster.example", role: "owner")
            #expect(page.location?.hasPrefix("/bestaetigen") == true)
            #expect(page.location?.contains("muster.example") == false)
            #expect(try await invite(try world.browser(), "neu@muster.example", role: "editor").location == "/team")
        }
    }

    @Test("an admin touches no owner's invitation")
    func adminAndOwner() async throws {
        try await TenantWorld.run { world in
            _ = try await invite(try world.browser(), "neu@muster.example", role: "owner")
            let id = try #require(try await world.browser().get("/team").between("/team/einladungen/", "/erneut"))
            let admin = try world.browser(try await world.member(.admin, "Alois Admin"))
            #expect(try await !admin.get("/team").contains(id))
            #expect(try await admin.get("/team/einladungen/\(id)/widerrufen").status == 403)
            #expect(try await admin.post("/team/einladungen/\(id)/erneut").status == 403)
            let forced = try await invite(admin, "mehr@muster.example", role: "owner")
            #expect(forced.status == 422 && forced.contains("Dafür reicht Ihre Rolle nicht."))
        }
    }

    private func invite(_ browser: Browser, _ email: String, role: String = "editor") async throws -> ShownPage {
        try await browser.post("/team/einladen", [("adresse", email), ("rolle", role), ("sprache", "de")])
    }
}
