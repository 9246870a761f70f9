package import People
package import Site
package import Tenants

/// The pages of signing in and of a person's own account.
package struct AccountArea: Sendable {
    private let desk: AccountDesk

    /// - Parameters:
    ///   - people: what the procedures of signing in work with; its links must lead to `/sicherheit`, `/passwort/` and
    ///     `/email/`.
    ///   - members: accepts invitations.
    ///   - visitors: knows where a person works.
    package init(people: PeopleParts, members: MemberBook, visitors: VisitorBook) {
        desk = AccountDesk(people: people, members: members, visitors: visitors)
    }

    package func bind(into book: inout SiteBook) {
        SignInController(desk: desk).bind(into: &book)
        SecondFactorController(desk: desk).bind(into: &book)
        EnrolmentController(desk: desk).bind(into: &book)
        SignOutController(desk: desk).bind(into: &book)
        ForgottenPasswordController(desk: desk).bind(into: &book)
        EmailConfirmationController(desk: desk).bind(into: &book)
        InvitationController(desk: desk).bind(into: &book)
        ProofController(desk: desk).bind(into: &book)
        TenantChoiceController(desk: desk).bind(into: &book)
        PreferenceController(desk: desk).bind(into: &book)
        SecurityController(desk: desk).bind(into: &book)
        ProfileController(desk: desk).bind(into: &book)
        AppController(desk: desk).bind(into: &book)
        RecoveryController(desk: desk).bind(into: &book)
        PasskeyController(desk: desk).bind(into: &book)
        SessionController(desk: desk).bind(into: &book)
    }
}
