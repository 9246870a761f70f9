import Foundation
import HTTPTypes
import Hummingbird
import Tenants
import Testing
import Web

@testable import Site

/// What every answer of the frame says to a browser, whatever kind of answer it is (ASVS 5.0 V3.3 and V3.4).
struct HeaderTests {
    private static let page = Endpoint.page("/gast", .guest, "for guests")
    private static let form = Endpoint.form("/weg", .guest, "for guests")
    private static let file = Endpoint.page("/datei", .guest, "a file")
    private static let data = Endpoint.page("/daten", .guest, "for modules")
    private static let ownPage = Endpoint.page("/eigenes", .person, "for persons")

    private struct Kind {
        let name: String
        let answer: Response
    }

    /// One answer of each kind there is.
    private func answers() async throws -> [Kind] {
        let fixture = SiteFixture()
        let site = try fixture.site()
        var kinds = [
            Kind(
                name: "page",
                answer: try await fixture.ask(Self.page) { book in
                    book.guest(Self.page) { $0.page("gate", title: "Titel") }
                }
            ),
            Kind(
                name: "redirect",
                answer: try await fixture.ask(Self.ownPage) { book in
                    book.person(Self.ownPage) { _ in .text("never") }
                }
            ),
            Kind(
                name: "refusal",
                answer: try await fixture.ask(Self.form, headers: ["sec-fetch-site": "cross-site"]) { book in
                    book.guest(Self.form) { _ in .text("never") }
                }
            ),
            Kind(
                name: "file to keep",
                answer: try await fixture.ask(Self.file) { book in
                    book.guest(Self.file) { $0.download("a;b", name: "liste.csv", type: CSV.type) }
                }
            ),
            Kind(
                name: "JSON",
                answer: try await fixture.ask(Self.data) { book in book.guest(Self.data) { $0.json("{}") } }
            ),
        ]
        for (endpoint, name) in [
            (Endpoint.assets, "app.css"), (.adminAssets, "icons.svg"), (.moduleAssets, "app.js"),
        ] {
            let values = ["release": site.assets.release, "name": name]
            kinds.append(
                Kind(
                    name: name,
                    answer: try await fixture.ask(endpoint, parameters: values) { SiteController(site).bind(into: &$0) }
                )
            )
        }
        kinds.append(
            Kind(name: "admin", answer: try await fixture.ask(.admin) { SiteController(site).bind(into: &$0) })
        )
        return kinds
    }

    private func header(_ name: String, _ answer: Response) throws -> String? {
        answer.headers[try #require(HTTPField.Name(name))]
    }

    @Test("ASVS 3.4.1: every kind of answer asks browsers for HTTPS, for two years and all subdomains")
    func transport() async throws {
        for kind in try await answers() {
            let value = try #require(try header("strict-transport-security", kind.answer), "\(kind.name)")
            #expect(value == "max-age=63072000; includeSubDomains", "\(kind.name)")
        }
    }

    @Test("ASVS 3.4.3, 3.4.6: every kind of answer has a policy without plug-ins, base and foreign frames")
    func policy() async throws {
        for kind in try await answers() {
            let policy = try #require(try header("content-security-policy", kind.answer), "\(kind.name)")
            for directive in [
                "default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'",
            ] {
                #expect(policy.split(separator: "; ").contains { $0 == directive }, "\(kind.name): \(directive)")
            }
            #expect(!policy.contains("unsafe") && !policy.contains("http") && !policy.contains("*"), "\(kind.name)")
        }
    }

    @Test("ASVS 3.2.1, 3.4.4: no kind of answer is read as another type; files are kept, drawings stand in a sandbox")
    func types() async throws {
        let kinds = try await answers()
        for kind in kinds {
            #expect(try header("x-content-type-options", kind.answer) == "nosniff", "\(kind.name)")
            if kind.answer.status == .ok { #expect(kind.answer.headers[.contentType] != nil, "\(kind.name)") }
        }
        let kept = try #require(kinds.first { $0.name == "file to keep" }).answer
        #expect(kept.headers[.contentDisposition] == "attachment; filename=\"liste.csv\"")
        for name in ["icons.svg", "app.js", "app.css"] {
            let asset = try #require(kinds.first { $0.name == name }).answer
            #expect(try header("content-security-policy", asset)?.hasSuffix("; sandbox") == true, "\(name)")
        }
    }

    @Test("ASVS 3.4.2, 3.4.5: no kind of answer is shared with other origins or told to them")
    func origins() async throws {
        for kind in try await answers() {
            #expect(try header("access-control-allow-origin", kind.answer) == nil, "\(kind.name)")
            #expect(try header("cross-origin-resource-policy", kind.answer) == "same-origin", "\(kind.name)")
            #expect(try header("referrer-policy", kind.answer) == "same-origin", "\(kind.name)")
        }
    }

    @Test(
        "ASVS 3.3.1 to 3.3.4: each cookie is for this host and HTTPS alone, hidden from scripts and other sites' forms",
        arguments: [
            CookieName.session, CookieName.device, CookieName.language, CookieName.theme, CookieName.flash,
            CookieName.ceremony,
        ]
    )
    func cookies(_ name: String) async throws {
        let answer = try await SiteFixture().ask(Self.page) { book in
            book.guest(Self.page) { visit in
                var response = visit.redirect(to: "/")
                visit.setCookie(name, "x", seconds: 60, on: &response)
                return response
            }
        }
        let parts = try #require(answer.headers[.setCookie]).components(separatedBy: "; ")
        #expect(parts.first == "__Host-\(name)=x")
        #expect(Set(parts.dropFirst()) == ["Path=/", "HttpOnly", "SameSite=Lax", "Secure", "Max-Age=60"])
    }
}
