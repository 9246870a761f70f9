import Audit
import Database
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Kernel
import Localization
import PageParts
import PageTestSupport
import People
import Tenants
import TestSupport
import Testing
import Web

@testable import TenantPages

struct AuditLogTests {
    @Test("the log says in words who did what, and shows before and after")
    func words() async throws {
        try await TenantWorld.run { world in
            let berta = try await world.member(.viewer, "Berta Probe")
            let browser = try world.browser()
            _ = try await browser.post("/team/\(berta.person)/rolle", [("rolle", "editor")])
            let page = try await browser.get("/audit-protokoll")
            #expect(page.contains("Anna Beispiel"))
            #expect(page.contains("Rolle geändert: <span class=\"audit__object\">Berta Probe</span>"))
            #expect(page.contains("<del>Rolle: Leser/in</del>") && page.contains("<ins>Rolle: Bearbeiter/in</ins>"))
            #expect(page.contains("192.0.2.0/24"))
            #expect(page.contains("1 Eintrag"))
        }
    }

    @Test("G5: whoever has left keeps a name until it is erased, and is a deleted person afterwards")
    func gone() async throws {
        try await TenantWorld.run { world in
            let berta = try await world.member(.admin, "Berta Probe")
            _ = try await world.browser(berta).post(
                "/team/einladen",
                [("adresse", "x@y.example"), ("rolle", "viewer")]
            )
            _ = try await world.browser().post("/team/\(berta.person)/entfernen")
            let cell = "audit__who m-aside\">Berta Probe"
            #expect(try await world.browser().get("/audit-protokoll").contains(cell))
            try await world.test.app.withTenant(world.tenant) { transaction in
                _ = try transaction.execute(
                    "UPDATE audit_detail SET body = NULL, erased_at = clock_timestamp()"
                )
            }
            let page = try await world.browser().get("/audit-protokoll")
            #expect(!page.contains("Berta Probe") && page.contains("gelöschte Person"))
        }
    }

    @Test("support is named with what it gave as its reason")
    func support() async throws {
        try await TenantWorld.run { world in
            _ = try await world.lookIn(reason: "Ticket 2231: Übergabe bricht ab")
            let page = try await world.browser().get("/audit-protokoll?bereich=support")
            #expect(page.contains("Support-Einsicht begonnen") && page.contains("Grund: Ticket 2231"))
            #expect(page.contains("Paul Vorlage<span class=\"table__sub\">Support</span>"))
        }
    }

    @Test("search, area, person and period narrow the log")
    func narrows() async throws {
        try await TenantWorld.run { world in
            let berta = try await world.member(.viewer, "Berta Probe")
            let browser = try world.browser()
            _ = try await browser.post("/team/\(berta.person)/rolle", [("rolle", "editor")])
            _ = try await browser.post("/team/einladen", [("adresse", "x@y.example"), ("rolle", "viewer")])
            let found = try await browser.get("/audit-protokoll?q=y.example")
            #expect(found.contains("Einladung gesendet") && !found.contains("Rolle geändert"))
            #expect(try await browser.get("/audit-protokoll?bereich=flow").contains("Nichts gefunden"))
            let byPerson = try await browser.get("/audit-protokoll?person=\(berta.person)")
            #expect(byPerson.contains("Nichts gefunden"))
            world.pass(40 * 86_400)
            let later = try world.browser(try await world.member(.owner, "Dora Muster"))
            #expect(try await later.get("/audit-protokoll").contains("Nichts gefunden"))
            #expect(try await later.get("/audit-protokoll?zeitraum=all").contains("Einladung gesendet"))
        }
    }

    @Test("a long log is read on from where the page before ended")
    func pages() async throws {
        try await TenantWorld.run { world in
            let tenants = TenantBook(world.test.app)
            for number in 0..<30 {
                let settings = TenantSettings(model: "m\(number)")
                try await tenants.change(world.tenant, to: settings, actor: AuditActor(.system, "job:test"))
            }
            let browser = try world.browser()
            let first = try await browser.get("/audit-protokoll")
            #expect(first.contains("30 Einträge") && first.contains("Modell: m29") && !first.contains("Modell: m3<"))
            let older = try #require(first.between("<a class=\"btn btn--sm\" href=\"", "\" rel=\"next\""))
            let second = try await browser.get(older.replacing("&amp;", with: "&"))
            #expect(second.contains("Modell: m3<") && !second.contains("Modell: m29"))
            #expect(second.contains("Zu den neuesten") && !second.contains("rel=\"next\""))
        }
    }

    @Test("G6: the exported log verifies, and its last entry is the export")
    func exports() async throws {
        try await TenantWorld.run { world in
            let browser = try world.browser()
            _ = try await browser.post("/team/einladen", [("adresse", "x@y.example"), ("rolle", "viewer")])
            let page = try await browser.get("/audit-protokoll.jsonl")
            #expect(page.status == 200)
            let disposition = page.response.headers[.contentDisposition] ?? ""
            #expect(disposition.contains("audit-muster-") && disposition.hasSuffix(".jsonl\""))
            var verifier = AuditExportVerifier(anchors: [], publicKeys: [])
            for line in page.text.split(separator: "\n") { verifier.take(Data(line.utf8)) }
            guard case .intact = verifier.finish() else {
                Issue.record("\(verifier.finish())")
                return
            }
            #expect(try await world.actions() == ["member.invited", "audit.exported"])
            #expect(try await browser.get("/audit-protokoll.csv").contains("member.invited"))
            #expect(try await browser.get("/audit-protokoll/verify.py").text == "print('verified')\n")
        }
    }

    @Test("B8: support reads the log and exports nothing; a viewer does not even read it")
    func roles() async throws {
        try await TenantWorld.run { world in
            let (staff, _) = try await world.lookIn(reason: "Ticket 2231: Übergabe")
            let support = try world.browser(staff)
            let page = try await support.get("/audit-protokoll")
            #expect(page.status == 200 && !page.contains("audit-protokoll.jsonl"))
            #expect(try await support.get("/audit-protokoll.jsonl").status == 403)
            let viewer = try world.browser(try await world.member(.viewer, "Carl Muster"))
            #expect(try await viewer.get("/audit-protokoll").status == 403)
        }
    }

    @Test("an action without a text keeps its code, and what it holds is escaped")
    func unknown() async throws {
        try await TenantWorld.run { world in
            try await world.test.app.withTenant(world.tenant) { transaction in
                _ = try AuditTrail.record(
                    AuditEntry(
                        actor: AuditActor(.apiKey, "va_live_abcd"),
                        action: "thing.happened",
                        object: AuditObject("thing", "1234567890"),
                        after: ["note": .text("<script>alert(1)</script>"), "on": .bool(true)]
                    ),
                    in: transaction
                )
            }
            let page = try await world.browser().get("/audit-protokoll")
            #expect(page.contains("<span class=\"mono\">thing.happened</span>"))
            #expect(page.contains("note: &lt;script&gt;") && !page.contains("<script>alert"))
            #expect(page.contains("on: ja"))
        }
    }

    @Test("the areas of the filter cover every action of a tenant's chain")
    func everyActionHasAnArea() throws {
        let ofThePlatform = ["platform.", "platform_member.", "access."]
        for action in try RecordedActions.read().keys where !ofThePlatform.contains(where: action.hasPrefix) {
            #expect(AuditController.areas.contains { action.hasPrefix($0.prefix ?? "") }, "\(action) is in no area")
        }
    }
}
