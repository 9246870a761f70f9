import Credentials
import HTTPTypes
import Hummingbird
import Localization
import People
import Site

/// The way back for whoever forgot the password. It never replaces the second factor (requirement B6).
struct ForgottenPasswordController {
    let desk: AccountDesk

    func bind(into book: inout SiteBook) {
        book.guest(.passwordForgotten) { ask($0, .none, .ok) }
        book.guest(.passwordForgottenSent) { try await send($0) }
        book.guest(.newPassword) { try await show($0, .none, .ok) }
        book.guest(.newPasswordSent) { try await set($0) }
    }

    private func ask(_ visit: GuestVisit, _ mistakes: Mistakes, _ status: HTTPResponse.Status) -> Response {
        visit.page(
            "account/password-forgotten",
            title: visit.text("account.forgotten_title"),
            Model(["email": .text(visit.form.text("email") ?? "")]).merging(mistakes.model("email")),
            status: status
        )
    }

    /// One answer for every address that has the form of one.
    private func send(_ visit: GuestVisit) async throws -> Response {
        guard let email = visit.form.text("email"), EmailAddress(email) != nil else {
            let key = visit.form.text("email") == nil ? "account.email_missing" : "people.refusal_email_malformed"
            let mistakes = Mistakes(
                visit.text("account.incomplete"),
                .init(field: "email", message: visit.text(key))
            )
            return ask(visit, mistakes, .unprocessableContent)
        }
        try await desk.passwords.request(email: email, from: visit.origin)
        return Notice(
            heading: visit.text("account.forgotten_sent"),
            text: visit.text(
                "account.forgotten_sent_text",
                ["minutes": visit.localizer.number(PasswordReset.minutes)]
            ),
            icon: "mail",
            action: ("/anmelden", visit.text("account.back_to_sign_in"))
        ).answer(visit)
    }

    private func show(
        _ visit: GuestVisit,
        _ mistakes: Mistakes,
        _ status: HTTPResponse.Status
    ) async throws -> Response {
        guard let token = RandomToken(visit.parameter("token")), let owner = try await desk.passwords.owner(of: token)
        else { return over(visit) }
        let model: Model = [
            "email": .text(owner.email),
            "path": .text("/passwort/" + token.reveal()),
            "rules": .text(PasswordHint.text(visit)),
        ]
        return visit.page(
            "account/password-new",
            title: visit.text("account.new_password_title"),
            model.merging(mistakes.model("neu")),
            status: status
        )
    }

    private func set(_ visit: GuestVisit) async throws -> Response {
        guard let token = RandomToken(visit.parameter("token")) else { return over(visit) }
        guard let password = visit.form.raw("neu"), !password.isEmpty else {
            return try await show(visit, wrong(visit, visit.text("account.password_missing")), .unprocessableContent)
        }
        let outcome = try await desk.passwords.reset(
            token: token,
            password: Password(password),
            devices: visit.devices,
            from: visit.origin
        )
        switch outcome {
        case .set(let devices):
            var response = visit.redirect(to: "/anmelden", saying: "account.password_set")
            visit.keep(devices: devices.cookie, in: &response)
            return response
        case .weak(let refusal):
            return try await show(visit, wrong(visit, visit.text(refusal.key)), .unprocessableContent)
        case .refused(.busy):
            return try await show(visit, visit.busy(field: "neu"), .serviceUnavailable)
        case .refused, .changed:
            return over(visit)
        }
    }

    private func wrong(_ visit: GuestVisit, _ message: String) -> Mistakes {
        Mistakes(visit.text("account.password_refused"), .init(field: "neu", message: message))
    }

    private func over(_ visit: GuestVisit) -> Response {
        Notice(
            heading: visit.text("account.link_over"),
            text: visit.text("account.password_link_over_text"),
            icon: "unlink",
            action: ("/passwort", visit.text("account.forgotten_again")),
            status: .notFound
        ).answer(visit)
    }
}

/// What a new password must be, in one sentence.
enum PasswordHint {
    static func text(_ visit: some CheckedVisit) -> String {
        visit.text("account.password_rules", ["least": visit.localizer.number(PasswordRules.lengths.lowerBound)])
    }
}
