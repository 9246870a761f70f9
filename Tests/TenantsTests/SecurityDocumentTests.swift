import Foundation
import People
import TestSupport
import Testing

@testable import Tenants

/// docs/SECURITY.md says who may do what; it says what the code does.
@Suite("The security document on access")
struct SecurityDocumentTests {
    private let lines: Set<String>

    init() throws {
        let file = RepositoryFolder.root.appending(path: "docs/SECURITY.md")
        lines = Set(try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init))
    }

    private func row(_ permission: Permission) -> String {
        let holders = AccessMatrix.holders(of: permission)
        let roles = MemberRole.allCases.filter(holders.roles.contains).map(\.rawValue)
        let people = holders.platformRoles.map(\.rawValue).sorted().map { "platform \($0)" }
        let all = roles + (holders.includesSupport ? ["support"] : []) + people
        let key = AccessMatrix.keyScopes.contains(permission) ? "yes" : "–"
        return "| `\(permission.rawValue)` | \(all.joined(separator: ", ")) | \(key) |"
    }

    @Test("ASVS 8.1.1: the document's table of permissions is the code's", arguments: Permission.allCases)
    func permissions(_ permission: Permission) {
        #expect(lines.contains(row(permission)), "\(row(permission))")
    }

    @Test("ASVS 8.1.1: the document knows no permission that is none")
    func noOthers() {
        let rows = lines.filter { $0.contains(/^\| `(?:platform\.)?[a-z]+\.[a-z]+` \|/) }
        #expect(rows.count == Permission.allCases.count)
    }
}
