import HTTPTypes
import Hummingbird
import Localization
import People
import Site
import Tenants

/// Sets up, replaces and removes the authenticator app of the person who is signed in.
struct AppController {
    private static let path = "/sicherheit/app"

    let desk: AccountDesk

    func bind(into book: inout SiteBook) {
        book.person(.app) { try await page($0, .none, .ok) }
        book.person(.appSent) { try await confirm($0) }
        book.person(.appRemoval) { visit in
            try visit.requireRecentProof(returnTo: Self.path + "/entfernen")
            return try await removalPage(visit, .none, .ok)
        }
        book.person(.appRemoved) { try await remove($0) }
    }

    private func page(
        _ visit: PersonVisit,
        _ mistakes: Mistakes,
        _ status: HTTPResponse.Status
    ) async throws -> Response {
        let here = visit.path(Self.path, then: visit.wanted)
        try visit.requireRecentProof(returnTo: here)
        switch try await desk.factors.beginTOTP(session: visit.visitor.session.id, from: visit.origin) {
        case .success(let enrolment):
            let standing = try await desk.factors.standing(of: visit.person.id)
            let model = try EnrolmentSheet.model(enrolment, visit).merging([
                "replaces": .flag(standing.hasTOTP),
                "wanted": .text(visit.wanted ?? ""), "cancel": .text(visit.wanted ?? "/sicherheit"),
            ])
            return visit.page(
                "account/app",
                title: visit.text("account.app_set_up"),
                model.merging(mistakes.model("code")),
                status: status
            )
        case .failure(let refusal):
            switch visit.refused(refusal, field: "code", returnTo: here) {
            case .elsewhere(let response): return response
            case .again: return visit.redirect(to: "/sicherheit", saying: refusal.key)
            }
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
        switch outcome {
        case .success(let change):
            return try await desk.added(change, .security, saying: "account.app_added", visit)
        case .failure(let refusal):
            switch visit.refused(refusal, field: "code", returnTo: visit.path(Self.path, then: visit.wanted)) {
            case .elsewhere(let response): return response
            case .again(let mistakes, let status): return try await page(visit, mistakes, status)
            }
        }
    }

    private func removalPage(
        _ visit: PersonVisit,
        _ mistakes: Mistakes,
        _ status: HTTPResponse.Status
    ) async throws -> Response {
        let standing = try await desk.factors.standing(of: visit.person.id)
        guard standing.hasTOTP else { return visit.redirect(to: "/sicherheit") }
        let isLast = standing.passkeys.isEmpty
        return Confirmation(
            heading: visit.text("account.app_removal"),
            text: visit.text(isLast ? "account.app_removal_last" : "account.app_removal_text"),
            path: Self.path + "/entfernen",
            button: visit.text("account.remove_app"),
            keep: visit.text("account.keep_app")
        ).answer(visit, mistakes, status)
    }

    private func remove(_ visit: PersonVisit) async throws -> Response {
        try visit.requireRecentProof(returnTo: Self.path + "/entfernen")
        switch try await desk.factors.removeTOTP(session: visit.visitor.session.id, from: visit.origin) {
        case .success(let session):
            var response = visit.redirect(to: "/sicherheit", saying: "account.app_removed")
            visit.keep(session, in: &response)
            return response
        case .failure(let refusal):
            switch visit.refused(refusal, field: "entfernen", returnTo: Self.path + "/entfernen") {
            case .elsewhere(let response): return response
            case .again(let mistakes, let status): return try await removalPage(visit, mistakes, status)
            }
        }
    }
}
