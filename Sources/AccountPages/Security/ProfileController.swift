import Credentials
import HTTPTypes
import Hummingbird
import Localization
import People
import Site
import Tenants

/// Name, mail address and password of the person who is signed in.
struct ProfileController {
    let desk: AccountDesk

    func bind(into book: inout SiteBook) {
        book.person(.nameSent) { try await rename($0) }
        book.person(.email) { visit in
            try visit.requireRecentProof(returnTo: "/sicherheit/email")
            return emailPage(visit, .none, .ok)
        }
        book.person(.emailSent) { try await changeEmail($0) }
        book.person(.password) { visit in
            try visit.requireRecentProof(returnTo: "/sicherheit/passwort")
            return passwordPage(visit, .none, .ok)
        }
        book.person(.passwordSent) { try await changePassword($0) }
    }

    private func rename(_ visit: PersonVisit) async throws -> Response {
        let outcome = try await desk.people.change(
            visit.person.id,
            name: visit.form.raw("name") ?? "",
            language: visit.person.language,
            theme: visit.person.theme,
            from: visit.origin
        )
        switch outcome {
        case .success:
            return visit.redirect(to: "/sicherheit", saying: "account.name_changed")
        case .failure(let refusal):
            switch visit.refused(refusal, field: "name", returnTo: "/sicherheit") {
            case .elsewhere(let response): return response
            case .again(let mistakes, let status): return try await desk.securityPage(visit, mistakes, status)
            }
        }
    }

    private func emailPage(_ visit: PersonVisit, _ mistakes: Mistakes, _ status: HTTPResponse.Status) -> Response {
        let model: Model = [
            "own_email": .text(visit.person.email),
            "typed": .text(visit.form.text("email") ?? ""),
            "hint": .text(
                visit.text("account.email_change_hint", ["hours": visit.localizer.number(EmailChange.hours)])
            ),
        ]
        return visit.page(
            "account/email",
            title: visit.text("account.email_change"),
            model.merging(mistakes.model("email")),
            status: status
        )
    }

    private func changeEmail(_ visit: PersonVisit) async throws -> Response {
        try visit.requireRecentProof(returnTo: "/sicherheit/email")
        let typed = visit.form.text("email") ?? ""
        let refusal = try await desk.emails.request(
            session: visit.visitor.session.id,
            to: typed,
            from: visit.origin
        )
        guard let refusal else {
            return visit.redirect(to: "/sicherheit", saying: "account.email_sent", ["email": typed])
        }
        switch visit.refused(refusal, field: "email", returnTo: "/sicherheit/email") {
        case .elsewhere(let response): return response
        case .again(let mistakes, let status): return emailPage(visit, mistakes, status)
        }
    }

    private func passwordPage(_ visit: PersonVisit, _ mistakes: Mistakes, _ status: HTTPResponse.Status) -> Response {
        let model: Model = ["own_email": .text(visit.person.email), "rules": .text(PasswordHint.text(visit))]
        return visit.page(
            "account/password",
            title: visit.text("account.password_change"),
            model.merging(mistakes.model("alt", "neu")),
            status: status
        )
    }

    private func changePassword(_ visit: PersonVisit) async throws -> Response {
        try visit.requireRecentProof(returnTo: "/sicherheit/passwort")
        guard let old = visit.form.raw("alt"), let new = visit.form.raw("neu"), !old.isEmpty, !new.isEmpty else {
            return passwordPage(visit, missing(visit), .unprocessableContent)
        }
        let outcome = try await desk.passwords.change(
            session: visit.visitor.session.id,
            old: Password(old),
            new: Password(new),
            devices: visit.devices,
            from: visit.origin
        )
        switch outcome {
        case .changed(let session):
            var response = visit.redirect(to: "/sicherheit", saying: "account.password_changed")
            visit.keep(session, in: &response)
            return response
        case .weak(let refusal):
            let mistakes = Mistakes(
                visit.text("account.password_refused"),
                .init(field: "neu", message: visit.text(refusal.key))
            )
            return passwordPage(visit, mistakes, .unprocessableContent)
        case .set:
            return visit.redirect(to: "/sicherheit", saying: "account.password_changed")
        case .refused(let refusal):
            switch visit.refused(refusal, field: "alt", returnTo: "/sicherheit/passwort") {
            case .elsewhere(let response): return response
            case .again(let mistakes, let status): return passwordPage(visit, mistakes, status)
            }
        }
    }

    private func missing(_ visit: PersonVisit) -> Mistakes {
        var entries: [Mistakes.Entry] = []
        if visit.form.raw("alt")?.isEmpty != false {
            entries.append(.init(field: "alt", message: visit.text("account.old_password_missing")))
        }
        if visit.form.raw("neu")?.isEmpty != false {
            entries.append(.init(field: "neu", message: visit.text("account.password_choose")))
        }
        return Mistakes(visit.text("account.incomplete"), all: entries) ?? .none
    }
}
