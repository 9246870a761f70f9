import Foundation
import Kernel
import Localization
import PageParts
import People
import Site
import Tenants

/// What the page of one person says.
struct PersonPage {
    let detail: PersonDetail
    let visit: PlatformVisit

    private var line: PersonLine { detail.line }

    var model: Model {
        let mayReset = visit.may(.platformPeopleWrite) && line.hasSecondFactor && line.id != visit.person.id
        return [
            "name": .text(line.name),
            "email": .text(line.email),
            "is_disabled": .flag(!line.isActive),
            "created": .text(
                visit.text("platform.person_since", ["date": visit.localizer.date(line.createdAt)])
            ),
            "facts": .list(
                [
                    ("platform.person_anmeldung", visit.lastSignIn(line)),
                    ("platform.person_rolle", visit.roleName(line) ?? visit.text("platform.person_no_role")),
                ].map { ["term": .text(visit.text($0.0)), "value": .text($0.1)] }
            ),
            "has_workplaces": .flag(!detail.workplaces.isEmpty),
            "workplaces": .list(detail.workplaces.map(workplace)),
            "has_factors": .flag(line.hasSecondFactor),
            "factors": .list(factors),
            "reset_path": .text(mayReset ? line.id.pagePath + "/zweiter-faktor" : nil),
            "is_self": .flag(line.hasSecondFactor && line.id == visit.person.id),
        ]
    }

    private func workplace(_ place: Workplace) -> Model {
        [
            "tenant_path": .text(place.tenant.pagePath), "tenant_name": .text(place.name),
            "slug": .text(place.slug.value), "role": .text(visit.text(place.role.key)),
            "is_suspended": .flag(place.state == .suspended),
        ]
    }

    /// Kinds and dates, and no more.
    private var factors: [Model] {
        let date = visit.localizer.date
        var factors: [(kind: String, note: String)] = []
        if let since = detail.appSince {
            factors.append(
                (visit.text("platform.person_app"), visit.text("platform.since", ["date": date(since)]))
            )
        }
        for passkey in detail.passkeys {
            let used = passkey.lastUsedAt.map { visit.text("platform.person_passkey_used", ["date": date($0)]) }
            let notes = [visit.text("platform.since", ["date": date(passkey.since)]), used].compactMap(\.self)
            factors.append((visit.text("platform.person_passkey"), notes.joined(separator: ", ")))
        }
        if line.hasSecondFactor {
            let left = detail.recoveryCodesLeft
            let note = visit.counted(left, one: "platform.person_codes_one", many: "platform.person_codes_many")
            factors.append((visit.text("platform.person_codes"), note))
        }
        return factors.map { ["kind": .text($0.kind), "note": .text($0.note)] }
    }
}
