import HTTPTypes
import Kernel
package import Site
package import Tenants
import Web

/// The tenant's people: who they are, and how one leaves.
package struct TeamController: Sendable {
    private let members: MemberBook

    package init(_ members: MemberBook) {
        self.members = members
    }

    package func bind(into book: inout SiteBook) {
        book.tenant(.team) { visit in
            let list = try await list(visit)
            let invitations = try await members.invitations(visit.tenant.id)
            return visit.page(
                "tenant/team",
                title: visit.text("tenant.team_title"),
                TeamModel(list: list, invitations: invitations, visit: visit).model
            )
        }
        book.tenant(.teamSheet) { visit in
            let list = try await list(visit)
            try await members.noteExport(visit.tenant.id, rows: list.members.count, by: visit.acting)
            return visit.download(list.sheet(visit), name: "team.csv", type: CSV.type)
        }
        book.tenant(.leaving) { visit in
            try requireMember(visit)
            try visit.requireRecentProof(returnTo: Endpoint.leaving.path)
            return try await confirmation(visit).page(visit)
        }
        book.tenant(.leave) { visit in
            try requireMember(visit)
            try visit.requireRecentProof(returnTo: Endpoint.leaving.path)
            if let refusal = try await members.leave(visit.tenant.id, by: visit.acting) {
                var page = try await confirmation(visit)
                page.obstacle = page.obstacle ?? visit.text(refusal.key)
                return page.page(visit, status: .unprocessableContent)
            }
            return visit.redirect(to: "/mandant", saying: "tenant.left", ["tenant": visit.tenant.name])
        }
    }

    private func list(_ visit: TenantVisit) async throws -> TeamList {
        TeamList(
            try await members.members(visit.tenant.id),
            query: visit.query,
            showsFactors: visit.may(.membersWrite)
        )
    }

    /// Support looks in and has nothing to leave here.
    private func requireMember(_ visit: TenantVisit) throws {
        guard case .member = visit.standing.position else { throw NotVisible() }
    }

    private func confirmation(_ visit: TenantVisit) async throws -> Confirmation {
        let people = try await members.members(visit.tenant.id)
        let isLastOwner =
            visit.standing.position == .member(.owner) && people.count { $0.role == .owner } == 1
        return Confirmation(
            question: visit.text("tenant.leave_question", ["tenant": visit.tenant.name]),
            explanation: visit.text("tenant.leave_text"),
            losses: [visit.text("tenant.leave_loss_access"), visit.text("tenant.leave_loss_return")],
            obstacle: isLastOwner ? visit.text("tenant.leave_last_owner") : nil,
            action: Endpoint.leave.path,
            verb: visit.text("tenant.leave"),
            keep: visit.text("tenant.leave_keep"),
            back: TeamList.path,
            backLabel: visit.text("tenant.team_title")
        )
    }
}
