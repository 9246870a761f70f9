import Credentials
import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Localization
import People
import Site
import Tenants

/// Accepts invitations: with a new account, or as the person who is signed in.
struct InvitationController {
    let desk: AccountDesk

    func bind(into book: inout SiteBook) {
        book.guest(.invitation) { visit in
            guard let (token, invitation) = try await find(visit) else { return over(visit) }
            return page(visit, token, invitation, .none, .ok)
        }
        book.guest(.invitationSent) { try await accept($0) }
    }

    private func find(_ visit: GuestVisit) async throws -> (RandomToken, OpenInvitation)? {
        guard let token = RandomToken(visit.parameter("token")),
            let invitation = try await desk.members.invitation(token)
        else { return nil }
        return (token, invitation)
    }

    private func page(
        _ visit: GuestVisit,
        _ token: RandomToken,
        _ invitation: OpenInvitation,
        _ mistakes: Mistakes,
        _ status: HTTPResponse.Status
    ) -> Response {
        let offer = InvitationOffer(invitation, visitor: visit.visit.visitor)
        let model = InvitationPage.model(invitation, offer, path: "/einladung/" + token.reveal(), visit)
        return visit.page(
            "account/invitation",
            title: visit.text("account.invitation"),
            model.merging(mistakes.model("name", "passwort")),
            status: status
        )
    }

    private func accept(_ visit: GuestVisit) async throws -> Response {
        guard let (token, invitation) = try await find(visit) else { return over(visit) }
        switch InvitationOffer(invitation, visitor: visit.visit.visitor) {
        case .newAccount:
            return try await acceptAsNewPerson(visit, token, invitation)
        case .accept:
            guard let visitor = visit.visit.visitor else { return over(visit) }
            return try await accept(visit, token, invitation, as: visitor)
        case .signIn, .otherAddress:
            return page(visit, token, invitation, .none, .ok)
        }
    }

    private func accept(
        _ visit: GuestVisit,
        _ token: RandomToken,
        _ invitation: OpenInvitation,
        as visitor: Visitor
    ) async throws -> Response {
        switch try await desk.members.accept(token, as: visitor.person, from: visit.origin) {
        case .joined(_, let tenant):
            let session = visitor.session.id
            try await desk.sessions.switchTenant(session, to: tenant)
            var response = visit.redirect(
                to: "/uebersicht",
                saying: "account.joined",
                ["tenant": invitation.tenantName]
            )
            // The session may do more than before.
            if let rotated = try await desk.sessions.rotate(session) { visit.keep(rotated, in: &response) }
            return response
        case .refused(.alreadyMember):
            return visit.redirect(to: "/mandant", saying: "account.already_member")
        case .refused(let refusal):
            return refused(visit, token, invitation, refusal)
        }
    }

    private func acceptAsNewPerson(
        _ visit: GuestVisit,
        _ token: RandomToken,
        _ invitation: OpenInvitation
    ) async throws -> Response {
        let password = visit.form.raw("passwort") ?? ""
        if let mistakes = missing(visit, password) {
            return page(visit, token, invitation, mistakes, .unprocessableContent)
        }
        let outcome = try await desk.members.accept(
            token,
            name: visit.form.text("name") ?? "",
            password: Password(password),
            language: visit.language,
            from: visit.origin
        )
        switch outcome {
        case .joined(_, let tenant):
            return try await begin(visit, invitation, password, in: tenant)
        case .refused(let refusal):
            return refused(visit, token, invitation, refusal)
        }
    }

    /// Signs the new person in, with the password that was just chosen.
    private func begin(
        _ visit: GuestVisit,
        _ invitation: OpenInvitation,
        _ password: String,
        in tenant: TenantID
    ) async throws -> Response {
        let outcome = try await desk.signIn.begin(
            email: invitation.email,
            password: Password(password),
            devices: visit.devices,
            from: visit.origin
        )
        guard case .signedIn(let session) = outcome else {
            return visit.redirect(to: "/anmelden", saying: "account.account_made")
        }
        try await desk.sessions.switchTenant(session.id, to: tenant)
        var response = visit.redirect(
            to: visit.path("/sicherheit/einrichten", then: "/uebersicht"),
            saying: "account.joined",
            ["tenant": invitation.tenantName]
        )
        visit.keep(session, in: &response)
        return response
    }

    private func missing(_ visit: GuestVisit, _ password: String) -> Mistakes? {
        var entries: [Mistakes.Entry] = []
        if visit.form.text("name") == nil {
            entries.append(.init(field: "name", message: visit.text("account.name_missing")))
        }
        if password.isEmpty {
            entries.append(.init(field: "passwort", message: visit.text("account.password_choose")))
        }
        return Mistakes(visit.text("account.incomplete"), all: entries)
    }

    private func refused(
        _ visit: GuestVisit,
        _ token: RandomToken,
        _ invitation: OpenInvitation,
        _ refusal: AcceptanceRefusal
    ) -> Response {
        let reason = visit.text(refusal.key)
        switch refusal {
        case .linkOver:
            return over(visit)
        case .signInFirst, .otherAddress, .alreadyMember:
            // Somebody else was faster: the page says what is possible now.
            return visit.redirect(to: "/einladung/" + token.reveal(), saying: refusal.key)
        case .nameMalformed:
            let mistakes = Mistakes(visit.text("account.not_done"), .init(field: "name", message: reason))
            return page(visit, token, invitation, mistakes, .unprocessableContent)
        case .password:
            let mistakes = Mistakes(visit.text("account.password_refused"), .init(field: "passwort", message: reason))
            return page(visit, token, invitation, mistakes, .unprocessableContent)
        case .busy:
            return page(visit, token, invitation, visit.busy(field: "passwort"), .serviceUnavailable)
        }
    }

    /// Unknown, expired, revoked or used: one page.
    private func over(_ visit: GuestVisit) -> Response {
        Notice(
            heading: visit.text("account.link_over"),
            text: visit.text("account.invitation_over_text"),
            icon: "unlink",
            action: ("/anmelden", visit.text("account.to_sign_in")),
            status: .notFound
        ).answer(visit)
    }
}
