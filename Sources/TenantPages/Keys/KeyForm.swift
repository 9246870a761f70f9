import Foundation
import HTTPTypes
import Hummingbird
import Localization
import PageParts
import Site
import Tenants

/// What a new key is for, what it may do, and until when.
struct KeyForm {
    static let days = [30, 90, 365]
    private static let standardDays = 90
    private static let never = "nie"

    let name: String
    let scopes: Set<Permission>
    /// Nil for a key without an end.
    let days: Int?

    /// The form as it is offered first.
    init() {
        name = ""
        scopes = []
        days = Self.standardDays
    }

    init(_ form: FormValues) {
        name = String((form.text("name") ?? "").prefix(200))
        scopes = Set(form.all("recht").compactMap(Permission.init(rawValue:)))
        if form.text("ablauf") == Self.never {
            days = nil
        } else {
            days = form.number("ablauf").flatMap { Self.days.contains($0) ? $0 : nil } ?? Self.standardDays
        }
    }

    /// The end of the day in the tenant's zone, so that the date on the page is the last one on which the key opens.
    func expiry(_ visit: TenantVisit) -> Date? {
        days.map { visit.localizer.startOfDay(visit.now, addingDays: $0 + 1).addingTimeInterval(-1) }
    }

    func page(_ visit: TenantVisit, _ problems: FormProblems = FormProblems()) -> Response {
        let model: Model = [
            "name": .text(name),
            "scope_groups": .list(groups(visit)),
            "expiries": .choices(expiries(visit)),
        ]
        return visit.page(
            "tenant/key-new",
            title: visit.text("tenant.key_new_title"),
            model.merging(problems.model(of: ["name", "rechte"], visit)),
            status: problems.isEmpty ? .ok : .unprocessableContent
        )
    }

    /// By what the first word of a permission names; only what whoever makes the key may do themselves.
    private func groups(_ visit: TenantVisit) -> [Model] {
        let offered = AccessMatrix.keyScopes.filter(visit.may)
        return KeyScopeGroup.allCases.compactMap { group in
            let members = offered.filter { KeyScopeGroup($0) == group }
            guard !members.isEmpty else { return nil }
            return [
                "group": .text(visit.text("tenant.key_group_\(group.rawValue)")),
                "scopes": .choices(
                    members.map { FormChoice($0.rawValue, visit.text($0.key), isChosen: scopes.contains($0)) }
                ),
            ]
        }
    }

    private func expiries(_ visit: TenantVisit) -> [FormChoice] {
        let limited = Self.days.map { days in
            FormChoice(
                String(days),
                visit.text("tenant.key_days", ["n": visit.localizer.number(days)]),
                hint: visit.text(
                    "tenant.key_days_until",
                    ["date": visit.localizer.date(visit.localizer.startOfDay(visit.now, addingDays: days))]
                ),
                isChosen: days == self.days
            )
        }
        let unlimited = FormChoice(
            Self.never,
            visit.text("tenant.key_no_expiry"),
            hint: visit.text("tenant.key_no_expiry_warning"),
            isChosen: days == nil
        )
        return limited + [unlimited]
    }
}

/// How the permissions of keys are put together on the page.
enum KeyScopeGroup: String, CaseIterable {
    case calls
    case numbers
    case tenant

    init(_ permission: Permission) {
        switch permission {
        case .callsRead, .transcriptsRead: self = .calls
        case .numbersRead, .numbersAssign, .numbersWrite: self = .numbers
        default: self = .tenant
        }
    }
}
