import Localization
import Site
import Tenants

/// What the page of the tenant's keys says.
struct KeyListModel {
    let list: KeyList
    let visit: TenantVisit

    var model: Model {
        let shown = list.state.slice(list.keys)
        return visit.listModel(
            list.state,
            total: list.keys.count,
            shown: shown.count,
            filters: list.filters(visit),
            searchLabel: visit.text("tenant.key_search"),
            exportPath: list.isUnused ? nil : KeyList.sheetPath
        ).merging([
            "may_create": .flag(visit.may(.keysWrite)),
            "is_unused": .flag(list.isUnused),
            "count": .text(
                list.keys.count == 1
                    ? visit.text("tenant.key_count_one")
                    : visit.text("tenant.key_count", ["n": visit.localizer.number(list.keys.count)])
            ),
            "keys": .list(shown.map(row)),
            "column_name": .object(visit.column("name", label: visit.text("tenant.key_name"), list.state)),
            "column_created": .object(visit.column("erstellt", label: visit.text("tenant.key_created"), list.state)),
            "column_used": .object(visit.column("verwendet", label: visit.text("tenant.key_used"), list.state)),
            "column_expires": .object(visit.column("ablauf", label: visit.text("tenant.key_expires"), list.state)),
        ])
    }

    private func row(_ key: APIKeyLine) -> Model {
        let state = KeyState(key, at: visit.now)
        return [
            "name": .text(key.name),
            "prefix": .text(key.prefix),
            "scopes": .text(key.scopes.map { visit.text($0.key) }.joined(separator: ", ")),
            "created": .text(visit.localizer.date(key.createdAt)),
            "created_by": .text(visit.text("tenant.key_by", ["name": key.createdByName])),
            "used": .text(key.lastUsedAt.map(visit.localizer.dateTime) ?? visit.text("tenant.key_never_used")),
            "expires": .text(key.expiresAt.map(visit.localizer.date) ?? visit.text("tenant.key_no_expiry")),
            "state": .text(visit.text(state.key)),
            "is_valid": .flag(state == .valid),
            "is_expired": .flag(state == .expired),
            "is_over": .flag(state != .valid),
            "revoke_path": .text(
                state == .valid && visit.may(.keysWrite) ? "\(KeyList.path)/\(key.id)/widerrufen" : nil
            ),
        ]
    }
}
