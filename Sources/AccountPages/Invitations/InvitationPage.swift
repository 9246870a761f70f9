import Foundation
import Localization
import People
import Site
import Tenants

/// What the page of an invitation offers to whoever opened it.
enum InvitationOffer: Equatable {
    /// Nobody has the invited address yet: choose a name and a password.
    case newAccount
    /// Somebody has it and is not signed in here.
    case signIn
    /// Whoever is signed in has it.
    case accept
    /// Whoever is signed in has another one.
    case otherAddress(String)

    init(_ invitation: OpenInvitation, visitor: Visitor?) {
        if let visitor, visitor.session.level == .full {
            let isSame = EmailAddress(visitor.person.email) == EmailAddress(invitation.email)
            self = isSame ? .accept : .otherAddress(visitor.person.email)
        } else {
            self = invitation.hasAccount ? .signIn : .newAccount
        }
    }
}

enum InvitationPage {
    static func model(
        _ invitation: OpenInvitation,
        _ offer: InvitationOffer,
        path: String,
        _ visit: GuestVisit
    ) -> Model {
        [
            "path": .text(path),
            "heading": .text(visit.text("account.invitation_heading", ["tenant": invitation.tenantName])),
            "tenant": .text(invitation.tenantName),
            "role": .text(visit.text("tenants.role_\(invitation.role.rawValue)")),
            "may": .text(visit.text("tenants.role_\(invitation.role.rawValue)_may")),
            "email": .text(invitation.email),
            "until": .text(visit.localizer.dateTime(invitation.expiresAt)),
            "name": .text(visit.form.text("name") ?? ""),
            "rules": .text(PasswordHint.text(visit)),
            "new_account": .flag(offer == .newAccount),
            "sign_in": .flag(offer == .signIn),
            "accept": .flag(offer == .accept),
            "other_address": .text(otherAddress(invitation, offer, visit)),
        ]
    }

    private static func otherAddress(
        _ invitation: OpenInvitation,
        _ offer: InvitationOffer,
        _ visit: GuestVisit
    ) -> String? {
        guard case .otherAddress(let own) = offer else { return nil }
        return visit.text("account.invitation_other_address", ["own": own, "invited": invitation.email])
    }
}
