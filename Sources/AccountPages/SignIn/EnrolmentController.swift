import Foundation
import HTTPTypes
import Hummingbird
import Localization
import People
import Site
import Tenants
import Web

/// The way in for whoever must have a second factor and has none yet (requirement B5).
struct EnrolmentController {
    let desk: AccountDesk

    func bind(into book: inout SiteBook) {
        book.person(.enrolment) { try await show($0) }
        book.person(.enrolmentSent) { try await confirm($0) }
        book.person(.enrolmentPasskeyAsked) { try await askPasskey($0) }
        book.person(.enrolmentPasskeySent) { try await addPasskey($0) }
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
        switch try await desk.factors.beginTOTP(session: visit.visitor.session.id, from: visit.origin) {
        case .success(let enrolment):
            let model = try EnrolmentSheet.model(enrolment, visit).merging([
                "wanted": .text(visit.wanted ?? ""),
                "passkey_name": .text(visit.form.text("name") ?? PasskeyName.suggested(visit)),
            ])
            return visit.page(
                "account/enrolment",
                title: visit.text("account.enrolment_title"),
                model.merging(mistakes.model("code", "name")),
                status: status
            )
        case .failure:
            // Whoever has a factor already shows that one.
            return visit.redirect(to: visit.path("/anmelden/code", then: visit.wanted))
        }
    }

    private func confirm(_ visit: PersonVisit) async throws -> Response {
        if let mistakes = CodeForm.mistakes(visit) { return try await page(visit, mistakes, .unprocessableContent) }
        let outcome = try await desk.factors.confirmTOTP(
            session: visit.visitor.session.id,
            code: visit.form.text("code") ?? "",
            devices: visit.devices,
            from: visit.origin
        )
        return try await settle(outcome, field: "code", saying: "account.app_added", visit)
    }

    private func askPasskey(_ visit: PersonVisit) async throws -> Response {
        switch try await desk.factors.passkeyRegistration(session: visit.visitor.session.id, from: visit.origin) {
        case .success(let request): visit.asks(request)
        case .failure: try visit.sends(to: "/anmelden")
        }
    }

    private func addPasskey(_ visit: PersonVisit) async throws -> Response {
        guard let (response, challenge) = visit.passkeyAnswer else {
            return try await settle(.failure(.passkeyRefused), field: "name", saying: "", visit)
        }
        let outcome = try await desk.factors.addPasskey(
            session: visit.visitor.session.id,
            response: response,
            challenge: challenge,
            name: visit.form.text("name") ?? "",
            devices: visit.devices,
            from: visit.origin
        )
        return try await settle(outcome, field: "name", saying: "account.passkey_added", visit)
    }

    private func settle(
        _ outcome: Result<FactorChange, AccountRefusal>,
        field: String,
        saying key: String,
        _ visit: PersonVisit
    ) async throws -> Response {
        switch outcome {
        case .success(let change):
            return try await desk.added(change, .entering, saying: key, visit)
        case .failure(let refusal):
            switch visit.refused(refusal, field: field, returnTo: "/anmelden/einrichten") {
            case .elsewhere(let response): return response
            case .again(let mistakes, let status): return try await page(visit, mistakes, status)
            }
        }
    }
}

/// What a new passkey is called until its owner says otherwise.
enum PasskeyName {
    static func suggested(_ visit: some CheckedVisit) -> String {
        let browser = BrowserName(userAgent: visit.visit.request.header("user-agent") ?? "")
        return browser.text(visit.site.catalog, visit.language)
    }
}
