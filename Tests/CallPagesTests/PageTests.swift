import Audit
import Calls
import Database
import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Localization
import People
import Synchronization
import Tenants
import TestSupport
import Testing
import Web

@testable import CallPages
@testable import Site

struct PageTests {
    private func reading(_ database: TestDatabase) -> CallReading {
        CallReading(database.app, time: PagesFixture.time)
    }

    private func list(
        _ database: TestDatabase,
        as visitor: Visitor,
        _ target: String = "/anrufe",
        export: Bool = false
    ) async throws -> (status: HTTPResponse.Status, text: String) {
        let pages = PagesFixture()
        let reading = reading(database)
        let response = try await pages.ask(export ? .callsExport : .calls, as: visitor, target: target) { book in
            CallListController(reading, exports: CallExports(database.app, reading: reading)).bind(into: &book)
        }
        let text = try await response.text()
        #expect(pages.missing.withLock { $0 } == [])
        return (response.status, text)
    }

    private func detail(
        _ database: TestDatabase,
        as visitor: Visitor,
        _ id: String
    ) async throws -> (status: HTTPResponse.Status, text: String) {
        let pages = PagesFixture()
        let reading = reading(database)
        let response = try await pages.ask(
            .call,
            as: visitor,
            target: "/anrufe/\(id)",
            parameters: ["id": id]
        ) { book in
            CallDetailController(reading).bind(into: &book)
        }
        let text = try await response.text()
        #expect(pages.missing.withLock { $0 } == [])
        return (response.status, text)
    }

    private func overview(
        _ database: TestDatabase,
        as visitor: Visitor,
        _ target: String = "/uebersicht"
    ) async throws -> String {
        let pages = PagesFixture()
        let reading = reading(database)
        let response = try await pages.ask(.overview, as: visitor, target: target) { book in
            OverviewController(reading).bind(into: &book)
        }
        #expect(response.status == .ok)
        let text = try await response.text()
        #expect(pages.missing.withLock { $0 } == [])
        return text
    }

    // MARK: The list

    @Test("F: the list shows callers, courses and results, and says what narrows it")
    func listed() async throws {
        try await withTestDatabase { database in
            let calls = try await CallsFixture(database)
            let day = try await calls.day()
            let visitor = try PagesFixture.visitor(tenant: calls.tenant)
            let (status, page) = try await list(database, as: visitor)
            try PagesFixture.keep(page, as: "anrufe")
            #expect(status == .ok)
            #expect(page.contains("<b>22 Anrufe</b>, 16.11. bis 22.11.2026"))
            #expect(page.contains("+43 664 0000412"))
            #expect(page.contains("An Ordination übergeben"))
            #expect(page.contains("Während der Begrüßung aufgelegt"))
            #expect(page.contains("Alle Leitungen waren belegt"))
            #expect(page.contains("/anrufe/\(day.handedOver)"))
            #expect(page.contains("Terminannahme <span class=\"tag\">v1</span>"))

            let failed = try await list(database, as: visitor, "/anrufe?ergebnis=failed&zeitraum=today").text
            #expect(failed.contains("<b>1 Anruf</b>, 22.11.2026"))
            #expect(failed.contains("Fehler<svg"))
            #expect(failed.contains("href=\"/anrufe?zeitraum=today\""))

            let nothing = try await list(database, as: visitor, "/anrufe?q=99999999").text
            try PagesFixture.keep(nothing, as: "anrufe-nichts")
            #expect(nothing.contains("Nichts gefunden"))
            let custom = try await list(database, as: visitor, "/anrufe?zeitraum=custom&von=2026-11-22&bis=2026-11-01")
                .text
            try PagesFixture.keep(custom, as: "anrufe-zeitraum")
            #expect(custom.contains("<b>22 Anrufe</b>, 01.11. bis 22.11.2026"))

            let empty = try await list(database, as: PagesFixture.visitor(tenant: try await database.makeTenant())).text
            try PagesFixture.keep(empty, as: "anrufe-leer")
            #expect(empty.contains("Noch hat niemand angerufen"))
            let english = try await list(
                database,
                as: PagesFixture.visitor(tenant: calls.tenant, language: .en),
                "/anrufe?sort=dauer"
            ).text
            #expect(english.contains("<b>22 calls</b>, 16\u{A0}Nov\u{A0}2026 to 22\u{A0}Nov\u{A0}2026"))
            #expect(english.contains("Longest first"))
        }
    }

    @Test("F: words are searched for only by who may read them, and only within a month")
    func words() async throws {
        try await withTestDatabase { database in
            let calls = try await CallsFixture(database)
            _ = try await calls.day()
            let owner = try PagesFixture.visitor(tenant: calls.tenant)
            #expect(try await list(database, as: owner, "/anrufe?q=geburtsdatum").text.contains("<b>1 Anruf</b>"))
            #expect(try await list(database, as: owner, "/anrufe?q=0664+0000412").text.contains("<b>1 Anruf</b>"))
            let endless = try await list(database, as: owner, "/anrufe?q=geburtsdatum&zeitraum=all").text
            #expect(endless.contains("Wählen Sie einen kürzeren Zeitraum."))
            #expect(endless.contains("<b>0 Anrufe</b>"))
        }
    }

    @Test("G1: who takes the list as a file is recorded, with what was asked for and how much it was")
    func exported() async throws {
        try await withTestDatabase { database in
            let calls = try await CallsFixture(database)
            _ = try await calls.day()
            let owner = try PagesFixture.visitor(tenant: calls.tenant)
            let (status, file) = try await list(database, as: owner, "/anrufe.csv?q=0664&sort=dauer", export: true)
            #expect(status == .ok)
            #expect(file.hasPrefix("\u{FEFF}Beginn;Ende;Anrufer;"))
            let lines = file.split(separator: "\r\n")
            #expect(lines.count == 19)
            #expect(lines.dropFirst().allSatisfy { $0.contains(";+4366400") })
            #expect(lines.contains { $0.contains(";Übergeben;An Ordination übergeben;222;640;") })
            let entries = try await AuditArchive(database.app).page(calls.tenant, limit: 5).entries
            #expect(entries.map(\.action) == ["calls.exported"])
            #expect(
                entries.first?.after
                    == .object([
                        "calls": .integer(18), "filter": .object(["suche": .bool(true), "zeitraum": .text("7d")]),
                    ])
            )
            // Newest first goes on by cursor, piece by piece.
            let all = try await list(database, as: owner, "/anrufe.csv", export: true).text
            #expect(all.split(separator: "\r\n").count == 23)
            #expect(
                try await list(database, as: PagesFixture.visitor(.member(.viewer)), export: true).status == .forbidden
            )
        }
    }

    // MARK: One call

    @Test("F: a call is shown turn by turn, with interruptions, times, hand-over, minutes and events")
    func detailed() async throws {
        try await withTestDatabase { database in
            let calls = try await CallsFixture(database)
            let day = try await calls.day()
            let visitor = try PagesFixture.visitor(tenant: calls.tenant)
            let page = try await detail(database, as: visitor, day.handedOver.description).text
            try PagesFixture.keep(page, as: "anruf")
            #expect(page.contains("Sonntag, 22.\u{A0}November 2026"))
            #expect(page.contains("unterbrochen nach 8,2\u{A0}s"))
            #expect(page.contains("Mittwoch um 8:30 Uhr oder Freitag um 11 Uhr."))
            #expect(page.contains("&lt;b&gt;achtundachtzig&lt;/b&gt;"))
            #expect(page.contains(#"<b class="is-slow">1.260"#))
            #expect(page.contains("Übergabe an Ordination"))
            #expect(page.contains("Nach 9\u{A0}Sekunden abgehoben. Gespräch von 1:11 bis 3:42."))
            #expect(page.contains("Anliegen klaeren"))
            #expect(page.contains("KI-Agent (1:02)"))
            #expect(page.contains("2,52\u{A0}Min."))
            #expect(page.contains("Telefon läutet"))
            #expect(page.contains("rel=\"prev\""))
            #expect(!page.contains("Live ansehen"))
            let running = try await detail(database, as: visitor, day.running.description).text
            try PagesFixture.keep(running, as: "anruf-laufend")
            #expect(running.contains("Live ansehen"))
        }
    }

    @Test("A9: a foreign call, one that never was and no identity at all are answered alike")
    func unseen() async throws {
        try await withTestDatabase { database in
            let calls = try await CallsFixture(database)
            let day = try await calls.day()
            let stranger = try PagesFixture.visitor(tenant: try await database.makeTenant())
            var answers: Set<String> = []
            for id in [day.handedOver.description, CallID().description, "kein-anruf"] {
                let (status, page) = try await detail(database, as: stranger, id)
                #expect(status == .forbidden)
                answers.insert(page.replacing(id, with: ""))
            }
            #expect(answers.count == 1)
            let billing = try PagesFixture.visitor(.member(.billing), tenant: calls.tenant)
            #expect(try await detail(database, as: billing, day.handedOver.description).status == .forbidden)
        }
    }

    // MARK: The overview

    @Test("F: the overview counts what happened, says it in words and draws it")
    func overviewed() async throws {
        try await withTestDatabase { database in
            let calls = try await CallsFixture(database)
            let day = try await calls.day()
            let visitor = try PagesFixture.visitor(tenant: calls.tenant)
            let page = try await overview(database, as: visitor)
            try PagesFixture.keep(page, as: "uebersicht")
            #expect(page.contains("<dt>Anrufe</dt><dd>22</dd>"))
            #expect(page.contains("<dd>72,7&nbsp;<small>%</small></dd><dd class=\"figures__note\">16 Anrufe</dd>"))
            #expect(page.contains("im Schnitt nach 1:11\u{A0}Min. verbunden"))
            #expect(page.contains("Anrufe heute nach Stunde: Spitze um 8 Uhr mit"))
            #expect(page.contains("insgesamt 22.</title>"))
            #expect(page.contains("1 Gespräch läuft gerade"))
            #expect(page.contains("/anrufe/\(day.handedOver)"))
            #expect(page.contains("Minuten im November 2026"))
            for length in ["7", "30"] {
                let long = try await overview(database, as: visitor, "/uebersicht?zeitraum=\(length)")
                try PagesFixture.keep(long, as: "uebersicht-\(length)")
                #expect(long.contains("Anrufe nach Tag: Spitze am 22.11. mit 22, insgesamt 22."))
            }
            let billing = try await overview(
                database,
                as: PagesFixture.visitor(.member(.billing), tenant: calls.tenant)
            )
            try PagesFixture.keep(billing, as: "uebersicht-buchhaltung")
            #expect(billing.contains("<dt>Anrufe</dt><dd>22</dd>"))
            #expect(!billing.contains("+43"))
            #expect(!billing.contains("Letzte Anrufe"))
            #expect(!billing.contains("/anrufe/live"))
        }
    }

    @Test("F: before the first call the overview says what to do next")
    func nextSteps() async throws {
        try await withTestDatabase { database in
            let tenant = try await database.makeTenant()
            let empty = try await overview(database, as: PagesFixture.visitor(tenant: tenant))
            try PagesFixture.keep(empty, as: "uebersicht-leer")
            #expect(empty.contains("Als Nächstes: Ihre Rufnummer hinzufügen"))
            #expect(empty.contains("Heute hat noch niemand angerufen."))
            let viewer = try await overview(database, as: PagesFixture.visitor(.member(.viewer), tenant: tenant))
            #expect(viewer.contains("Inhaber/in oder Administration kann eine hinzufügen."))
            #expect(!viewer.contains("/rufnummern/neu"))
            let ready = try await CallsFixture(database)
            let waiting = try await overview(database, as: PagesFixture.visitor(tenant: ready.tenant))
            #expect(waiting.contains("Ihr Agent ist bereit"))
        }
    }
}
