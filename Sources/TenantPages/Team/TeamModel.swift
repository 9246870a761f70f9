import Foundation
import Localization
import People
import Site
import Tenants

/// What the page of the tenant's people says.
struct TeamModel {
    let list: TeamList
    let invitations: [Invitation]
    let visit: TenantVisit

    var model: Model {
        let mayWrite = visit.may(.membersWrite)
        let shown = list.state.slice(list.members)
        return visit.listModel(
            list.state,
            total: list.members.count,
            shown: shown.count,
            filters: list.filters(visit),
            searchLabel: visit.text("tenant.team_search"),
            exportPath: mayWrite ? TeamList.sheetPath : nil
        ).merging([
            "may_invite": .flag(mayWrite),
            "may_leave": .flag(isMember),
            "count": .text(count),
            "members": .list(shown.map(row)),
            "column_name": .object(visit.column("name", label: visit.text("tenant.team_name"), list.state)),
            "column_role": .object(visit.column("rolle", label: visit.text("tenant.role"), list.state)),
            "column_since": .object(visit.column("seit", label: visit.text("tenant.team_since"), list.state)),
            "column_seen": .object(visit.column("gesehen", label: visit.text("tenant.team_seen"), list.state)),
            "column_factor": .object(
                list.showsFactors ? visit.column("faktor", label: visit.text("tenant.team_factor"), list.state) : nil
            ),
            "has_invitations": .flag(!invitations.isEmpty),
            "invitations": .list(invitations.map(row)),
        ])
    }

    /// Support looks in and is no member.
    private var isMember: Bool {
        if case .member = visit.standing.position { true } else { false }
    }

    private var count: String {
        list.members.count == 1
            ? visit.text("tenant.team_count_one")
            : visit.text("tenant.team_count", ["n": visit.localizer.number(list.members.count)])
    }

    private func row(_ member: Member) -> Model {
        let mayTouch = visit.mayTouch(member.role)
        return [
            "name": .text(member.name),
            "email": .text(member.email),
            "is_self": .flag(member.person == visit.person.id),
            "role": .text(visit.roleName(member.role)),
            "since": .text(visit.localizer.date(member.since)),
            "seen": .text(member.lastSeenAt.map(visit.localizer.dateTime) ?? visit.text("tenant.team_never")),
            "factor": .object(
                list.showsFactors
                    ? ["has_factor": .flag(member.hasSecondFactor)] : nil
            ),
            "actions": .object(
                mayTouch
                    ? [
                        "label": .text(visit.text("tenant.actions_for", ["name": member.name])),
                        "role_path": .text("/team/\(member.person)/rolle"),
                        "remove_path": .text("/team/\(member.person)/entfernen"),
                    ] : nil
            ),
        ]
    }

    private func row(_ invitation: Invitation) -> Model {
        let isOver = invitation.expiresAt <= visit.now
        let date = visit.localizer.date(invitation.expiresAt)
        return [
            "email": .text(invitation.email),
            "role": .text(visit.roleName(invitation.role)),
            "sent": .text(visit.localizer.dateTime(invitation.createdAt)),
            "is_over": .flag(isOver),
            "expiry": .text(visit.text(isOver ? "tenant.invitation_over" : "tenant.invitation_until", ["date": date])),
            "actions": .object(
                visit.mayTouch(invitation.role)
                    ? [
                        "again_path": .text("/team/einladungen/\(invitation.id)/erneut"),
                        "revoke_path": .text("/team/einladungen/\(invitation.id)/widerrufen"),
                    ] : nil
            ),
        ]
    }
}

extension TenantVisit {
    /// Whether whoever looks may change or end what somebody is: only owners touch owners.
    func mayTouch(_ role: MemberRole) -> Bool { may(role == .owner ? .ownershipWrite : .membersWrite) }

    /// The roles that whoever looks may give, from the mightiest on.
    var rolesToGive: [MemberRole] { MemberRole.allCases.filter(mayTouch) }
}
