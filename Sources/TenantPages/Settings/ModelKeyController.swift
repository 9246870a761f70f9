package import Foundation
import HTTPTypes
import Hummingbird
package import Kernel
import Localization
import PageParts
package import Site
package import Tenants
import Web

/// The key a tenant brings for its own language model. It is written and never read back (decision 25).
package struct ModelKeyController: Sendable {
    private static let path = "/einstellungen/modell-schluessel"
    /// Characters of a key.
    private static let length = 8...500

    private let keys: TenantModelKeys
    private let since: @Sendable (TenantID) async throws -> Date?

    /// - Parameter since: since when a tenant's own model key is kept; nil without one.
    package init(_ keys: TenantModelKeys, since: @escaping @Sendable (TenantID) async throws -> Date?) {
        self.keys = keys
        self.since = since
    }

    package func bind(into book: inout SiteBook) {
        book.tenant(.modelKey) { visit in
            try visit.requireRecentProof(returnTo: Self.path)
            return try await page(visit)
        }
        book.tenant(.storeModelKey) { visit in
            try visit.requireRecentProof(returnTo: Self.path)
            let typed = visit.form.text("schluessel") ?? ""
            let isPlain = typed.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
            guard Self.length.contains(typed.utf8.count), isPlain else {
                var problems = FormProblems()
                problems.add("schluessel", visit.text("tenant.model_key_malformed"))
                return try await page(visit, problems)
            }
            try await keys.store(Secret(typed), for: visit.tenant.id, actor: visit.actor)
            return visit.redirect(to: "/einstellungen#modell", saying: "tenant.model_key_stored")
        }
        book.tenant(.removingModelKey) { visit in try await removal(visit).page(visit) }
        book.tenant(.removeModelKey) { visit in
            try await keys.remove(of: visit.tenant.id, actor: visit.actor)
            return visit.redirect(to: "/einstellungen#modell", saying: "tenant.model_key_removed")
        }
    }

    private func page(_ visit: TenantVisit, _ problems: FormProblems = FormProblems()) async throws -> Response {
        let kept = try await since(visit.tenant.id)
        let model: Model = [
            "kept": .text(
                kept.map { visit.text("tenant.model_key_replaces", ["time": visit.localizer.dateTime($0)]) }
            )
        ]
        return visit.page(
            "tenant/model-key",
            title: visit.text("tenant.model_key_title"),
            model.merging(problems.model(of: ["schluessel"], visit)),
            status: problems.isEmpty ? .ok : .unprocessableContent
        )
    }

    private func removal(_ visit: TenantVisit) async throws -> Confirmation {
        guard try await since(visit.tenant.id) != nil else { throw NotVisible() }
        return Confirmation(
            question: visit.text("tenant.model_key_remove_question"),
            explanation: visit.text("tenant.model_key_remove_text"),
            action: Self.path + "/entfernen",
            verb: visit.text("tenant.model_key_remove"),
            keep: visit.text("tenant.model_key_keep"),
            back: Endpoint.settings.path,
            backLabel: visit.text("tenant.settings_title")
        )
    }
}
