import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Localization
import People
import Site
import Tenants
import Web

/// Makes, renames and removes the passkeys of the person who is signed in.
struct PasskeyController {
    private static let newPath = "/sicherheit/passkeys/neu"

    let desk: AccountDesk

    func bind(into book: inout SiteBook) {
        book.person(.newPasskey) { try newPage($0, .none, .ok) }
        book.person(.newPasskeyAsked) { try await ask($0) }
        book.person(.newPasskeySent) { try await add($0) }
        book.person(.passkey) { visit in
            let passkey = try await find(visit)
            try visit.requireRecentProof(returnTo: Self.path(passkey.id))
            return namePage(visit, passkey, .none, .ok)
        }
        book.person(.passkeyRenamed) { try await rename($0) }
        book.person(.passkeyRemoval) { visit in
            let passkey = try await find(visit)
            try visit.requireRecentProof(returnTo: Self.path(passkey.id) + "/entfernen")
            return try await removalPage(visit, passkey, .none, .ok)
        }
        book.person(.passkeyRemoved) { try await remove($0) }
    }

    private func newPage(
        _ visit: PersonVisit,
        _ mistakes: Mistakes,
        _ status: HTTPResponse.Status
    ) throws -> Response {
        try visit.requireRecentProof(returnTo: visit.path(Self.newPath, then: visit.wanted))
        let model: Model = [
            "passkey_name": .text(visit.form.text("name") ?? PasskeyName.suggested(visit)),
            "wanted": .text(visit.wanted ?? ""),
            "cancel": .text(visit.wanted ?? "/sicherheit"),
        ]
        return visit.page(
            "account/passkey-new",
            title: visit.text("account.passkey_new"),
            model.merging(mistakes.model("name")),
            status: status
        )
    }

    private func ask(_ visit: PersonVisit) async throws -> Response {
        let session = visit.visitor.session.id
        switch try await desk.factors.passkeyRegistration(session: session, from: visit.origin) {
        case .success(let request): return visit.asks(request)
        case .failure(.stepUpNeeded): return try visit.sends(to: visit.path("/bestaetigen", then: Self.newPath))
        case .failure(.sessionOver): return try visit.sends(to: "/anmelden")
        case .failure(let refusal): return try visit.tells(refusal.key, .unprocessableContent)
        }
    }

    private func add(_ visit: PersonVisit) async throws -> Response {
        var outcome: Result<FactorChange, AccountRefusal> = .failure(.passkeyRefused)
        if let (response, challenge) = visit.passkeyAnswer {
            outcome = try await desk.factors.addPasskey(
                session: visit.visitor.session.id,
                response: response,
                challenge: challenge,
                name: visit.form.text("name") ?? "",
                devices: visit.devices,
                from: visit.origin
            )
        }
        switch outcome {
        case .success(let change):
            return try await desk.added(change, .security, saying: "account.passkey_added", visit)
        case .failure(let refusal):
            switch visit.refused(refusal, field: "name", returnTo: Self.newPath) {
            case .elsewhere(let response): return response
            case .again(let mistakes, let status): return try newPage(visit, mistakes, status)
            }
        }
    }

    private func namePage(
        _ visit: PersonVisit,
        _ passkey: PasskeyLine,
        _ mistakes: Mistakes,
        _ status: HTTPResponse.Status
    ) -> Response {
        let model: Model = [
            "path": .text(Self.path(passkey.id)),
            "passkey_name": .text(visit.form.raw("name") ?? passkey.name),
        ]
        return visit.page(
            "account/passkey-name",
            title: visit.text("account.passkey_rename"),
            model.merging(mistakes.model("name")),
            status: status
        )
    }

    private func rename(_ visit: PersonVisit) async throws -> Response {
        let passkey = try await find(visit)
        let path = Self.path(passkey.id)
        try visit.requireRecentProof(returnTo: path)
        let outcome = try await desk.factors.renamePasskey(
            passkey.id,
            to: visit.form.text("name") ?? "",
            session: visit.visitor.session.id,
            from: visit.origin
        )
        switch outcome {
        case .success:
            return visit.redirect(to: "/sicherheit", saying: "account.passkey_renamed")
        case .failure(let refusal):
            switch visit.refused(refusal, field: "name", returnTo: path) {
            case .elsewhere(let response): return response
            case .again(let mistakes, let status): return namePage(visit, passkey, mistakes, status)
            }
        }
    }

    private func removalPage(
        _ visit: PersonVisit,
        _ passkey: PasskeyLine,
        _ mistakes: Mistakes,
        _ status: HTTPResponse.Status
    ) async throws -> Response {
        let standing = try await desk.factors.standing(of: visit.person.id)
        let isLast = standing.passkeys.count == 1 && !standing.hasTOTP
        return Confirmation(
            heading: visit.text("account.passkey_removal", ["name": passkey.name]),
            text: visit.text(isLast ? "account.passkey_removal_last" : "account.passkey_removal_text"),
            path: Self.path(passkey.id) + "/entfernen",
            button: visit.text("account.remove_passkey"),
            keep: visit.text("account.keep_passkey")
        ).answer(visit, mistakes, status)
    }

    private func remove(_ visit: PersonVisit) async throws -> Response {
        let passkey = try await find(visit)
        let path = Self.path(passkey.id) + "/entfernen"
        try visit.requireRecentProof(returnTo: path)
        let outcome = try await desk.factors.removePasskey(
            passkey.id,
            session: visit.visitor.session.id,
            from: visit.origin
        )
        switch outcome {
        case .success(let session):
            var response = visit.redirect(to: "/sicherheit", saying: "account.passkey_removed")
            visit.keep(session, in: &response)
            return response
        case .failure(let refusal):
            switch visit.refused(refusal, field: "entfernen", returnTo: path) {
            case .elsewhere(let response): return response
            case .again(let mistakes, let status): return try await removalPage(visit, passkey, mistakes, status)
            }
        }
    }

    /// Foreign and nonexistent ones are looked for among one's own by the same statements.
    private func find(_ visit: PersonVisit) async throws -> PasskeyLine {
        let standing = try await desk.factors.standing(of: visit.person.id)
        let id = PasskeyID(visit.parameter("id"))
        guard let passkey = standing.passkeys.first(where: { $0.id == id }) else { throw NotVisible() }
        return passkey
    }

    private static func path(_ id: PasskeyID) -> String { "/sicherheit/passkeys/\(id)" }
}
