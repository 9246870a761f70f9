import Database
import Foundation
import Kernel
import PageTestSupport
import Tenants
import TestSupport
import Testing

@Suite("Support looks into a tenant from the platform's pages")
struct LookTests {
    private static let reason = ("grund", "Ticket 2231: Übergabe bricht ab")

    @Test("B3: it begins with a reason and a duration, gives the session another token, and ends by the banner")
    func life() async throws {
        try await PlatformWorld.run { world in
            let tenant = try await world.test.makeTenant(slug: "muster")
            let path = "/plattform/mandanten/\(tenant)"
            let support = try world.browser(world.paul)
            #expect(try await support.get(path).contains("Mandanten einsehen"))
            #expect(try await support.get(path + "/ansehen").contains("value=\"30\" checked"))
            let begun = try await support.post(path + "/ansehen", [Self.reason, ("dauer", "15")])
            #expect(begun.location == "/uebersicht")
            let token = try #require(begun.cookie("va_session"))
            #expect(token != world.paul.token)
            // The token before is worth nothing any more.
            #expect(try await support.get(path).location?.hasPrefix("/anmelden") == true)
            let looking = world.browser(token: token)
            #expect(try await looking.get(path).contains(">läuft</span>"))
            let ended = try await looking.post("/plattform/einsicht/beenden")
            #expect(ended.location == path)
            #expect(ended.saying?.contains("platform.look_ended") == true)
            let last = try #require(ended.cookie("va_session"))
            #expect(last != token)
            #expect(try await world.support.running(tenant).isEmpty)
            let again = try await world.browser(token: last).post("/plattform/einsicht/beenden")
            #expect(again.location == "/plattform")
            #expect(try await world.test.auditActions(tenant) == ["support.started", "support.ended"])
            #expect(try await world.actions() == ["support.started", "support.ended"])
        }
    }

    @Test("a short reason and another duration are refused with what was typed, and nothing begins")
    func refused() async throws {
        try await PlatformWorld.run { world in
            let tenant = try await world.test.makeTenant(slug: "muster")
            let path = "/plattform/mandanten/\(tenant)/ansehen"
            let support = try world.browser(world.paul)
            let short = try await support.post(path, [("grund", "schau"), ("dauer", "60")])
            #expect(short.status == 422)
            #expect(short.contains(">schau</textarea>"))
            #expect(short.contains("value=\"60\" checked"))
            #expect(try await support.post(path, [Self.reason, ("dauer", "480")]).status == 422)
            world.pass(700)
            let late = try await support.post(path, [Self.reason, ("dauer", "15")])
            #expect(late.location?.hasPrefix("/bestaetigen?") == true)
            #expect(try await world.support.history(tenant).isEmpty)
        }
    }

    @Test("B8: an operator who is no support may not look in")
    func operators() async throws {
        try await PlatformWorld.run { world in
            let tenant = try await world.test.makeTenant(slug: "muster")
            let path = "/plattform/mandanten/\(tenant)"
            #expect(!(try await world.browser().get(path)).contains("/ansehen"))
            #expect(try await world.browser().post(path + "/ansehen", [Self.reason, ("dauer", "15")]).status == 403)
        }
    }
}
