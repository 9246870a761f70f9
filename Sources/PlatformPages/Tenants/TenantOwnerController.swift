import HTTPTypes
import Hummingbird
import Localization
import PageParts
import Site
import Tenants
import Web

/// Invites an owner: where the first invitation was not accepted, or whoever owned the tenant is gone.
struct TenantOwnerController {
    let desk: TenantDesk
    let members: MemberBook

    func bind(into book: inout SiteBook) {
        book.platform(.invitingOwner) { visit in
            let tenant = try await desk.standing(visit).tenant
            guard tenant.state != .closed else { return visit.alreadyClosed(tenant) }
            return page(visit, tenant, email: "", FormProblems())
        }
        book.platform(.inviteOwner) { visit in
            let tenant = try await desk.standing(visit).tenant
            let email = String((visit.form.text("adresse") ?? "").prefix(254))
            switch try await invite(visit, tenant, email) {
            case .invited(let invitation):
                return visit.redirect(to: tenant.id.pagePath, saying: "platform.invited", ["email": invitation.email])
            case .refused(.tenantClosed):
                return visit.alreadyClosed(tenant)
            case .refused(let refusal):
                var problems = FormProblems()
                problems.add("adresse", visit.text(refusal.key))
                return page(visit, tenant, email: email, problems)
            }
        }
    }

    /// An open invitation to the address is sent again: the link of the one before may be lost.
    private func invite(_ visit: PlatformVisit, _ tenant: Tenant, _ email: String) async throws -> MemberBook.Inviting {
        let inviting = try await members.invite(
            tenant.id,
            email: email,
            role: .owner,
            language: tenant.settings.language,
            by: visit.acting
        )
        guard inviting == .refused(.alreadyInvited) else { return inviting }
        let open = try await members.invitations(tenant.id)
        guard let earlier = open.first(where: { $0.email == email.lowercased() && $0.role == .owner }) else {
            return inviting
        }
        return try await members.reinvite(tenant.id, earlier.id, by: visit.acting)
    }

    private func page(_ visit: PlatformVisit, _ tenant: Tenant, email: String, _ problems: FormProblems) -> Response {
        let model: Model = [
            "tenant": .text(tenant.name),
            "back": .text(tenant.id.pagePath),
            "action": .text(tenant.id.pagePath + "/einladen"),
            "email": .text(email),
        ]
        return visit.page(
            "platform/owner",
            title: visit.text("platform.owner_title"),
            model.merging(problems.model(of: ["adresse"], visit)),
            status: problems.isEmpty ? .ok : .unprocessableContent
        )
    }
}
