import HTTPTypes
import Hummingbird
import Kernel
import Localization
import PageParts
import People
package import Site
package import Tenants
import Web

/// Invitations into the tenant: sent, sent again, revoked.
package struct InvitationController: Sendable {
    private let members: MemberBook

    package init(_ members: MemberBook) {
        self.members = members
    }

    package func bind(into book: inout SiteBook) {
        book.tenant(.inviting) { visit in
            InvitationForm(visit.query, standard: visit.tenant.language).page(visit)
        }
        book.tenant(.invite) { visit in try await invite(visit) }
        book.tenant(.reinvite) { visit in try await reinvite(visit) }
        book.tenant(.revokingInvitation) { visit in
            confirmation(visit, try await invitation(visit)).page(visit)
        }
        book.tenant(.revokeInvitation) { visit in try await revoke(visit) }
    }

    private func invite(_ visit: TenantVisit) async throws -> Response {
        let form = InvitationForm(visit.form, standard: visit.tenant.language)
        var problems = FormProblems()
        if form.email.isEmpty { problems.add("adresse", visit.text("tenant.invite_email_missing")) }
        guard let role = form.role else {
            problems.add("rolle", visit.text("tenant.role_missing"))
            return form.page(visit, problems)
        }
        guard problems.isEmpty else { return form.page(visit, problems) }
        if role == .owner || role == .admin {
            // The address is not part of the way back: what stands in addresses stands in logs.
            let kept = FormValues.query([("rolle", role.rawValue), ("sprache", form.language.rawValue)])
            try visit.requireRecentProof(returnTo: Endpoint.inviting.path + "?" + kept)
        }
        let outcome = try await members.invite(
            visit.tenant.id,
            email: form.email,
            role: role,
            language: form.language,
            by: visit.acting
        )
        switch outcome {
        case .invited(let invitation):
            return visit.redirect(to: TeamList.path, saying: "tenant.invited", ["email": invitation.email])
        case .refused(.alreadyInvited):
            let open = try await members.invitations(visit.tenant.id)
            let known = EmailAddress(form.email)?.value
            return form.page(visit, problems, earlier: open.first { $0.email == known })
        case .refused(let refusal):
            problems.add(refusal == .notAllowed ? "rolle" : "adresse", visit.text(refusal.key))
            return form.page(visit, problems)
        }
    }

    private func reinvite(_ visit: TenantVisit) async throws -> Response {
        let id = try visit.id("id", as: InvitationTag.self)
        switch try await members.reinvite(visit.tenant.id, id, by: visit.acting) {
        case .invited(let invitation):
            return visit.redirect(to: TeamList.path, saying: "tenant.invited_again", ["email": invitation.email])
        case .refused(.tenantClosed):
            return visit.redirect(to: TeamList.path)
        case .refused:
            throw NotVisible()
        }
    }

    private func revoke(_ visit: TenantVisit) async throws -> Response {
        let invitation = try await invitation(visit)
        guard try await members.revokeInvitation(visit.tenant.id, invitation.id, by: visit.acting) == nil else {
            throw NotVisible()
        }
        return visit.redirect(to: TeamList.path, saying: "tenant.invitation_revoked", ["email": invitation.email])
    }

    /// - Throws: `NotVisible` for what is over or was never there, and for an owner's in front of somebody who is none.
    private func invitation(_ visit: TenantVisit) async throws -> Invitation {
        let id = try visit.id("id", as: InvitationTag.self)
        let open = try await members.invitations(visit.tenant.id)
        guard let invitation = open.first(where: { $0.id == id }), visit.mayTouch(invitation.role) else {
            throw NotVisible()
        }
        return invitation
    }

    private func confirmation(_ visit: TenantVisit, _ invitation: Invitation) -> Confirmation {
        Confirmation(
            question: visit.text("tenant.revoke_invitation_question", ["email": invitation.email]),
            explanation: visit.text(
                "tenant.revoke_invitation_text",
                ["date": visit.localizer.date(invitation.createdAt), "role": visit.roleName(invitation.role)]
            ),
            action: "/team/einladungen/\(invitation.id)/widerrufen",
            verb: visit.text("tenant.revoke_invitation"),
            keep: visit.text("tenant.revoke_invitation_keep"),
            back: TeamList.path,
            backLabel: visit.text("tenant.team_title")
        )
    }
}
