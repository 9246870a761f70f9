import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import People
import Synchronization
import Tenants
import Testing
import Web

@testable import Site

struct DoorTests {
    private static let guestPage = Endpoint.page("/gast", .guest, "for guests")
    private static let ownPage = Endpoint.page("/eigenes", .person, "for persons")
    private static let callPage = Endpoint.page("/dinge/:id", .tenant(.callsRead), "for members")
    private static let keyForm = Endpoint.form("/dinge/:id/weg", .tenant(.keysWrite), "for administrators")
    private static let platformPage = Endpoint.page(
        "/plattform/dinge",
        .platform(.platformTenantsWrite),
        "for operators"
    )

    @Test("A page for members leads a stranger to signing in and back")
    func stranger() async throws {
        let answer = try await SiteFixture().ask(Self.callPage) { book in
            book.tenant(Self.callPage) { _ in .text("secret") }
        }
        #expect(answer.status == .seeOther)
        #expect(answer.headers[.location] == "/anmelden?weiter=%2Fdinge%2F%3Aid")
    }

    @Test("B5: a session without its second factor is led to it and sees nothing else")
    func halfway() async throws {
        let visitor = try SiteFixture.visitor(level: .password)
        let answer = try await SiteFixture().ask(Self.callPage, as: visitor) { book in
            book.tenant(Self.callPage) { _ in .text("secret") }
        }
        #expect(answer.headers[.location] == "/anmelden/code")
    }

    @Test("B5: where a second factor is demanded, a member without one is led to setting it up and sees nothing else")
    func demandedFactor() async throws {
        for role in MemberRole.allCases {
            let visitor = try SiteFixture.visitor(.member(role), tenantRequiresFactor: true)
            let looked = try await SiteFixture().ask(Self.callPage, as: visitor) { book in
                book.tenant(Self.callPage) { _ in .text("secret") }
            }
            #expect(looked.status == .seeOther)
            #expect(looked.headers[.location] == "/sicherheit/einrichten?weiter=%2Fdinge%2F%3Aid")
            let headers = ["sec-fetch-site": "same-origin"]
            let acted = try await SiteFixture().ask(Self.keyForm, as: visitor, headers: headers) { book in
                book.tenant(Self.keyForm) { _ in .text("secret") }
            }
            #expect(acted.headers[.location] == "/sicherheit/einrichten")
        }
        let owner = try SiteFixture.visitor(hasSecondFactor: true, tenantRequiresFactor: true)
        let access = SupportAccessFacts(id: SupportAccessID(), reason: "Anruf geprüft", expiresAt: SiteFixture.now)
        let support = try SiteFixture.visitor(.support(access), platform: .support, tenantRequiresFactor: true)
        for visitor in [owner, support] {
            let answer = try await SiteFixture().ask(Self.callPage, as: visitor) { book in
                book.tenant(Self.callPage) { _ in .text("secret") }
            }
            #expect(answer.status == .ok)
        }
    }

    @Test("B5: the frame of a person's own pages leads nowhere in a tenant that demands a factor which is missing")
    func frameWithoutDemandedFactor() async throws {
        func page(hasSecondFactor: Bool) async throws -> String {
            let visitor = try SiteFixture.visitor(hasSecondFactor: hasSecondFactor, tenantRequiresFactor: true)
            return try await SiteFixture().ask(Self.ownPage, as: visitor) { book in
                book.person(Self.ownPage) { visit in
                    visit.page("account/confirmation", title: "x", Self.confirmation)
                }
            }.text()
        }
        #expect(try await page(hasSecondFactor: true).contains("href=\"/anrufe\""))
        let bare = try await page(hasSecondFactor: false)
        #expect(!bare.contains("href=\"/anrufe\"") && !bare.contains("href=\"/team\""))
        #expect(bare.contains("action=\"/abmelden\"") && bare.contains("href=\"/mandant\""))
    }

    @Test("support's look is named on every page of those who may end it, with a button that does")
    func lookBanner() async throws {
        let look = SupportLookFacts(
            id: SupportAccessID(),
            personName: "Paul <Vorlage>",
            reason: "Ticket 2231",
            expiresAt: SiteFixture.now.addingTimeInterval(600)
        )
        for role in MemberRole.allCases {
            let visitor = try SiteFixture.visitor(.member(role), look: look)
            let page = try await SiteFixture().ask(Self.ownPage, as: visitor) { book in
                book.person(Self.ownPage) { visit in
                    visit.page("account/confirmation", title: "x", Self.confirmation)
                }
            }.text()
            let mayEnd = [.owner, .admin].contains(role)
            #expect(page.contains("Paul &lt;Vorlage&gt; vom Support") == mayEnd, "\(role)")
            #expect(page.contains("action=\"/einstellungen/support/\(look.id)/beenden\"") == mayEnd, "\(role)")
        }
    }

    private static let confirmation: Model = [
        "heading": "x", "consequence": "x", "path": "/x", "button": "x", "keep": "x", "problems": .object(nil),
        "entfernen_error": .text(nil),
    ]

    @Test("B8: each role passes exactly where the matrix says so", arguments: Permission.allCases)
    func matrix(_ permission: Permission) async throws {
        let endpoint = Endpoint.page("/x", permission.isPlatform ? .platform(permission) : .tenant(permission), "x")
        let holders = AccessMatrix.holders(of: permission)
        for role in MemberRole.allCases {
            let visitor = try SiteFixture.visitor(.member(role))
            let answer = try await ask(endpoint, visitor)
            #expect(answer.status == (holders.roles.contains(role) ? .ok : .forbidden), "\(role) \(permission)")
        }
        let access = SupportAccessFacts(id: SupportAccessID(), reason: "Anruf geprüft", expiresAt: SiteFixture.now)
        let support = try await ask(endpoint, SiteFixture.visitor(.support(access)))
        #expect(support.status == (holders.includesSupport ? .ok : .forbidden))
        for role in PlatformRole.allCases {
            let answer = try await ask(endpoint, SiteFixture.visitor(nil, platform: role))
            // Without a tenant there is nothing to refuse: the person is led to choose one.
            let expected: HTTPResponse.Status =
                permission.isPlatform ? (holders.platformRoles.contains(role) ? .ok : .forbidden) : .seeOther
            #expect(answer.status == expected, "\(role) \(permission)")
        }
    }

    private func ask(_ endpoint: Endpoint, _ visitor: Visitor) async throws -> Response {
        try await SiteFixture().ask(endpoint, as: visitor) { book in
            switch endpoint.access {
            case .platform: book.platform(endpoint) { _ in .text("ok") }
            default: book.tenant(endpoint) { _ in .text("ok") }
            }
        }
    }

    @Test("A9: what is not visible and what is not allowed have one answer, byte for byte")
    func uniformRefusal() async throws {
        let visitor = try SiteFixture.visitor(.member(.viewer))
        let fixture = SiteFixture()
        let first = UUID().uuidString
        let notThere = try await fixture.ask(Self.callPage, as: visitor, parameters: ["id": first]) { book in
            book.tenant(Self.callPage) { _ in throw NotVisible() }
        }
        let malformed = try await fixture.ask(Self.callPage, as: visitor, parameters: ["id": "x"]) { book in
            book.tenant(Self.callPage) { visit in
                _ = try visit.id(as: CallTag.self)
                return .text("never")
            }
        }
        let notAllowed = try await fixture.ask(
            Self.keyForm,
            as: visitor,
            headers: ["sec-fetch-site": "same-origin"],
            parameters: ["id": "y"]
        ) { book in
            book.tenant(Self.keyForm) { _ in .text("never") }
        }
        #expect(notThere.status == .forbidden)
        #expect(notThere.headers == malformed.headers)
        #expect(notThere.headers == notAllowed.headers)
        let text = try await notThere.text()
        #expect(try await malformed.text() == text)
        #expect(try await notAllowed.text() == text)
        #expect(text.contains("Diese Seite gibt es nicht, oder Sie dürfen sie nicht sehen"))
        #expect(fixture.denials.withLock { $0.map(\.hadPermission) } == [true, true, false])
        #expect(fixture.denials.withLock { $0.first?.parameters } == [first])
    }

    @Test(
        "B4: what changes something is accepted from our own pages only",
        arguments: [
            (["sec-fetch-site": "same-origin"], true), (["sec-fetch-site": "same-site"], false),
            (["sec-fetch-site": "cross-site"], false), (["sec-fetch-site": "none"], false),
            (["sec-fetch-site": "cross-site", "origin": "https://voiceagent.example"], false),
            (["origin": "https://voiceagent.example"], true), (["origin": "https://evil.example"], false),
            (["origin": "null"], false), (["origin": "http://voiceagent.example"], false),
            (["origin": "https://voiceagent.example:444"], false), ([:], false),
            (["x-voiceagent-request": "1"], true),
            (["origin": "https://evil.example", "x-voiceagent-request": "1"], false),
        ]
    )
    func crossSite(_ headers: [String: String], _ passes: Bool) async throws {
        let visitor = try SiteFixture.visitor()
        let answer = try await SiteFixture().ask(Self.keyForm, as: visitor, headers: headers) { book in
            book.tenant(Self.keyForm) { _ in .text("done") }
        }
        #expect(answer.status == (passes ? .ok : .forbidden))
    }

    @Test("ASVS 7.5.3: an act that needs a recent proof leads to it and back")
    func recentProof() async throws {
        let stale = try SiteFixture.visitor(strongAt: SiteFixture.now.addingTimeInterval(-601))
        let fresh = try SiteFixture.visitor(strongAt: SiteFixture.now.addingTimeInterval(-599))
        for (visitor, status) in [(stale, HTTPResponse.Status.seeOther), (fresh, .ok)] {
            let answer = try await SiteFixture().ask(Self.ownPage, as: visitor) { book in
                book.person(Self.ownPage) { visit in
                    try visit.requireRecentProof(returnTo: "/eigenes")
                    return .text("done")
                }
            }
            #expect(answer.status == status)
            if status == .seeOther { #expect(answer.headers[.location] == "/bestaetigen?weiter=%2Feigenes") }
        }
    }

    @Test("Every page carries the headers that bind a browser")
    func headers() async throws {
        let answer = try await SiteFixture().ask(Self.guestPage) { book in
            book.guest(Self.guestPage) { visit in visit.page("gate", title: "Titel") }
        }
        func header(_ name: String) throws -> String? { answer.headers[try #require(HTTPField.Name(name))] }
        let policy = try #require(try header("content-security-policy"))
        #expect(!policy.contains("unsafe"))
        #expect(policy.contains("default-src 'none'"))
        #expect(policy.contains("frame-ancestors 'none'"))
        #expect(try header("strict-transport-security") != nil)
        #expect(try header("x-content-type-options") == "nosniff")
        #expect(answer.headers[.cacheControl] == "no-store")
        #expect(answer.headers[.contentLanguage] == "de-AT")
    }

    @Test("A failure of a page is answered without a word of it")
    func failure() async throws {
        struct Telling: Error { let text = "password=geheim" }
        let answer = try await SiteFixture().ask(Self.guestPage) { book in
            book.guest(Self.guestPage) { _ in throw Telling() }
        }
        #expect(answer.status == .internalServerError)
        #expect(try await !answer.text().contains("geheim"))
    }
}
