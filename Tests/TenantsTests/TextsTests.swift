import Kernel
import Localization
import TestSupport
import Testing

@testable import Tenants

@Suite("Texts of tenants")
struct TextsTests {
    @Test("every refusal, role, state and permission of keys has its text in both languages")
    func keys() throws {
        let catalog = try Catalog.load(resources: RepositoryFolder.resources)
        var keys = MemberRole.allCases.flatMap { [$0.key, $0.explanationKey] }
        keys += MemberRefusal.allCases.map(\.key) + APIKeyRefusal.allCases.map(\.key)
        keys += SupportRefusal.allCases.map(\.key) + ClosingRefusal.allCases.map(\.key)
        keys += SecondFactorRefusal.allCases.map(\.key) + FactorResetRefusal.allCases.map(\.key)
        keys += [AcceptanceRefusal.linkOver, .signInFirst, .otherAddress, .alreadyMember].map(\.key)
        keys += AccessMatrix.keyScopes.map(\.key)
        keys += TenantState.allCases.map { "tenants.state_\($0.rawValue)" }
        for language in Language.allCases {
            for key in keys { #expect(catalog.message(key, language) != nil, "\(language): \(key)") }
        }
    }

    @Test("the export explains each of its files")
    func readme() throws {
        let catalog = try Catalog.load(resources: RepositoryFolder.resources)
        for language in Language.allCases {
            let lines = catalog.text("tenants.export_readme", language).split(separator: "\n")
            let explained = lines.compactMap {
                $0.contains("    ") || $0.contains("  ") ? $0.split(separator: " ").first : nil
            }
            #expect(Set(explained.map(String.init)).isSuperset(of: ExportTable.all.map(\.name) + ["audit"]))
        }
    }

    @Test("B8: each permission has a row, keys are given no permission that no member has")
    func matrix() {
        for permission in Permission.allCases {
            let holders = AccessMatrix.holders(of: permission)
            #expect(holders.platformRoles.isEmpty != permission.isPlatform, "\(permission)")
            #expect(holders.roles.contains(.owner) != permission.isPlatform, "\(permission)")
        }
        #expect(AccessMatrix.keyScopes.allSatisfy { AccessMatrix.allows(.member(.owner), $0) })
    }
}
