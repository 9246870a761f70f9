import Credentials
import HTTPTypes
import Hummingbird
import Localization
import People
import Site
import Tenants

/// The way in: address and password, or a passkey alone.
struct SignInController {
    let desk: AccountDesk

    func bind(into book: inout SiteBook) {
        book.guest(.signIn) { show($0) }
        book.guest(.signInSent) { try await tryPassword($0) }
        book.guest(.passkeySignInAsked) { try await askPasskey($0) }
        book.guest(.passkeySignInSent) { try await tryPasskey($0) }
    }

    private func show(_ visit: GuestVisit) -> Response {
        if let visitor = visit.visit.visitor, visitor.session.level == .full {
            return visit.redirect(to: visit.wanted ?? visitor.home)
        }
        return SignInPage().answer(visit, wanted: visit.wanted)
    }

    private func tryPassword(_ visit: GuestVisit) async throws -> Response {
        var page = SignInPage(email: visit.form.text("email") ?? "")
        guard let password = visit.form.raw("passwort"), !password.isEmpty, !page.email.isEmpty else {
            page.mistakes = missing(visit)
            page.status = .unprocessableContent
            return page.answer(visit, wanted: visit.wanted)
        }
        let outcome = try await desk.signIn.begin(
            email: page.email,
            password: Password(password),
            devices: visit.devices,
            replacing: visit.visit.visitor?.session.id,
            from: visit.origin
        )
        switch outcome {
        case .signedIn(let session):
            return try await desk.enter(session, visit)
        case .secondFactorNeeded(let session):
            return goOn(to: "/anmelden/code", with: session, visit)
        case .enrolmentNeeded(let session):
            return goOn(to: "/anmelden/einrichten", with: session, visit)
        case .refused:
            page.mistakes = Mistakes(
                visit.text("people.sign_in_refused"),
                .init(field: "email", message: visit.text("account.sign_in_check"))
            )
            page.status = .unprocessableContent
        case .throttled(let wait):
            page.mistakes = visit.tooMany(wait, field: "email")
            page.status = .tooManyRequests
            page.retryAfter = wait
        case .busy:
            page.mistakes = visit.busy(field: "email")
            page.status = .serviceUnavailable
            page.retryAfter = RetryAfter.whenBusy
        }
        return page.answer(visit, wanted: visit.wanted)
    }

    private func goOn(to path: String, with session: NewSession, _ visit: GuestVisit) -> Response {
        var response = visit.redirect(to: visit.path(path, then: visit.wanted))
        visit.keep(session, in: &response)
        return response
    }

    private func missing(_ visit: GuestVisit) -> Mistakes {
        var entries: [Mistakes.Entry] = []
        if visit.form.text("email") == nil {
            entries.append(.init(field: "email", message: visit.text("account.email_missing")))
        }
        if visit.form.raw("passwort")?.isEmpty != false {
            entries.append(.init(field: "passwort", message: visit.text("account.password_missing")))
        }
        return Mistakes(visit.text("account.incomplete"), all: entries) ?? .none
    }

    private func askPasskey(_ visit: GuestVisit) async throws -> Response {
        guard let request = try await desk.signIn.passkeyRequest(from: visit.origin) else {
            return try visit.tells("people.refusal_throttled", .tooManyRequests)
        }
        return visit.asks(request)
    }

    private func tryPasskey(_ visit: GuestVisit) async throws -> Response {
        var page = SignInPage()
        page.status = .unprocessableContent
        page.mistakes = Mistakes(
            visit.text("people.sign_in_passkey_refused"),
            .init(field: "email", message: visit.text("account.passkey_refused_advice"))
        )
        guard let (response, challenge) = visit.passkeyAnswer else { return page.answer(visit, wanted: visit.wanted) }
        let outcome = try await desk.signIn.finish(
            passkey: response,
            challenge: challenge,
            devices: visit.devices,
            replacing: visit.visit.visitor?.session.id,
            from: visit.origin
        )
        switch outcome {
        case .signedIn(let session):
            return try await desk.enter(session, visit)
        case .refused, .sessionOver:
            return page.answer(visit, wanted: visit.wanted)
        case .throttled(let wait):
            page.mistakes = visit.tooMany(wait, field: "email")
            page.status = .tooManyRequests
            page.retryAfter = wait
            return page.answer(visit, wanted: visit.wanted)
        }
    }
}
