import People
import Tenants

/// The sidebar: every area that there is or will be, for those who may enter it.
enum Navigation {
    struct Group {
        /// A key of the catalog; the first group has none.
        let label: String?
        let items: [Item]
    }

    struct Item {
        let path: String
        let icon: String
        /// A key of the catalog.
        let label: String
        let permission: Permission
        /// False for an area whose pages are not part of this release: it keeps its place and leads nowhere.
        let isThere: Bool

        init(_ path: String, _ icon: String, _ label: String, _ permission: Permission, isThere: Bool = true) {
            self.path = path
            self.icon = icon
            self.label = "frame.nav_\(label)"
            self.permission = permission
            self.isThere = isThere
        }

        func covers(_ current: String) -> Bool {
            if path == "/anrufe", current.hasPrefix("/anrufe/live") { return false }
            return current == path || current.hasPrefix(path + "/")
        }
    }

    static func tenant(_ position: Position) -> [Group] {
        filter(tenantGroups) { AccessMatrix.allows(position, $0) }
    }

    static func platform(_ role: PlatformRole) -> [Group] {
        filter(platformGroups) { AccessMatrix.allows(role, $0) }
    }

    private static let tenantGroups = [
        Group(
            label: nil,
            items: [
                Item("/uebersicht", "overview", "overview", .overviewRead),
                Item("/anrufe", "phone", "calls", .callsRead),
                Item("/anrufe/live", "pulse", "live", .liveWatch),
                Item("/uebergaben", "handoff", "handovers", .callsRead, isThere: false),
            ]
        ),
        Group(
            label: "frame.group_setup",
            items: [
                Item("/flows", "flow", "flows", .flowsRead, isThere: false),
                Item("/rufnummern", "hash", "numbers", .numbersRead),
                Item("/konnektoren", "plug", "connectors", .flowsRead, isThere: false),
            ]
        ),
        Group(
            label: "frame.group_account",
            items: [
                Item("/rechnungen", "receipt", "bills", .billsRead, isThere: false),
                Item("/team", "users", "team", .membersRead),
                Item("/api-schluessel", "key", "keys", .keysRead),
                Item("/audit-protokoll", "audit", "audit", .auditRead),
                Item("/einstellungen", "settings", "settings", .settingsRead),
            ]
        ),
    ]

    private static let platformGroups = [
        Group(
            label: nil,
            items: [
                Item("/plattform/mandanten", "building", "tenants", .platformTenantsRead),
                Item("/plattform/rufnummern", "hash", "numbers", .platformNumbersRead),
                Item("/plattform/personen", "users", "people", .platformPeopleRead),
                Item("/plattform/abrechnungen", "receipt", "billing", .platformTenantsWrite, isThere: false),
                Item("/plattform/tarife", "tariff", "tariffs", .platformTenantsWrite, isThere: false),
            ]
        ),
        Group(
            label: "frame.group_operation",
            items: [
                Item("/plattform/systemstatus", "monitor", "status", .platformStatusRead),
                Item("/plattform/audit-protokoll", "audit", "audit", .platformAuditRead),
            ]
        ),
    ]

    private static func filter(_ groups: [Group], _ allows: (Permission) -> Bool) -> [Group] {
        groups.compactMap { group in
            let items = group.items.filter { allows($0.permission) }
            return items.isEmpty ? nil : Group(label: group.label, items: items)
        }
    }
}
