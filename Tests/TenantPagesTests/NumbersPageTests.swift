import Foundation
import Kernel
import Numbers
import PageTestSupport
import Tenants
import TestSupport
import Testing

struct NumbersPageTests {
    private static let number = "+43732900100"
    private static let path = "/rufnummern/43732900100"

    // MARK: The list

    @Test("F1: the list shows each number, where it leads, its state and its calls")
    func list() async throws {
        try await NumbersWorld.run(Self.number) { world in
            _ = try await world.test.makeCall(world.mine)
            let page = try await world.get("/rufnummern")
            #expect(page.status == 200)
            #expect(page.contains("+43 732 900100"))
            #expect(page.contains("Österreich, Festnetz"))
            #expect(page.contains("Empfang"))
            #expect(page.contains("Version\u{a0}1 live"))
            #expect(page.contains("Aktiv"))
            #expect(page.contains("<b>1 Rufnummer</b>"))
            #expect(page.contains("/rufnummern.csv"))
        }
    }

    @Test("An empty list says what to do, nothing found says something else")
    func empty() async throws {
        try await NumbersWorld.run { world in
            let blank = try await world.get("/rufnummern")
            #expect(blank.contains("Noch keine Rufnummer") && blank.contains("/rufnummern/neu"))
            try world.become(.viewer)
            let reader = try await world.get("/rufnummern")
            #expect(reader.contains("Sobald Ihre Administration") && !reader.contains("/rufnummern/neu"))
        }
        try await NumbersWorld.run(Self.number) { world in
            let nothing = try await world.get("/rufnummern?q=999999")
            #expect(nothing.contains("Nichts gefunden") && !nothing.contains("Noch keine Rufnummer"))
            let found = try await world.get("/rufnummern?q=0732%20900%20100&status=aktiv&flow=\(world.mine.flow)")
            #expect(found.contains("+43 732 900100"))
            #expect(try await world.get("/rufnummern?status=frei").contains("Nichts gefunden"))
        }
    }

    @Test("G1, B8: the table is for those who may export, and taking it leaves a line in the trail")
    func sheet() async throws {
        try await NumbersWorld.run(Self.number) { world in
            let sheet = try await world.get("/rufnummern.csv")
            #expect(sheet.text.hasPrefix("\u{FEFF}Rufnummer;Führt zu;Live-Version;Status;"))
            #expect(sheet.contains("+43732900100;Empfang;1;Aktiv;"))
            #expect(try await world.actions() == ["number.exported"])
            try world.become(.viewer)
            #expect(try await world.get("/rufnummern.csv").status == 403)
            #expect(try await !world.get("/rufnummern").contains("/rufnummern.csv"))
        }
    }

    // MARK: One number

    @Test("A9: a foreign, a nonexistent and an impossible number are answered alike")
    func notVisible() async throws {
        try await NumbersWorld.run { world in
            _ = try await world.test.makeTenantWithFlow(E164(Self.number))
            var answers: Set<String> = []
            for path in [Self.path, "/rufnummern/43732900999", "/rufnummern/%2B43732900100", "/rufnummern/abc"] {
                for answer in [
                    try await world.get(path), try await world.get(path + "/zuordnen"),
                    try await world.get(path + "/freigeben"), try await world.post(path + "/pruefen"),
                    try await world.post(path + "/zuordnen", [("flow", world.mine.flow.description)]),
                    try await world.post(path + "/freigeben", [("ziffern", "0100")]),
                ] {
                    #expect(answer.status == 403)
                    answers.insert(answer.text.replacing(/value="\/[^"]*"/, with: ""))
                }
            }
            #expect(answers.count == 1)
            #expect(try await world.owned() == [])
        }
    }

    @Test("F1: a number's page tells its flow, its verification and its history")
    func shown() async throws {
        try await NumbersWorld.run { world in
            _ = try await world.post(
                "/rufnummern/neu",
                [
                    ("nummer", "0732 900100"), ("land", "AT"), ("flow", world.mine.flow.description),
                    ("bestaetigt", Self.number),
                ]
            )
            let page = try await world.get(Self.path)
            #expect(page.status == 200)
            #expect(page.contains("Führt zu Flow „Empfang“"))
            #expect(page.contains("Nummer hinzugefügt und geprüft"))
            #expect(page.contains("von Anna Beispiel"))
            #expect(page.contains("eingegeben als „0732 900100“"))
            #expect(page.contains(Self.path + "/freigeben"))
            #expect(try await world.get("/rufnummern/%2B43732900100").status == 200)
            try world.become(.viewer)
            let reader = try await world.get(Self.path)
            #expect(!reader.contains("/freigeben") && !reader.contains("/zuordnen") && !reader.contains("/pruefen"))
        }
    }

    @Test("A11: a number is verified again; a refusal says which question was not passed")
    func verifiedAgain() async throws {
        try await NumbersWorld.run(Self.number) { world in
            let good = try await world.post(Self.path + "/pruefen")
            #expect(good.status == 303 && good.location == Self.path)
            world.carrier.update { $0 = .holdsNothing }
            let bad = try await world.post(Self.path + "/pruefen")
            #expect(bad.status == 422)
            #expect(bad.contains("Die Prüfung ist nicht bestanden"))
            #expect(bad.contains("Anrufe gehen vorerst weiter wie bisher."))
            world.carrier.update { $0 = .isSilent }
            #expect(try await world.post(Self.path + "/pruefen").status == 503)
            #expect(try await world.actions() == ["number.verified"])
            try world.become(.editor)
            #expect(try await world.post(Self.path + "/pruefen").status == 403)
        }
    }

    @Test("A8: a number is assigned to another flow; running calls stay, and the page says so")
    func assigned() async throws {
        try await NumbersWorld.run(Self.number) { world in
            _ = try await world.test.makeCall(world.mine)
            let other = try await world.test.makeLiveFlow(world.mine.tenant, name: "Notdienst")
            try world.become(.editor)
            let form = try await world.get(Self.path + "/zuordnen")
            #expect(form.contains("läuft gerade 1 Gespräch. Es bleibt beim bisherigen Flow."))
            #expect(form.contains("Empfang (Version\u{a0}1 live), wie bisher"))
            let same = try await world.post(Self.path + "/zuordnen", [("flow", world.mine.flow.description)])
            #expect(same.saying?.contains("assign_unchanged") == true)
            let moved = try await world.post(Self.path + "/zuordnen", [("flow", other.flow.description)])
            #expect(moved.location == Self.path)
            let route = try await world.numbers.route(to: try #require(E164(Self.number)), at: Date())
            #expect(route?.flow == other.flow)
            let nowhere = try await world.post(Self.path + "/zuordnen", [("flow", "none")])
            #expect(nowhere.saying?.contains("numbers_page.unassigned") == true)
            #expect(try await world.get(Self.path).contains("Diese Nummer führt zu keinem Flow."))
            #expect(try await world.actions() == ["number.reassigned", "number.unassigned"])
        }
    }

    @Test("A9: a number is not assigned to a flow of somebody else's, nor to nothing chosen")
    func foreignFlow() async throws {
        try await NumbersWorld.run(Self.number) { world in
            let other = try await world.test.makeTenantWithFlow()
            let foreign = try await world.post(Self.path + "/zuordnen", [("flow", other.flow.description)])
            #expect(foreign.status == 422 && foreign.contains("Diesen Flow gibt es nicht mehr."))
            let nothing = try await world.post(Self.path + "/zuordnen")
            #expect(nothing.status == 422 && nothing.contains("Wählen Sie, wohin die Nummer führen soll."))
            #expect(try await world.actions() == [])
        }
    }

    @Test("A11: a release names what happens, wants the last digits, and the number rests")
    func released() async throws {
        try await NumbersWorld.run(Self.number) { world in
            let question = try await world.get(Self.path + "/freigeben")
            #expect(question.contains("+43 732 900100 freigeben?"))
            #expect(question.contains("neutrale Ansage") && question.contains("ruht 30 Tage"))
            let wrong = try await world.post(Self.path + "/freigeben", [("ziffern", "0101")])
            #expect(wrong.status == 422 && wrong.contains("Das sind nicht die letzten vier Ziffern"))
            #expect(try await world.owned() == [Self.number])
            let done = try await world.post(Self.path + "/freigeben", [("ziffern", " 01 00 ")])
            #expect(done.status == 303 && done.location == "/rufnummern")
            #expect(try await world.owned() == [])
            let page = try await world.get(Self.path)
            #expect(page.contains("Freigegeben") && page.contains("auch Sie nicht"))
            #expect(!page.contains(Self.path + "/freigeben"))
            #expect(try await world.get(Self.path + "/freigeben").status == 403)
            #expect(try await world.actions() == ["number.released"])
        }
    }

    @Test("Names of flows are shown as they are written, never as markup")
    func escaped() async throws {
        try await NumbersWorld.run { world in
            let flow = try await world.test.makeLiveFlow(world.mine.tenant, name: "<i>Empfang</i> & Co")
            let number = try #require(E164(Self.number))
            _ = try await world.test.makeNumber(world.mine.tenant, number, flow: flow.flow)
            for path in ["/rufnummern", Self.path, Self.path + "/zuordnen", "/rufnummern/neu"] {
                let page = try await world.get(path)
                #expect(page.contains("&lt;i&gt;Empfang&lt;/i&gt; &amp; Co"), "\(path)")
                #expect(!page.contains("<i>"), "\(path)")
                #expect(!page.contains(" style=") && !page.contains("<script>"), "\(path)")
            }
        }
    }

    @Test("A tenant sees that its number's calls do not reach us, and who can change that")
    func direction() async throws {
        try await NumbersWorld.run(Self.number) { world in
            world.carrier.update { $0 = .callsSomebodyElse }
            let page = try await world.get(Self.path)
            #expect(page.contains("Anrufe dieser Nummer kommen nicht bei uns an"))
            #expect(page.contains("&lt;fremd&gt;.example") && page.contains("Ihren Ansprechpartner"))
            #expect(!page.contains("/leiten"))
        }
        try await NumbersWorld.run(Self.number) { world in
            let page = try await world.get(Self.path)
            #expect(!page.contains("bei uns an"))
        }
    }
}
