import Foundation
import HTTPTypes
import Hummingbird
import Tenants
import TestSupport
import Testing
import Web

@testable import Site

/// What the templates and modules must never do, read from their text (ASVS 5.0 V3 and V6.2).
struct FrontEndTests {
    private static func texts(_ folder: String, _ suffix: String) throws -> [String: String] {
        let root = RepositoryFolder.resources.appending(path: folder).resolvingSymlinksInPath()
        var texts: [String: String] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: root.path) where name.hasSuffix(suffix) {
            texts[name] = try String(contentsOf: root.appending(path: name), encoding: .utf8)
        }
        return texts
    }

    @Test("ASVS 3.2.2: templates take markup from this house's drawings only, everything else is escaped")
    func markup() throws {
        let templates = try Self.texts("templates", ".mustache")
        #expect(templates.count >= 10)
        var raw: Set<String> = []
        for (name, text) in templates {
            #expect(!text.contains("{{&") && !text.contains("{{=") && !text.contains("{{%"), "\(name)")
            raw.formUnion(text.matches(of: /\{\{\{\s*(\w+)\s*\}\}\}/).map { String($0.1) })
        }
        #expect(raw.subtracting(["qr", "calls_chart", "answers_chart"]).isEmpty, "\(raw)")
    }

    @Test("ASVS 3.2.2, 3.5.5: modules write text as text, run no text as code and listen to no other window")
    func modules() throws {
        let modules = try Self.texts("public", ".js")
        #expect(modules.count >= 5)
        for (name, text) in modules {
            for forbidden in [
                "eval(", "new Function", "document.write", "outerHTML", "insertAdjacentHTML",
                "createContextualFragment", "DOMParser", "setHTMLUnsafe", "postMessage", "\"message\"", "onmessage",
                "javascript:",
            ] {
                #expect(!text.contains(forbidden), "\(name): \(forbidden)")
            }
            // The one place that takes markup takes a part of a page which the server escaped.
            let markup = text.ranges(of: "innerHTML").count
            #expect(markup == 0 || (name == "js/phone.js" && markup == 1), "\(name)")
        }
    }

    @Test("ASVS 3.7.1: templates ask for nothing but HTML: no plug-in, no applet, no frame")
    func plugIns() throws {
        for (name, text) in try Self.texts("templates", ".mustache") {
            for element in ["<object", "<embed", "<applet", "<param", "<iframe", "<frame", "<base"] {
                #expect(!text.lowercased().contains(element), "\(name): \(element)")
            }
        }
    }

    @Test("ASVS 6.2.6, 6.2.7: passwords are typed hidden, may be pasted, and are named for password managers")
    func passwordFields() throws {
        var fields = 0
        for (name, text) in try Self.texts("templates/account", ".mustache") {
            for match in text.matches(of: /<input[^>]*name="(passwort|alt|neu)"[^>]*>/) {
                let field = String(match.0)
                fields += 1
                #expect(field.contains("type=\"password\""), "\(name): \(field)")
                #expect(
                    field.contains("autocomplete=\"current-password\"")
                        || field.contains("autocomplete=\"new-password\""),
                    "\(name): \(field)"
                )
                #expect(!field.contains("maxlength") && !field.contains("pattern"), "\(name): \(field)")
            }
        }
        #expect(fields >= 7)
        for (name, text) in try Self.texts("public", ".js") { #expect(!text.contains("paste"), "\(name)") }
    }

    @Test("ASVS 6.4.2: the pages of the account ask for nothing that stands in for a password")
    func questions() throws {
        let known: Set = [
            "alt", "antwort", "code", "email", "mandant", "mit", "name", "neu", "passwort", "sprache", "thema",
            "weiter",
        ]
        for (name, text) in try Self.texts("templates/account", ".mustache") {
            for match in text.matches(of: /<(?:input|select|textarea)[^>]*\sname="([^"]*)"/) {
                #expect(known.contains(String(match.1)), "\(name): \(match.1)")
            }
        }
    }

    @Test("ASVS 7.4.4: whoever is signed in finds the way out on every page", arguments: ["shell", "gate"])
    func wayOut(_ layout: String) async throws {
        let endpoint = Endpoint.page("/eigenes", .person, "for persons")
        func page(_ visitor: Visitor?) async throws -> String {
            try await SiteFixture().ask(endpoint, as: visitor) { book in
                book.person(endpoint) { $0.page(layout, title: "Titel") }
            }.text()
        }
        let html = try await page(SiteFixture.visitor())
        #expect(html.contains("<form method=\"post\" action=\"/abmelden\">"))
        #expect(try await !page(nil).contains("/abmelden"))
    }

    @Test(
        "ASVS 7.4.4: where the second factor is still missing there is a way out, too",
        arguments: ["code", "enrolment"]
    )
    func wayOutHalfway(_ name: String) throws {
        let text = try #require(try Self.texts("templates/account", ".mustache")["\(name).mustache"])
        #expect(text.contains("action=\"/abmelden\""))
    }
}
