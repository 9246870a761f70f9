package import People

/// Who may do what: the one table that the checks of requests and their tests are made from (requirement B8).
package enum AccessMatrix {
    /// A row names everyone who has the permission. The switch has no default, so that a new permission without a row
    /// does not compile.
    package static func holders(of permission: Permission) -> Holders {
        switch permission {
        case .overviewRead: Holders([.owner, .admin, .editor, .agent, .billing, .viewer], support: true)
        case .callsRead: Holders([.owner, .admin, .editor, .agent, .viewer], support: true)
        case .transcriptsRead: Holders([.owner, .admin, .editor, .agent, .viewer], support: true)
        case .callsExport: Holders([.owner, .admin, .editor, .agent])
        case .liveWatch: Holders([.owner, .admin, .editor, .agent, .viewer], support: true)
        case .liveIntervene: Holders([.owner, .admin, .agent])
        case .flowsRead: Holders([.owner, .admin, .editor, .agent, .viewer], support: true)
        case .flowsWrite: Holders([.owner, .admin, .editor])
        case .numbersRead: Holders([.owner, .admin, .editor, .agent, .viewer], support: true)
        case .numbersAssign: Holders([.owner, .admin, .editor])
        case .numbersWrite: Holders([.owner, .admin])
        case .numbersExport: Holders([.owner, .admin, .editor])
        case .membersRead: Holders([.owner, .admin, .editor, .agent, .billing, .viewer], support: true)
        case .membersWrite: Holders([.owner, .admin])
        case .ownershipWrite: Holders([.owner])
        case .settingsRead: Holders([.owner, .admin, .editor, .viewer], support: true)
        case .settingsWrite: Holders([.owner, .admin])
        case .keysRead: Holders([.owner, .admin])
        case .keysWrite: Holders([.owner, .admin])
        case .auditRead: Holders([.owner, .admin], support: true)
        case .auditExport: Holders([.owner, .admin])
        case .billsRead: Holders([.owner, .billing])
        case .tenantClose: Holders([.owner])
        case .secondFactorWrite: Holders([.owner])
        case .supportEnd: Holders([.owner, .admin])
        case .platformTenantsRead: Holders(platform: [.operator, .support])
        case .platformTenantsWrite: Holders(platform: [.operator])
        case .platformPeopleRead: Holders(platform: [.operator])
        case .platformPeopleWrite: Holders(platform: [.operator])
        case .platformNumbersRead: Holders(platform: [.operator, .support])
        case .platformNumbersWrite: Holders(platform: [.operator])
        case .platformStatusRead: Holders(platform: [.operator, .support])
        case .platformAuditRead: Holders(platform: [.operator, .support])
        case .platformAuditExport: Holders(platform: [.operator])
        case .platformSupport: Holders(platform: [.support])
        }
    }

    package struct Holders: Sendable, Hashable {
        package let roles: Set<MemberRole>
        /// Whether support has it too, while it looks into the tenant.
        package let includesSupport: Bool
        package let platformRoles: Set<PlatformRole>

        init(_ roles: Set<MemberRole> = [], support: Bool = false, platform: Set<PlatformRole> = []) {
            self.roles = roles
            includesSupport = support
            platformRoles = platform
        }
    }

    /// In a tenant.
    package static func allows(_ position: Position, _ permission: Permission) -> Bool {
        let holders = holders(of: permission)
        return switch position {
        case .member(let role): holders.roles.contains(role)
        case .support: holders.includesSupport
        }
    }

    /// On the platform.
    package static func allows(_ role: PlatformRole, _ permission: Permission) -> Bool {
        holders(of: permission).platformRoles.contains(role)
    }

    /// What an API key may be given: what its tenant's pages show, and nothing that concerns people's own sign-in.
    package static let keyScopes: [Permission] = [
        .callsRead, .transcriptsRead, .numbersRead, .numbersAssign, .numbersWrite, .membersRead, .auditRead,
    ]
}
