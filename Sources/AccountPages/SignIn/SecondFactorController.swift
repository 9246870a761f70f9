import Credentials
import HTTPTypes
import Hummingbird
import Localization
import People
import Site
import Tenants

/// The second half of the way in: a code of the authenticator app, a recovery code, or a passkey.
struct SecondFactorController {
    let desk: AccountDesk

    func bind(into book: inout SiteBook) {
        book.person(.code) { try await show($0) }
        book.person(.codeSent) { try await tryCode($0) }
        book.person(.codePasskeyAsked) { try await askPasskey($0) }
        book.person(.codePasskeySent) { try await tryPasskey($0) }
    }

    private func show(_ visit: PersonVisit) async throws -> Response {
        if visit.visitor.session.level == .full { return visit.redirect(to: visit.wanted ?? visit.visitor.home) }
        return try await page(visit, .none, .ok)
    }

    private func page(
        _ visit: PersonVisit,
        _ mistakes: Mistakes,
        _ status: HTTPResponse.Status
    ) async throws -> Response {
        let standing = try await desk.factors.standing(of: visit.person.id)
        guard standing.hasSecondFactor else {
            return visit.redirect(to: visit.path("/anmelden/einrichten", then: visit.wanted))
        }
        let wayBack = visit.path("/anmelden/code", then: visit.wanted)
        let isRecovery = CodeForm.isRecovery(visit) || !standing.hasTOTP
        let model = CodeForm.model(visit, standing, isRecovery: isRecovery).merging([
            "to_app": .text(standing.hasTOTP && isRecovery ? wayBack : nil),
            "to_recovery": .text(
                isRecovery ? nil : wayBack + (visit.wanted == nil ? "?" : "&") + "mit=wiederherstellungscode"
            ),
            "wanted": .text(visit.wanted ?? ""),
        ])
        return visit.page(
            "account/code",
            title: visit.text("account.code_title"),
            model.merging(mistakes.model("code")),
            status: status
        )
    }

    private func tryCode(_ visit: PersonVisit) async throws -> Response {
        if let mistakes = CodeForm.mistakes(visit) { return try await page(visit, mistakes, .unprocessableContent) }
        let outcome = try await desk.signIn.finish(
            session: visit.visitor.session.id,
            code: visit.form.text("code") ?? "",
            devices: visit.devices,
            from: visit.origin
        )
        switch outcome {
        case .refused:
            return try await page(visit, CodeForm.refused(visit), .unprocessableContent)
        default:
            return try await settle(outcome, visit)
        }
    }

    private func askPasskey(_ visit: PersonVisit) async throws -> Response {
        guard let request = try await desk.signIn.passkeyRequest(session: visit.visitor.session.id) else {
            return try visit.sends(to: "/anmelden")
        }
        return visit.asks(request)
    }

    private func tryPasskey(_ visit: PersonVisit) async throws -> Response {
        let refused = Mistakes(
            visit.text("people.sign_in_passkey_refused"),
            .init(field: "code", message: visit.text("account.factor_refused_advice"))
        )
        guard let (response, challenge) = visit.passkeyAnswer else {
            return try await page(visit, refused, .unprocessableContent)
        }
        let outcome = try await desk.signIn.finish(
            session: visit.visitor.session.id,
            passkey: response,
            challenge: challenge,
            devices: visit.devices,
            from: visit.origin
        )
        if case .refused = outcome { return try await page(visit, refused, .unprocessableContent) }
        return try await settle(outcome, visit)
    }

    private func settle(_ outcome: FactorOutcome, _ visit: PersonVisit) async throws -> Response {
        switch outcome {
        case .signedIn(let session):
            return try await desk.enter(session, visit)
        case .throttled(let wait):
            // The session is over: the password is asked for again.
            let page = SignInPage(
                mistakes: visit.tooMany(wait, field: "email"),
                status: .tooManyRequests,
                retryAfter: wait
            )
            var response = page.answer(visit, wanted: visit.wanted)
            visit.forgetSession(in: &response)
            return response
        case .refused, .sessionOver:
            return visit.redirect(
                to: visit.path("/anmelden", then: visit.wanted),
                saying: "people.refusal_session_over"
            )
        }
    }
}
