import HTTPTypes
import Hummingbird
import Kernel
import PageParts
import People
package import Site
package import Tenants
import Web

/// What one member may be, and the end of a membership.
package struct MemberController: Sendable {
    private let members: MemberBook

    package init(_ members: MemberBook) {
        self.members = members
    }

    package func bind(into book: inout SiteBook) {
        book.tenant(.memberRole) { visit in
            let member = try await member(visit)
            let wanted = visit.query.text("rolle").flatMap(MemberRole.init(rawValue:))
            return rolePage(visit, member, chosen: wanted ?? member.role)
        }
        book.tenant(.changeMemberRole) { visit in try await changeRole(visit) }
        book.tenant(.removingMember) { visit in
            let member = try await member(visit)
            try visit.requireRecentProof(returnTo: visit.visit.path)
            return try await removal(visit, member).page(visit)
        }
        book.tenant(.removeMember) { visit in try await remove(visit) }
    }

    private func changeRole(_ visit: TenantVisit) async throws -> Response {
        let member = try await member(visit)
        guard let role = visit.form.text("rolle").flatMap(MemberRole.init(rawValue:)) else {
            return rolePage(visit, member, chosen: member.role, problem: visit.text("tenant.role_missing"))
        }
        let isSensitive = [member.role, role].contains { $0 == .owner || $0 == .admin }
        if isSensitive, role != member.role {
            try visit.requireRecentProof(
                returnTo: visit.visit.path + "?" + FormValues.query([("rolle", role.rawValue)])
            )
        }
        let refusal = try await members.changeRole(visit.tenant.id, member.person, to: role, by: visit.acting)
        switch refusal {
        case nil:
            return visit.redirect(
                to: TeamList.path,
                saying: "tenant.role_changed",
                ["name": member.name, "role": visit.roleName(role)]
            )
        case .notAMember: throw NotVisible()
        case .lastOwner:
            return rolePage(visit, member, chosen: role, problem: visit.text("tenant.role_last_owner"))
        case .some(let refusal):
            return rolePage(visit, member, chosen: role, problem: visit.text(refusal.key))
        }
    }

    private func remove(_ visit: TenantVisit) async throws -> Response {
        let member = try await member(visit)
        try visit.requireRecentProof(returnTo: visit.visit.path)
        if let refusal = try await members.remove(visit.tenant.id, member.person, by: visit.acting) {
            guard refusal != .notAMember else { throw NotVisible() }
            var page = try await removal(visit, member)
            page.obstacle = page.obstacle ?? visit.text(refusal.key)
            return page.page(visit, status: .unprocessableContent)
        }
        let leaves = member.person == visit.person.id
        return leaves
            ? visit.redirect(to: "/mandant", saying: "tenant.left", ["tenant": visit.tenant.name])
            : visit.redirect(to: TeamList.path, saying: "tenant.removed", ["name": member.name])
    }

    /// - Throws: `NotVisible` for whoever is no member, and for an owner in front of somebody who is none.
    private func member(_ visit: TenantVisit) async throws -> Member {
        let person = try visit.id("id", as: PersonTag.self)
        let people = try await members.members(visit.tenant.id)
        guard let member = people.first(where: { $0.person == person }), visit.mayTouch(member.role) else {
            throw NotVisible()
        }
        return member
    }

    private func rolePage(
        _ visit: TenantVisit,
        _ member: Member,
        chosen: MemberRole,
        problem: String? = nil
    ) -> Response {
        var problems = FormProblems()
        if let problem { problems.add("rolle", problem) }
        let model: Model = [
            "name": .text(member.name),
            "email": .text(member.email),
            "action": .text("/team/\(member.person)/rolle"),
            "remove_path": .text("/team/\(member.person)/entfernen"),
            "roles": .choices(visit.roleChoices(chosen)),
        ]
        return visit.page(
            "tenant/member-role",
            title: visit.text("tenant.role_title", ["name": member.name]),
            model.merging(problems.model(of: ["rolle"], visit)),
            status: problems.isEmpty ? .ok : .unprocessableContent
        )
    }

    private func removal(_ visit: TenantVisit, _ member: Member) async throws -> Confirmation {
        let owners = try await members.members(visit.tenant.id).filter { $0.role == .owner }
        let isLastOwner = owners.map(\.person) == [member.person]
        return Confirmation(
            question: visit.text("tenant.remove_question", ["name": member.name]),
            explanation: visit.text(
                "tenant.remove_text",
                ["name": member.name, "email": member.email, "tenant": visit.tenant.name]
            ),
            losses: [
                visit.text("tenant.remove_loss_access"), visit.text("tenant.remove_loss_keys"),
                visit.text("tenant.remove_loss_return"),
            ],
            obstacle: isLastOwner ? visit.text("tenant.remove_last_owner") : nil,
            action: "/team/\(member.person)/entfernen",
            verb: visit.text("tenant.remove"),
            keep: visit.text("tenant.remove_keep"),
            back: TeamList.path,
            backLabel: visit.text("tenant.team_title")
        )
    }
}

extension TenantVisit {
    /// The roles that may be given, each with what it may do.
    func roleChoices(_ chosen: MemberRole?) -> [FormChoice] {
        rolesToGive.map { role in
            FormChoice(role.rawValue, roleName(role), hint: text(role.explanationKey), isChosen: role == chosen)
        }
    }
}
