import Credentials
import HTTPTypes
import Hummingbird
import Kernel
import Localization
import PageParts
package import Site
package import Tenants
import Web

/// The tenant's keys for the API: listed, made and shown once, revoked.
package struct KeyController: Sendable {
    private let keys: APIKeys

    package init(_ keys: APIKeys) {
        self.keys = keys
    }

    package func bind(into book: inout SiteBook) {
        book.tenant(.keys) { visit in
            let list = try await list(visit)
            return visit.page(
                "tenant/keys",
                title: visit.text("tenant.keys_title"),
                KeyListModel(list: list, visit: visit).model
            )
        }
        book.tenant(.keySheet) { visit in
            let list = try await list(visit)
            try await keys.noteExport(visit.tenant.id, rows: list.keys.count, by: visit.acting)
            return visit.download(list.sheet(visit), name: "api-schluessel.csv", type: CSV.type)
        }
        book.tenant(.creatingKey) { visit in
            try visit.requireRecentProof(returnTo: Endpoint.creatingKey.path)
            return KeyForm().page(visit)
        }
        book.tenant(.createKey) { visit in try await create(visit) }
        book.tenant(.revokingKey) { visit in confirmation(visit, try await usableKey(visit)).page(visit) }
        book.tenant(.revokeKey) { visit in
            let key = try await usableKey(visit)
            guard try await keys.revoke(visit.tenant.id, key.id, by: visit.acting) == nil else { throw NotVisible() }
            return visit.redirect(to: KeyList.path, saying: "tenant.key_was_revoked", ["name": key.name])
        }
    }

    private func list(_ visit: TenantVisit) async throws -> KeyList {
        KeyList(try await keys.list(visit.tenant.id), query: visit.query, now: visit.now)
    }

    private func create(_ visit: TenantVisit) async throws -> Response {
        try visit.requireRecentProof(returnTo: Endpoint.creatingKey.path)
        let form = KeyForm(visit.form)
        var problems = FormProblems()
        if form.name.isEmpty { problems.add("name", visit.text(APIKeyRefusal.nameMalformed.key)) }
        if form.scopes.isEmpty { problems.add("rechte", visit.text(APIKeyRefusal.noScopes.key)) }
        guard problems.isEmpty else { return form.page(visit, problems) }
        let outcome = try await keys.create(
            visit.tenant.id,
            name: form.name,
            scopes: form.scopes,
            expiresAt: form.expiry(visit),
            by: visit.acting
        )
        switch outcome {
        case .created(let text, let line):
            return shownOnce(visit, text, line)
        case .refused(let refusal):
            let isAboutScopes = [.noScopes, .scopeNotForKeys, .notAllowed].contains(refusal)
            problems.add(isAboutScopes ? "rechte" : "name", visit.text(refusal.key))
            return form.page(visit, problems)
        }
    }

    /// The only page that ever shows a key. It is the answer to the form itself: an address of its own could be asked
    /// for again.
    private func shownOnce(_ visit: TenantVisit, _ text: APIKeyText, _ line: APIKeyLine) -> Response {
        let key = text.reveal()
        return visit.page(
            "tenant/key-shown",
            title: visit.text("tenant.key_shown_title"),
            [
                "name": .text(line.name),
                "key": .text(key),
                "command": .text(KeyExample(line.scopes, origin: visit.site.address.origin).command(key: key)),
                "scopes": .text(line.scopes.map { visit.text($0.key) }.joined(separator: ", ")),
                "expires": .text(line.expiresAt.map(visit.localizer.date) ?? visit.text("tenant.key_no_expiry")),
            ]
        )
    }

    /// - Throws: `NotVisible` for a key that is over or was never there.
    private func usableKey(_ visit: TenantVisit) async throws -> APIKeyLine {
        let id = try visit.id("id", as: APIKeyTag.self)
        let all = try await keys.list(visit.tenant.id)
        guard let key = all.first(where: { $0.id == id }), key.isUsable(at: visit.now) else { throw NotVisible() }
        return key
    }

    private func confirmation(_ visit: TenantVisit, _ key: APIKeyLine) -> Confirmation {
        let used =
            key.lastUsedAt.map { visit.text("tenant.revoke_key_used", ["time": visit.localizer.dateTime($0)]) }
            ?? visit.text("tenant.revoke_key_never_used")
        return Confirmation(
            question: visit.text("tenant.revoke_key_question", ["name": key.name]),
            explanation: visit.text("tenant.revoke_key_text", ["prefix": key.prefix]),
            losses: [used, visit.text("tenant.revoke_key_loss")],
            action: "\(KeyList.path)/\(key.id)/widerrufen",
            verb: visit.text("tenant.revoke_key"),
            keep: visit.text("tenant.revoke_key_keep"),
            back: KeyList.path,
            backLabel: visit.text("tenant.keys_title")
        )
    }
}
