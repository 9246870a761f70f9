import Database
import Foundation
import Kernel
import Localization
import PageTestSupport
import People
import Tenants
import TestSupport
import Testing
import Web

@Suite("How the installation stands, and the platform's log")
struct OperationTests {
    @Test("the status says what was counted, and nothing is wrong while all answer")
    func calm() async throws {
        try await PlatformWorld.run { world in
            let page = try await world.browser(world.paul).get("/plattform/systemstatus")
            #expect(page.contains("Alles arbeitet."))
            #expect(page.contains("Heute hat noch niemand angerufen."))
            #expect(page.contains("Noch hat sich kein Server gemeldet"))
            #expect(page.contains("1.2.3"))
        }
    }

    @Test("each state of a dependency has its word and its advice; only the database is a failure")
    func states() async throws {
        try await PlatformWorld.run { world in
            for state in [HealthState.slow, .unreachable, .unauthorized, .unconfigured] {
                world.probes.update { $0 = ["database": state, "redis": state, "stripe": state] }
                #expect(try await world.browser().get("/plattform/systemstatus").status == 200)
            }
            world.probes.update { $0 = ["redis": .unreachable] }
            let impaired = try await world.browser().get("/plattform/systemstatus")
            #expect(impaired.contains("Ein Teil arbeitet eingeschränkt."))
            #expect(impaired.contains("Prüfen Sie, ob Redis läuft."))
            world.probes.update { $0 = ["database": .unreachable] }
            #expect(try await world.browser().get("/plattform/systemstatus").contains("Ein Teil arbeitet nicht."))
        }
    }

    @Test("a silent server that still leads calls is a failure, one without calls is not")
    func nodes() async throws {
        try await PlatformWorld.run { world in
            let seen = world.now
            try await world.test.app.withoutTenant { transaction in
                try transaction.execute("INSERT INTO node_lease (node, epoch, seen_at) VALUES ('wien-1', 1, \(seen))")
            }
            #expect(try await world.browser().get("/plattform/systemstatus").contains("In Betrieb"))
            world.pass(60)
            let silent = try await world.browser().get("/plattform/systemstatus")
            #expect(silent.contains("Beendet"))
            #expect(silent.contains("Alles arbeitet."))
            let fixture = try await world.test.makeTenantWithFlow(E164("+436640000990"))
            let call = try await world.test.makeCall(fixture)
            try await world.test.app.withTenant(fixture.tenant) { transaction in
                try transaction.execute(
                    """
                    INSERT INTO call_leg (tenant_id, call_id, kind, leg_sid, ordinal, node, node_epoch, started_at)
                    VALUES (\(fixture.tenant), \(call), 'bot', 'MZ1', 0, 'wien-1', 1, \(seen))
                    """
                )
            }
            let lost = try await world.browser().get("/plattform/systemstatus")
            #expect(lost.contains("Verstummt"))
            #expect(lost.contains("Ein Teil arbeitet nicht."))
            #expect(lost.contains("Noch ohne Ergebnis"))
        }
    }

    @Test("the log says who did what with names, narrows, and shows only the platform's chain")
    func log() async throws {
        try await PlatformWorld.run { world in
            let tenant = try await world.test.makeTenant(slug: "muster")
            try await world.name(tenant, "Praxis Musterlinde")
            _ = try await world.browser().get("/plattform/mandanten.csv")
            _ = try await world.support.begin(
                tenant,
                person: world.paul.person,
                session: world.paul.session.id,
                reason: "Ticket 2231: Übergabe",
                from: .init(address: nil, userAgent: "", requestID: nil)
            )
            let page = try await world.browser().get("/plattform/audit-protokoll")
            #expect(page.contains("Praxis Musterlinde") && !page.contains("Plattformzugang geöffnet"))
            let all = try await world.browser().get("/plattform/audit-protokoll?bereich=all")
            #expect(all.contains("Olga Betrieb"))
            #expect(all.contains("Plattformzugang geöffnet"))
            #expect(all.contains("Grund: Liste der Mandanten"))
            #expect(all.contains("Praxis Musterlinde"))
            let doors = try await world.browser().get("/plattform/audit-protokoll?bereich=zugang")
            #expect(doors.contains("Plattformzugang geöffnet") && !doors.contains("Praxis Musterlinde"))
            let narrow = try await world.browser().get("/plattform/audit-protokoll?bereich=support")
            #expect(narrow.contains("Praxis Musterlinde"))
            #expect(narrow.contains("Grund: Ticket 2231: Übergabe"))
            #expect(!narrow.contains("Plattformzugang geöffnet"))
            let person = world.paul.person
            #expect(try await world.browser().get("/plattform/audit-protokoll?person=\(person)").contains("Support"))
            #expect(try await world.browser().get("/plattform/audit-protokoll?q=zzzz").contains("Nichts gefunden"))
        }
    }

    @Test("every purpose for which the platform's door opens has a text")
    func purposes() throws {
        let catalog = try PlatformWorld.catalog.get()
        let sources = RepositoryFolder.root.appending(path: "Sources")
        let names = try FileManager.default.subpathsOfDirectory(atPath: sources.path)
            .filter { $0.hasSuffix(".swift") && !$0.hasPrefix("TestSupport/") }
        var purposes: Set<String> = []
        for name in names {
            let source = try String(contentsOf: sources.appending(path: name), encoding: .utf8)
            for match in source.matches(of: /withPlatform\([^)]*reason: "([a-z -]+)"/) {
                purposes.insert(String(match.1))
            }
        }
        #expect(purposes.count > 5)
        for purpose in purposes {
            let key = "platform.purpose_" + purpose.replacing(" ", with: "_").replacing("-", with: "_")
            #expect(catalog.message(key, .de) != nil, "\(key)")
        }
    }

    @Test("G6: the log is exported with its proof by operators, which is recorded")
    func export() async throws {
        try await PlatformWorld.run { world in
            let proof = try await world.browser().get("/plattform/audit-protokoll.jsonl")
            #expect(proof.text.hasPrefix("{\"anchor\":null,\"chain\":\"platform\""))
            #expect(try await world.browser().get("/plattform/audit-protokoll.csv").contains("audit.exported"))
            #expect(try await world.actions() == ["audit.exported", "audit.exported"])
            let verifier = try await world.browser().get("/plattform/audit-protokoll/verify.py")
            #expect(verifier.contains("verified"))
            #expect(try await world.browser(world.paul).get("/plattform/audit-protokoll.jsonl").status == 403)
        }
    }

    @Test("every page is there in English too")
    func english() async throws {
        try await PlatformWorld.run { world in
            try await world.speaksEnglish(world.olga)
            try await world.speaksEnglish(world.paul)
            let tenant = try await world.test.makeTenant(slug: "muster")
            let path = "/plattform/mandanten/\(tenant)"
            let titles = [
                "/plattform/mandanten": "Tenants", "/plattform/mandanten/neu": "Create a tenant", path: "muster",
                path + "/grenzen": "Limits of muster", path + "/einladen": "Invite an owner",
                path + "/sperren": "Suspend muster?", path + "/freischalten": "Activate muster?",
                path + "/beenden": "End the contract with muster?", "/plattform/systemstatus": "System status",
                "/plattform/audit-protokoll": "Audit log",
            ]
            for (path, title) in titles {
                let page = try await world.browser().get(path)
                #expect(page.contains("<title>\(title) – VoiceAgent</title>"), "\(path)")
                #expect(page.bytes.count < 100_000, "\(path)")
            }
            let look = try await world.browser(world.paul).get(path + "/ansehen")
            #expect(look.contains("<title>Look into muster – VoiceAgent</title>"))
        }
    }
}
