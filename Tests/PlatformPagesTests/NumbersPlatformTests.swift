import Audit
import Foundation
import Kernel
import Numbers
import PageTestSupport
import People
import TestSupport
import Testing

struct NumbersPlatformTests {
    private static let number = "+43732900100"
    private static let path = "/plattform/rufnummern/43732900100"

    private func fields(
        _ world: NumbersWorld,
        to tenant: TenantID,
        flow: FlowID? = nil,
        reason: String = "Vertrag übernommen",
        digits: String = "0100"
    ) -> [(String, String)] {
        [
            ("mandant", tenant.description), ("bisher", world.mine.tenant.description),
            ("flow", flow?.description ?? "none"), ("grund", reason), ("ziffern", digits),
        ]
    }

    private func owner(_ world: NumbersWorld) async throws -> TenantID? {
        try await world.numbers.route(to: try #require(E164(Self.number)), at: Date())?.tenant
    }

    @Test("A8: operators see all tenants' numbers, narrow them and take them away as a table")
    func list() async throws {
        try await NumbersWorld.run(Self.number) { world in
            let other = try await world.test.makeTenantWithFlow(E164("+43732900200"))
            let all = try await world.get("/plattform/rufnummern")
            #expect(all.status == 200)
            #expect(all.contains("<b>2 Rufnummern</b>"))
            #expect(all.contains("+43 732 900100") && all.contains("t-\(world.mine.tenant)"))
            #expect(all.contains(TestDatabase.accountSid))
            let narrowed = try await world.get("/plattform/rufnummern?mandant=\(other.tenant)")
            #expect(narrowed.contains("+43 732 900200") && !narrowed.contains("+43 732 900100"))
            #expect(try await world.get("/plattform/rufnummern?status=ruht").contains("Nichts gefunden"))
            let sheet = try await world.get("/plattform/rufnummern.csv?q=0732%20900200")
            #expect(sheet.contains("+43732900200;t-\(other.tenant);Empfang;1;Aktiv;"))
            #expect(!sheet.contains("+43732900100;"))
            #expect(try await world.test.platformActions().contains("number.exported"))
        }
    }

    @Test("Nothing there yet is told apart from nothing found")
    func empty() async throws {
        try await NumbersWorld.run { world in
            let page = try await world.get("/plattform/rufnummern")
            #expect(page.contains("Noch hat kein Mandant eine Rufnummer."))
        }
    }

    @Test("B8: support reads and cannot move; whoever is not of the platform sees nothing")
    func roles() async throws {
        try await NumbersWorld.run(Self.number) { world in
            let target = try await world.test.makeTenantWithFlow()
            world.become(.support)
            #expect(try await world.get("/plattform/rufnummern").status == 200)
            #expect(try await !world.get(Self.path).contains("/umziehen"))
            #expect(try await world.get(Self.path + "/umziehen").status == 403)
            #expect(
                try await world.post(Self.path + "/umziehen", fields(world, to: target.tenant)).status == 403
            )
            world.become(nil)
            #expect(try await world.get("/plattform/rufnummern").status == 403)
            #expect(try await world.get(Self.path).status == 403)
            #expect(try await owner(world) == world.mine.tenant)
        }
    }

    @Test("A number that nobody ever had is answered like one that cannot be")
    func notVisible() async throws {
        try await NumbersWorld.run { world in
            for path in [Self.path, "/plattform/rufnummern/abc", Self.path + "/umziehen"] {
                let answer = try await world.get(path)
                #expect(answer.status == 403, "\(path)")
            }
        }
    }

    @Test("A7: the move names its boundary, and takes the number with a flow to the new tenant")
    func moved() async throws {
        try await NumbersWorld.run(Self.number) { world in
            _ = try await world.test.makeCall(world.mine)
            let target = try await world.test.makeTenantWithFlow()
            let first = try await world.get(Self.path + "/umziehen")
            #expect(first.contains("t-\(target.tenant)") && !first.contains(#"name="grund""#))
            let second = try await world.get(Self.path + "/umziehen?mandant=\(target.tenant)")
            #expect(second.contains("Empfang (Version\u{a0}1 live)"))
            #expect(
                second.contains(
                    "1 laufendes Gespräch wird nicht unterbrochen und bleibt bei „t-\(world.mine.tenant)“."
                )
            )
            #expect(second.contains("Neue Anrufe gehen ab dem Umzug zu „t-\(target.tenant)“."))

            let done = try await world.post(
                Self.path + "/umziehen",
                fields(world, to: target.tenant, flow: target.flow)
            )
            #expect(done.status == 303 && done.location == Self.path)
            #expect(try await owner(world) == target.tenant)
            #expect(try await world.test.auditActions(world.mine.tenant) == ["number.moved_out"])
            #expect(try await world.test.auditActions(target.tenant) == ["number.moved_in"])
            let page = try await world.get(Self.path)
            #expect(page.contains("Von der Plattform zu einem anderen Mandanten umgezogen"))
            #expect(page.contains("Grund: „Vertrag übernommen“"))
            #expect(page.contains("<b>t-\(target.tenant)</b>") && page.contains("<b>t-\(world.mine.tenant)</b>"))
        }
    }

    @Test("What is missing is said at its field, what was typed is kept, and nothing moves")
    func problems() async throws {
        try await NumbersWorld.run(Self.number) { world in
            let target = try await world.test.makeTenantWithFlow()
            let page = try await world.post(
                Self.path + "/umziehen",
                fields(world, to: target.tenant, flow: world.mine.flow, reason: "<kurz>", digits: "9999")
            )
            #expect(page.status == 422)
            #expect(page.contains("Nennen Sie den Grund, mindestens 10 Zeichen."))
            #expect(page.contains("Das sind nicht die letzten vier Ziffern von +43 732 900100."))
            #expect(page.contains("Diesen Flow gibt es nicht mehr."))
            #expect(page.contains(#"value="&lt;kurz&gt;""#))
            let nobody = try await world.post(Self.path + "/umziehen", fields(world, to: TenantID()))
            #expect(nobody.status == 422 && nobody.contains("Wählen Sie den neuen Mandanten."))
            let itself = try await world.post(Self.path + "/umziehen", fields(world, to: world.mine.tenant))
            #expect(itself.status == 422)
            #expect(try await owner(world) == world.mine.tenant)
        }
    }

    @Test("A11: a number that the carrier does not confirm stays where it is")
    func notConfirmed() async throws {
        try await NumbersWorld.run(Self.number) { world in
            let target = try await world.test.makeTenantWithFlow()
            world.carrier.update { $0 = .holdsNothing }
            let gone = try await world.post(Self.path + "/umziehen", fields(world, to: target.tenant))
            #expect(gone.status == 422)
            #expect(gone.contains("Der Netzbetreiber führt diese Nummer nicht in unserem Konto."))
            #expect(gone.contains("Vertrag übernommen"))
            world.carrier.update { $0 = .isSilent }
            let silent = try await world.post(Self.path + "/umziehen", fields(world, to: target.tenant))
            #expect(silent.status == 503)
            #expect(try await owner(world) == world.mine.tenant)
        }
    }

    @Test("A7: who moved the number meanwhile is not overruled")
    func changedMeanwhile() async throws {
        try await NumbersWorld.run(Self.number) { world in
            let second = try await world.test.makeTenantWithFlow()
            let third = try await world.test.makeTenantWithFlow()
            _ = try await world.post(Self.path + "/umziehen", fields(world, to: second.tenant, flow: second.flow))
            let late = try await world.post(Self.path + "/umziehen", fields(world, to: third.tenant))
            #expect(late.status == 422)
            #expect(late.contains("Inzwischen hat sich geändert, wem die Nummer gehört."))
            #expect(try await owner(world) == second.tenant)
        }
    }

    @Test("A released number is nobody's and cannot be moved; the page says so")
    func released() async throws {
        try await NumbersWorld.run(Self.number) { world in
            let number = try #require(E164(Self.number))
            let actor = AuditActor(.person, world.person.description)
            #expect(try await world.numbers.release(world.mine.tenant, number, actor: actor) == nil)
            let page = try await world.get(Self.path)
            #expect(page.contains("Freigegeben am") && !page.contains("/umziehen"))
            #expect(try await world.get(Self.path + "/umziehen").contains("gehört gerade keinem Mandanten"))
            let target = try await world.test.makeTenantWithFlow()
            #expect(
                try await world.post(Self.path + "/umziehen", fields(world, to: target.tenant)).status == 422
            )
        }
    }

    // MARK: Where calls go at the carrier

    @Test("An operator sees that a number's calls do not come to us, and has them brought to us, with a reason")
    func directed() async throws {
        try await NumbersWorld.run(Self.number) { world in
            let page = try await world.get(Self.path)
            #expect(!page.contains("kommen nicht bei uns an"))
        }
        try await NumbersWorld.run(Self.number) { world in
            world.carrier.update { $0 = .callsSomebodyElse }
            let page = try await world.get(Self.path)
            #expect(page.contains("Anrufe dieser Nummer kommen nicht bei uns an"))
            #expect(page.contains("&lt;fremd&gt;.example") && page.contains(Self.path + "/leiten"))
            let asking = try await world.get(Self.path + "/leiten")
            #expect(asking.status == 200 && asking.contains("&lt;fremd&gt;.example"))
            #expect(world.directed.value.isEmpty)

            let short = try await world.post(Self.path + "/leiten", [("grund", "kurz")])
            #expect(short.status == 422 && short.contains("Nennen Sie den Grund"))
            #expect(world.directed.value.isEmpty)
            #expect(try await world.test.auditActions(world.mine.tenant).isEmpty)

            let done = try await world.post(Self.path + "/leiten", [("grund", "Nach dem Umzug vergessen")])
            #expect(done.status == 303 && done.location == Self.path)
            #expect(world.directed.value.map(\.value) == [Self.number])
            #expect(try await world.test.auditActions(world.mine.tenant) == ["number.directed"])
            #expect(try await !world.get(Self.path).contains("kommen nicht bei uns an"))
        }
    }

    @Test("What the carrier does not take is said, and both lines stand in the trail")
    func notDirected() async throws {
        try await NumbersWorld.run(Self.number) { world in
            world.carrier.update { $0 = .routesElsewhere }
            world.refusesOrders.update { $0 = true }
            let answer = try await world.post(Self.path + "/leiten", [("grund", "Nach dem Umzug vergessen")])
            #expect(answer.status == 503)
            #expect(answer.contains("Der Netzbetreiber hat das nicht angenommen"))
            #expect(answer.contains("SIP-Trunk"))
            #expect(
                try await world.test.auditActions(world.mine.tenant) == ["number.directed", "number.direction_failed"]
            )
            world.carrier.update { $0 = .holdsNothing }
            let gone = try await world.post(Self.path + "/leiten", [("grund", "Nach dem Umzug vergessen")])
            #expect(gone.status == 422 && gone.contains("nicht mehr in unserem Konto"))
        }
    }

    @Test("B8: support sees where calls go and cannot change it; a silent carrier is said to be silent")
    func directionRoles() async throws {
        try await NumbersWorld.run(Self.number) { world in
            world.become(.support)
            world.carrier.update { $0 = .callsSomebodyElse }
            let page = try await world.get(Self.path)
            #expect(page.contains("kommen nicht bei uns an") && !page.contains("/leiten"))
            #expect(try await world.get(Self.path + "/leiten").status == 403)
            #expect(try await world.post(Self.path + "/leiten", [("grund", "Nach dem Umzug vergessen")]).status == 403)
            #expect(world.directed.value.isEmpty)
        }
        try await NumbersWorld.run(Self.number) { world in
            world.carrier.update { $0 = .isSilent }
            let page = try await world.get(Self.path)
            #expect(page.status == 200 && page.contains("Der Netzbetreiber antwortet gerade nicht."))
        }
    }
}
