import Foundation
import Kernel
import Tenants
import TestSupport
import Testing
import Web

@testable import AccountPages

@Suite("Choices")
struct ChoiceTests {
    @Test("a person goes from one tenant to another, and not to one that is not theirs")
    func tenants() async throws {
        try await AccountWorld.run { world in
            let anna = try await world.person("anna")
            let first = try await world.test.makeTenant()
            let second = try await world.test.makeTenant()
            let foreign = try await world.test.makeTenant()
            try await world.join(anna, first, as: .owner)
            try await world.join(anna, second, as: .billing)
            let browser = world.browser()
            _ = try await browser.signIn(world.address("anna"))
            let page = try await browser.get("/mandant?weiter=%2Fanrufe")
            #expect(page.html.contains("value=\"\(first)\""))
            #expect(page.html.contains("value=\"\(second)\""))
            #expect(!page.html.contains("\(foreign)"))
            #expect(!page.html.contains("aria-current=\"true\""))
            let chosen = try await browser.post("/mandant", [("mandant", "\(second)"), ("weiter", "/anrufe")])
            #expect(chosen.location == "/anrufe")
            #expect(try await browser.get("/mandant").html.contains("aria-current=\"true\""))
            let refused = try await browser.post("/mandant", [("mandant", "\(foreign)")])
            #expect(refused.status == 403)
            #expect(refused.html == (try await browser.post("/mandant", [("mandant", "\(TenantID())")]).html))
            #expect(try await browser.post("/mandant", [("mandant", "plattform")]).status == 403)
        }
    }

    @Test("language and colours are kept in a guest's browser, and with a person")
    func preferences() async throws {
        try await AccountWorld.run { world in
            _ = try await world.person("anna")
            let browser = world.browser()
            let english = try await browser.post("/sprache", [("sprache", "en"), ("weiter", "/anmelden")])
            #expect(english.location == "/anmelden")
            #expect(try await browser.get("/anmelden").html.contains("<html lang=\"en-GB\""))
            _ = try await browser.post("/darstellung", [("theme", "dark")])
            #expect(try await browser.get("/anmelden").html.contains("data-theme=\"dark\""))
            _ = try await browser.signIn(world.address("anna"))
            #expect(try await browser.get("/sicherheit").html.contains("<html lang=\"de-AT\""))
            _ = try await browser.post("/sprache", [("sprache", "en")])
            _ = try await browser.post("/darstellung", [("theme", "light")])
            let own = try await browser.get("/sicherheit")
            #expect(own.html.contains("<html lang=\"en-GB\" data-theme=\"light\""))
            let nonsense = try await browser.post("/sprache", [("sprache", "fr"), ("weiter", "//evil.example")])
            #expect(nonsense.location == "/")
        }
    }

    @Test("every address of the table is bound")
    func bound() async throws {
        try await AccountWorld.run { world in
            for endpoint in Endpoint.accountPagesTable {
                #expect(world.routes.handler(of: endpoint) != nil, "\(endpoint.path)")
            }
        }
    }
}
