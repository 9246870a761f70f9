import Foundation
import HTTPTypes
import Hummingbird
import Localization
import People
import Synchronization
import Tenants
import TestSupport
import Testing
import Web

@testable import Site

struct RenderingTests {
    private static let endpoint = Endpoint.page("/uebersicht", .tenant(.overviewRead), "x")
    private static let platform = Endpoint.page("/plattform/mandanten", .platform(.platformTenantsRead), "x")

    @Test("The frame escapes what people named, fills every tag and marks the page", arguments: Language.allCases)
    func shell(_ language: Language) async throws {
        let fixture = SiteFixture()
        let visitor = try SiteFixture.visitor(language: language)
        let answer = try await fixture.ask(Self.endpoint, as: visitor) { book in
            book.tenant(Self.endpoint) { visit in visit.page("shell", title: "Übersicht") }
        }
        let html = try await answer.text()
        #expect(fixture.missing.withLock { $0 } == [])
        #expect(html.contains("Zahnarztpraxis &lt;Musterlinde&gt;"))
        #expect(!html.contains("<Musterlinde>"))
        #expect(html.contains(#"data-theme="dark""#))
        #expect(html.contains(#"<html lang="\#(language == .de ? "de-AT" : "en-GB")""#))
        #expect(html.contains(#"href="/uebersicht" aria-current="page""#))
        #expect(!html.contains(" style="))
    }

    @Test("The platform's frame is another one")
    func platformShell() async throws {
        let fixture = SiteFixture()
        let visitor = try SiteFixture.visitor(nil, platform: .operator)
        let answer = try await fixture.ask(Self.platform, as: visitor) { book in
            book.platform(Self.platform) { visit in visit.page("shell", title: "Mandanten") }
        }
        let html = try await answer.text()
        #expect(fixture.missing.withLock { $0 } == [])
        #expect(html.contains("sidebar--platform"))
        #expect(html.contains("/plattform/systemstatus"))
    }

    @Test("A message is shown on the next page once, escaped")
    func flash() async throws {
        let form = Endpoint.form("/darstellung", .person, "x")
        let fixture = SiteFixture()
        let visitor = try SiteFixture.visitor()
        let sent = try await fixture.ask(form, as: visitor, headers: ["sec-fetch-site": "same-origin"]) { book in
            book.person(form) { visit in visit.redirect(to: "/", saying: "lists.page", ["page": "<1>", "pages": "2"]) }
        }
        let cookie = try #require(sent.headers[.setCookie]?.split(separator: ";").first)
        let shown = try await fixture.ask(
            Self.endpoint,
            as: visitor,
            headers: ["cookie": "__Host-va_session=\(SiteFixture.token); \(cookie)"]
        ) { book in
            book.tenant(Self.endpoint) { visit in visit.page("shell", title: "x") }
        }
        #expect(try await shown.text().contains("Seite &lt;1&gt; von 2"))
        #expect(shown.headers[.setCookie]?.contains("Max-Age=0") == true)
    }

    @Test("A tag without a value is noted")
    func missingTags() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try "{{a}}{{#b}}{{c}}{{/b}}{{t.x.known}}{{t.x.unknown}}{{t.x.open}}"
            .write(to: folder.appending(path: "page.mustache"), atomically: true, encoding: .utf8)
        let texts = ["x.known": "gut", "x.open": "offen {hier}"]
        let templates = try Templates(folder: folder, catalog: Catalog([.de: texts, .en: texts]))
        let (html, missing) = templates.render("page", ["a": "1", "b": [["d": "2"]]], .de)
        #expect(html.hasPrefix("1gut"))
        #expect(missing == ["c", "t.x.open has placeholders", "t.x.unknown"])
    }

    @Test("A template that names a part which is not there is refused at the start")
    func missingPart() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try "{{> parts/none}}".write(to: folder.appending(path: "page.mustache"), atomically: true, encoding: .utf8)
        #expect(throws: TemplateError.self) { try Templates(folder: folder, catalog: Catalog([.de: [:], .en: [:]])) }
    }

    @Test("Templates hold no style, no inline script and no address of elsewhere")
    func templatesAreClean() throws {
        let folder = RepositoryFolder.resources.appending(path: "templates").resolvingSymlinksInPath()
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter {
            $0.hasSuffix(".mustache")
        }
        #expect(files.count >= 10)
        for file in files {
            let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            #expect(!text.contains(" style="), "\(file)")
            #expect(text.ranges(of: "<script").count <= (file == "layout/document.mustache" ? 1 : 0), "\(file)")
            #expect(
                !text.contains(" onclick=") && !text.contains(" onchange=") && !text.contains(" onsubmit="),
                "\(file)"
            )
            #expect(!text.contains("http://") && !text.contains("https://"), "\(file)")
        }
    }

    @Test(
        "C4: a return target is a path of ours and nothing a browser reads otherwise",
        arguments: [
            ("/anrufe?seite=2", true), ("/", true), ("//evil.example", false), ("/\\evil.example", false),
            ("https://evil.example", false), ("javascript:alert(1)", false), ("/a\nb", false), ("/%0d%0aX", true),
            ("anrufe", false), ("", false), ("/ a", false), ("/\u{202E}a", false), ("\\/evil.example", false),
            (String(repeating: "/a", count: 300), false),
        ]
    )
    func returnTargets(_ text: String, _ isOwn: Bool) {
        #expect((ReturnTarget.path(text) != nil) == isOwn)
    }
}
