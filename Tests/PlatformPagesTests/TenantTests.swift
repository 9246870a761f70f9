import Audit
import Database
import Foundation
import Kernel
import PageTestSupport
import Tenants
import TestSupport
import Testing

@Suite("Tenants on the platform's pages")
struct TenantTests {
    private static let typed = [
        ("name", "Bäckerei Kornmuster & Söhne"), ("kurzname", ""), ("region", "AT"), ("sprache", "de"),
        ("zeitzone", "Europe/Vienna"), ("anrufe", "4"), ("adresse", "berta@kornmuster.example"),
    ]

    @Test("the platform begins with its tenants, and says what to do while there are none")
    func beginning() async throws {
        try await PlatformWorld.run { world in
            #expect(try await world.browser().get("/plattform").location == "/plattform/mandanten")
            let empty = try await world.browser().get("/plattform/mandanten")
            #expect(empty.contains("Noch kein Mandant"))
            #expect(empty.contains("href=\"/plattform/mandanten/neu\""))
            #expect(!empty.contains("mandanten.csv"))
            #expect(!(try await world.browser(world.paul).get("/plattform/mandanten")).contains("mandanten/neu"))
        }
    }

    @Test("a tenant's name is shown as text, found by search, and missed by another")
    func list() async throws {
        try await PlatformWorld.run { world in
            let tenant = try await world.test.makeTenant(slug: "muster")
            _ = try await world.test.makeTenant(slug: "anderer")
            try await world.name(tenant, "<b>Muster</b> & Co")
            let page = try await world.browser().get("/plattform/mandanten?q=muster")
            #expect(page.contains("&lt;b&gt;Muster&lt;/b&gt; &amp; Co"))
            #expect(page.contains("1 Mandant</b>"))
            #expect(!page.contains("anderer"))
            #expect(try await world.browser().get("/plattform/mandanten?q=zzz").contains("Nichts gefunden"))
            let suspended = try await world.browser().get("/plattform/mandanten?status=gesperrt&sort=minuten")
            #expect(suspended.contains("Nichts gefunden"))
        }
    }

    @Test("G1: the table names formulas as text, is for operators only, and is recorded")
    func sheet() async throws {
        try await PlatformWorld.run { world in
            let tenant = try await world.test.makeTenant(slug: "muster")
            try await world.name(tenant, "=SUM(A1)")
            let sheet = try await world.browser().get("/plattform/mandanten.csv")
            #expect(sheet.contains("Name;Kurzname;Status"))
            #expect(sheet.contains("'=SUM(A1);muster;Aktiv;0;0;0;0;"))
            #expect(try await world.actions() == ["tenant.list_exported"])
            #expect(try await world.browser(world.paul).get("/plattform/mandanten.csv").status == 403)
        }
    }

    @Test("a new tenant has what was typed, its first owner is invited, and a slug is made of the name")
    func creation() async throws {
        try await PlatformWorld.run { world in
            #expect(try await world.browser().get("/plattform/mandanten/neu").status == 200)
            let made = try await world.browser().post("/plattform/mandanten/neu", Self.typed)
            #expect(made.status == 303)
            #expect(made.saying?.contains("platform.created") == true)
            let path = try #require(made.location)
            let id = try #require(path.split(separator: "/").last.flatMap { TenantID(String($0)) })
            let tenant = try #require(try await TenantBook(world.test.app).tenant(id))
            #expect(tenant.slug.value == "baeckerei-kornmuster-und-soehne")
            #expect(tenant.bounds.concurrentCalls == 4)
            #expect(try await world.test.auditActions(id) == ["tenant.created", "member.invited"])
            let page = try await world.browser().get(path)
            #expect(page.contains("Dieser Mandant hat noch niemanden, der ihn leitet."))
            #expect(page.contains("Einladung gesendet an"))
            #expect(page.contains("Olga Betrieb"))
        }
    }

    @Test("a refused form keeps what was typed and makes nothing")
    func refusedCreation() async throws {
        try await PlatformWorld.run { world in
            _ = try await world.test.makeTenant(slug: "muster")
            var fields = Self.typed
            fields[1].1 = "muster"
            let taken = try await world.browser().post("/plattform/mandanten/neu", fields)
            #expect(taken.status == 422)
            #expect(taken.contains("Diesen Kurznamen hat schon ein anderer Mandant."))
            #expect(taken.contains("value=\"Bäckerei Kornmuster &amp; Söhne\""))
            #expect(taken.contains("value=\"berta@kornmuster.example\""))
            fields[1].1 = "Muster GmbH"
            fields[5].1 = "-1"
            fields[6].1 = "berta"
            let wrong = try await world.browser().post("/plattform/mandanten/neu", fields)
            #expect(wrong.status == 422)
            #expect(wrong.contains("3 Angaben stimmen nicht"))
            #expect(wrong.contains("value=\"berta\" aria-describedby=\"adresse-hinweis adresse-fehler\""))
            #expect(try await world.browser().post("/plattform/mandanten/neu").status == 422)
            #expect(try await world.browser().get("/plattform/mandanten").contains("1 Mandant</b>"))
        }
    }

    @Test("an owner is invited again while an invitation is open, and a wrong address is told")
    func owner() async throws {
        try await PlatformWorld.run { world in
            let tenant = try await world.test.makeTenant(slug: "muster")
            let path = "/plattform/mandanten/\(tenant)/einladen"
            #expect(try await world.browser().get(path).status == 200)
            for _ in 0..<2 {
                let sent = try await world.browser().post(path, [("adresse", "Anna@muster.example")])
                #expect(sent.saying?.contains("platform.invited") == true)
            }
            #expect(try await world.test.auditActions(tenant) == ["member.invited", "member.reinvited"])
            #expect(try await world.browser().post(path, [("adresse", "x")]).status == 422)
        }
    }

    @Test("G1: bounds are changed within their limits, one line each, and shown")
    func bounds() async throws {
        try await PlatformWorld.run { world in
            let tenant = try await world.test.makeTenant(slug: "muster")
            let path = "/plattform/mandanten/\(tenant)/grenzen"
            #expect(try await world.browser().get(path).contains("value=\"1800\""))
            let wrong = try await world.browser().post(path, [("anrufe", "1001"), ("sekunden", "59")])
            #expect(wrong.status == 422)
            #expect(wrong.contains("value=\"1001\""))
            let done = try await world.browser().post(path, [("anrufe", "0"), ("sekunden", "900")])
            #expect(done.location == "/plattform/mandanten/\(tenant)")
            #expect(try await world.browser().get("/plattform/mandanten/\(tenant)").contains("15:00"))
            #expect(try await world.test.auditActions(tenant) == ["tenant.limited"])
            #expect(try await world.browser(world.paul).post(path, [("anrufe", "9")]).status == 403)
        }
    }

    @Test("G1: a tenant is renamed with one line, the slug stays, and what is no name is refused with what was typed")
    func renaming() async throws {
        try await PlatformWorld.run { world in
            let tenant = try await world.test.makeTenant(slug: "muster")
            let path = "/plattform/mandanten/\(tenant)"
            #expect(try await world.browser().get(path).contains("href=\"\(path)/name\""))
            #expect(try await world.browser().get(path + "/name").contains("value=\"muster\""))
            let missing = try await world.browser().post(path + "/name", [("name", "  ")])
            #expect(missing.status == 422 && missing.contains("Der Name fehlt."))
            let long = String(repeating: "x", count: 121)
            let refused = try await world.browser().post(path + "/name", [("name", long)])
            #expect(refused.status == 422 && refused.contains("value=\"\(long)\""))
            #expect(try await world.browser().post(path + "/name", [("name", "a\u{1B}[31m")]).status == 422)
            for _ in 1...2 {
                let done = try await world.browser().post(path + "/name", [("name", " Muster & Söhne ")])
                #expect(done.location == path)
            }
            let page = try await world.browser().get(path)
            #expect(page.contains("Muster &amp; Söhne") && page.contains("Mandant umbenannt"))
            #expect(page.contains("<span class=\"mono\">muster</span>"))
            #expect(try await world.test.auditActions(tenant) == ["tenant.renamed"])
            #expect(try await world.browser(world.paul).get(path + "/name").status == 403)
            #expect(try await world.browser(world.paul).post(path + "/name", [("name", "x")]).status == 403)
        }
    }

    @Test("suspending asks for a fresh proof and a reason, says what becomes of calls, and is undone")
    func suspension() async throws {
        try await PlatformWorld.run { world in
            let tenant = try await world.test.makeTenant(slug: "muster")
            let path = "/plattform/mandanten/\(tenant)"
            let question = try await world.browser().get(path + "/sperren")
            #expect(question.contains("muster sperren?"))
            #expect(question.contains("Zurzeit läuft kein Anruf."))
            #expect(try await world.browser().post(path + "/sperren", [("grund", " ")]).status == 422)
            world.pass(700)
            let late = try await world.browser().post(path + "/sperren", [("grund", "Rechnung offen")])
            #expect(late.location?.hasPrefix("/bestaetigen?") == true)
            #expect(try await world.test.auditActions(tenant).isEmpty)
            world.pass(-700)
            _ = try await world.browser().post(path + "/sperren", [("grund", "Rechnung offen")])
            let shown = try await world.browser().get(path)
            #expect(shown.contains("Dieser Mandant ist gesperrt."))
            #expect(shown.contains("Grund: Rechnung offen"))
            #expect(try await world.browser().get(path + "/freischalten").status == 200)
            _ = try await world.browser().post(path + "/freischalten", [("grund", "Bezahlt")])
            #expect(try await world.test.auditActions(tenant) == ["tenant.suspended", "tenant.activated"])
        }
    }

    @Test("K9: the end is asked for with the typed slug, says when, leaves destroying to the command, and is undone")
    func closing() async throws {
        try await PlatformWorld.run { world in
            let tenant = try await world.test.makeTenant(slug: "muster")
            let path = "/plattform/mandanten/\(tenant)"
            let question = try await world.browser().get(path + "/beenden")
            #expect(question.contains("voiceagent tenant close muster"))
            let wrong = try await world.browser().post(
                path + "/beenden",
                [("grund", "Gekündigt"), ("kurzname", "master")]
            )
            #expect(wrong.status == 422)
            #expect(wrong.contains(">Gekündigt</textarea>"))
            #expect(wrong.contains("value=\"master\""))
            let asked = try await world.browser().post(
                path + "/beenden",
                [("grund", "Gekündigt"), ("kurzname", "muster")]
            )
            #expect(asked.saying?.contains("platform.closing_asked") == true)
            #expect(try await world.browser().get(path).contains("Der Vertrag endet am"))
            #expect(try await world.browser().get("/plattform/mandanten?status=endet").contains("1 Mandant</b>"))
            #expect(try await world.browser().get(path + "/beenden").location == path)
            world.pass(31 * 86_400)
            let due = try await world.reading(tenant)
            #expect(due.closing.map { $0.endsAt < world.now } == true)
            world.pass(-31 * 86_400)
            #expect(try await world.browser().get(path + "/behalten").status == 200)
            _ = try await world.browser().post(path + "/behalten", [("grund", "Bleibt doch")])
            #expect(try await world.reading(tenant).closing == nil)
            #expect(
                try await world.test.auditActions(tenant) == ["tenant.closing_asked", "tenant.closing_withdrawn"]
            )
        }
    }

    @Test("A9: an id that does not exist is answered like one that is none, on every page and act")
    func unknown() async throws {
        try await PlatformWorld.run { world in
            let browser = try world.browser()
            for id in [TenantID().description, "x"] {
                let path = "/plattform/mandanten/\(id)"
                for part in [
                    "", "/name", "/grenzen", "/einladen", "/sperren", "/freischalten", "/beenden", "/behalten",
                ] {
                    #expect(try await browser.get(path + part).status == 403, "\(part)")
                    guard !part.isEmpty else { continue }
                    #expect(try await browser.post(path + part, [("grund", "Grund")]).status == 403, "\(part)")
                }
                #expect(try await world.browser(world.paul).get(path + "/ansehen").status == 403)
            }
        }
    }

    @Test("whoever does not work for the platform sees none of it")
    func outsiders() async throws {
        try await PlatformWorld.run { world in
            let tenant = try await world.test.makeTenant()
            let owner = try await world.test.makeMember(tenant, "owner", at: world.now)
            let browser = try world.browser(owner)
            for path in ["", "/mandanten", "/mandanten/\(tenant)", "/systemstatus", "/audit-protokoll"] {
                #expect(try await browser.get("/plattform" + path).status == 403)
            }
        }
    }
}

extension PlatformWorld {
    func reading(_ tenant: TenantID) async throws -> TenantStanding {
        try #require(
            try await TenantReading(test.app, time: TimeSource(now: { clock.value }, sleep: { _ in }))
                .standing(tenant, actor: .init(.operator, "test"))
        )
    }
}
