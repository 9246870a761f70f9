import Foundation
import Localization
import PageParts
import TestSupport
import Testing

/// Every action that the product records can be read by people.
struct AuditTextTests {
    @Test("G2: every action recorded in Sources has a text")
    func everyActionHasAText() throws {
        let catalog = try Catalog.load(resources: RepositoryFolder.resources)
        let actions = try RecordedActions.read()
        #expect(actions.count > 40)
        for (action, file) in actions.sorted(by: { $0.key < $1.key }) {
            let text = catalog.message(AuditKey.action(action), .de)
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
            #expect(catalog.message(AuditKey.action("person.\(kind)"), .de) != nil, "\(kind)")
        }
    }
}
