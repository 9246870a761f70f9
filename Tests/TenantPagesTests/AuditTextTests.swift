import Audit
import Foundation
import Kernel
import Localization
import People
import Tenants
import TestSupport
import Testing

@testable import TenantPages

/// Every action that the product records can be read by people.
struct AuditTextTests {
    @Test("G2: every action recorded in Sources has a text")
    func everyActionHasAText() throws {
        let catalog = try Catalog.load(resources: RepositoryFolder.resources)
        let actions = try Self.actions()
        #expect(actions.count > 40)
        for (action, file) in actions.sorted(by: { $0.key < $1.key }) {
            let text = catalog.message(AuditWords.key(ofAction: action), .de)
            #expect(text != nil, "\(file) records \(action): give it a text in locales/*/audit_page.json")
        }
    }

    @Test("G2: every kind of event at a sign-in has a text")
    func everySignInEventHasAText() throws {
        let catalog = try Catalog.load(resources: RepositoryFolder.resources)
        let file = RepositoryFolder.root.appending(path: "Sources/People/SignIn/SignInEvent.swift")
        let source = try String(contentsOf: file, encoding: .utf8)
        let kinds = source.matches(of: /case [a-zA-Z]+ = "([a-z_]+)"/).map { String($0.1) }
        #expect(kinds.count > 10)
        for kind in kinds {
            #expect(catalog.message(AuditWords.key(ofAction: "person.\(kind)"), .de) != nil, "\(kind)")
        }
    }

    @Test("the areas of the filter cover every action of a tenant's chain")
    func everyActionHasAnArea() throws {
        let ofThePlatform = ["platform.", "platform_member.", "access."]
        for action in try Self.actions().keys where !ofThePlatform.contains(where: action.hasPrefix) {
            #expect(AuditList.groups.contains { action.hasPrefix($0.prefix) }, "\(action) is in no area")
        }
    }

    /// Each action, with a file that records it.
    private static func actions() throws -> [String: String] {
        let sources = RepositoryFolder.root.appending(path: "Sources")
        let names = try FileManager.default.subpathsOfDirectory(atPath: sources.path).filter { $0.hasSuffix(".swift") }
        var actions: [String: String] = [:]
        for name in names {
            let source = try String(contentsOf: sources.appending(path: name), encoding: .utf8)
            guard ["AuditEntry", "AuditTrail", ".entry("].contains(where: source.contains) else { continue }
            for match in source.matches(of: /"([a-z_]+\.[a-z_]+)"/) {
                actions[String(match.1)] = name
            }
        }
        return actions
    }
}
