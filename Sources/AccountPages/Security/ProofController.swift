import Credentials
import Foundation
import HTTPTypes
import Hummingbird
import Localization
import People
import Site
import Tenants

/// Asks a signed-in person for a factor again before a sensitive act (ASVS 5.0, 7.5.3), and leads back.
struct ProofController {
    let desk: AccountDesk

    func bind(into book: inout SiteBook) {
        book.person(.proof) { try await page($0, .none, .ok) }
        book.person(.proofSent) { try await prove($0) }
        book.person(.proofPasskeyAsked) { visit in
            guard let request = try await desk.stepUp.passkeyRequest(session: visit.visitor.session.id) else {
                return try visit.sends(to: "/anmelden")
            }
            return visit.asks(request)
        }
        book.person(.proofPasskeySent) { try await provePasskey($0) }
    }

    private func page(
        _ visit: PersonVisit,
        _ mistakes: Mistakes,
        _ status: HTTPResponse.Status
    ) async throws -> Response {
        let standing = try await desk.factors.standing(of: visit.person.id)
        let wayBack = visit.path("/bestaetigen", then: visit.wanted)
        let isRecovery = CodeForm.isRecovery(visit) || (!standing.hasTOTP && standing.hasSecondFactor)
        let model = CodeForm.model(visit, standing, isRecovery: isRecovery).merging([
            "by_code": .flag(standing.hasSecondFactor),
            "to_app": .text(standing.hasTOTP && isRecovery ? wayBack : nil),
            "to_recovery": .text(
                isRecovery ? nil : wayBack + (visit.wanted == nil ? "?" : "&") + "mit=wiederherstellungscode"
            ),
            "wanted": .text(visit.wanted ?? ""),
            "cancel": .text(standing.hasSecondFactor || visit.wanted != nil ? "/sicherheit" : visit.visitor.home),
        ])
        return visit.page(
            "account/proof",
            title: visit.text("account.proof_title"),
            model.merging(mistakes.model("code", "passwort")),
            status: status
        )
    }

    private func prove(_ visit: PersonVisit) async throws -> Response {
        let session = visit.visitor.session.id
        let password = visit.form.raw("passwort") ?? ""
        guard !password.isEmpty else {
            let mistakes = Mistakes(
                visit.text("account.incomplete"),
                .init(field: "passwort", message: visit.text("account.password_missing"))
            )
            return try await page(visit, mistakes, .unprocessableContent)
        }
        guard try await desk.factors.standing(of: visit.person.id).hasSecondFactor else {
            let outcome = try await desk.stepUp.prove(
                session: session,
                password: Password(password),
                from: visit.origin
            )
            let refused = Mistakes(
                visit.text("account.password_wrong"),
                .init(field: "passwort", message: visit.text("account.password_wrong_advice"))
            )
            return try await settle(outcome, refused, field: "passwort", visit)
        }
        if let mistakes = CodeForm.mistakes(visit) { return try await page(visit, mistakes, .unprocessableContent) }
        let outcome = try await desk.stepUp.prove(
            session: session,
            password: Password(password),
            code: visit.form.text("code") ?? "",
            from: visit.origin
        )
        // Which of the two was wrong is not said.
        let refused = Mistakes(
            visit.text("account.proof_refused"),
            .init(field: "passwort", message: visit.text("account.proof_refused_advice"))
        )
        return try await settle(outcome, refused, field: "code", visit)
    }

    private func provePasskey(_ visit: PersonVisit) async throws -> Response {
        let refused = Mistakes(
            visit.text("account.passkey_refused"),
            .init(field: "code", message: visit.text("account.factor_refused_advice"))
        )
        guard let (response, challenge) = visit.passkeyAnswer else {
            return try await page(visit, refused, .unprocessableContent)
        }
        let outcome = try await desk.stepUp.prove(
            session: visit.visitor.session.id,
            passkey: response,
            challenge: challenge,
            from: visit.origin
        )
        return try await settle(outcome, refused, field: "code", visit)
    }

    private func settle(
        _ outcome: ProofOutcome,
        _ refused: Mistakes,
        field: String,
        _ visit: PersonVisit
    ) async throws -> Response {
        switch outcome {
        case .proven:
            var response = visit.redirect(to: visit.wanted ?? "/sicherheit")
            // What a stranger may have seen of the session before is worth nothing for what comes now (ASVS 7.2.4).
            if let rotated = try await desk.sessions.rotate(visit.visitor.session.id) {
                visit.keep(rotated, in: &response)
            }
            return response
        case .refused:
            return try await page(visit, refused, .unprocessableContent)
        case .throttled(let wait):
            var response = try await page(visit, visit.tooMany(wait, field: field), .tooManyRequests)
            response.headers[.retryAfter] = RetryAfter.seconds(wait)
            return response
        case .busy:
            var response = try await page(visit, visit.busy(field: field), .serviceUnavailable)
            response.headers[.retryAfter] = RetryAfter.seconds(RetryAfter.whenBusy)
            return response
        case .sessionOver:
            return visit.redirect(to: "/anmelden", saying: "people.refusal_session_over")
        }
    }
}
