import Audit
import Foundation
import Kernel
import Localization
import PageTestSupport
import People
import Tenants
import TestSupport
import Testing
import Web

struct LanguageTests {
    @Test("every page is there in English too, with the same parts")
    func english() async throws {
        try await TenantWorld.run { world in
            try await world.speaksEnglish(world.owner)
            let berta = try await world.member(.admin, "Berta Probe")
            let browser = try world.browser()
            _ = try await world.lookIn(reason: "Ticket 2231: hand-over")
            _ = try await browser.post("/team/einladen", [("adresse", "x@y.example"), ("rolle", "viewer")])
            _ = try await browser.post("/api-schluessel/neu", [("name", "Reports"), ("recht", "calls.read")])
            let titles = [
                "/team": "Team", "/team/einladen": "Invite someone", "/team/verlassen": "Leave the team of muster?",
                "/team/\(berta.person)/rolle": "Role of Berta Probe",
                "/team/\(berta.person)/entfernen": "Remove Berta Probe from the team?",
                "/api-schluessel": "API keys", "/api-schluessel/neu": "Create an API key", "/einstellungen": "Settings",
                "/einstellungen/modell-schluessel": "Store a model key",
                "/einstellungen/beenden": "End the contract of muster?", "/audit-protokoll": "Audit log",
            ]
            for (path, title) in titles {
                let page = try await browser.get(path)
                #expect(page.status == 200, "\(path)")
                #expect(page.contains("<title>\(title) – VoiceAgent</title>"), "\(path)")
                #expect(page.contains("<html lang=\"en-GB\""))
                #expect(page.bytes.count < 100_000, "\(path)")
            }
        }
    }
}
