import HTTPTypes
import Hummingbird
import Kernel
import Localization
import PageParts
package import Site
package import Tenants
import Web

/// The end of a tenant's contract, as its owners ask for it and take it back (requirement K9).
package struct ClosingController: Sendable {
    private static let path = "/einstellungen/beenden"

    private let lifecycle: TenantLifecycle

    package init(_ lifecycle: TenantLifecycle) {
        self.lifecycle = lifecycle
    }

    package func bind(into book: inout SiteBook) {
        book.tenant(.closing) { visit in
            try visit.requireRecentProof(returnTo: Self.path)
            return try await page(visit)
        }
        book.tenant(.close) { visit in try await close(visit) }
        book.tenant(.keepOpen) { visit in
            let refusal = try await lifecycle.withdraw(
                visit.tenant.id,
                reason: "withdrawn by an owner",
                by: visit.acting
            )
            switch refusal {
            case nil: return visit.redirect(to: Endpoint.settings.path, saying: "tenant.closing_withdrawn")
            case .notAllowed?: throw NotVisible()
            case .some(let refusal): return visit.redirect(to: Endpoint.settings.path, saying: refusal.key)
            }
        }
    }

    private func close(_ visit: TenantVisit) async throws -> Response {
        try visit.requireRecentProof(returnTo: Self.path)
        let typed = visit.form.text("kurzname") ?? ""
        let reason = String((visit.form.text("grund") ?? "").prefix(500))
        let outcome = try await lifecycle.ask(
            visit.tenant.id,
            confirming: typed,
            reason: reason,
            by: visit.acting
        )
        switch outcome {
        case .asked(let closing):
            return visit.redirect(
                to: Endpoint.settings.path,
                saying: "tenant.closing_asked",
                ["date": visit.localizer.longDate(closing.endsAt)]
            )
        case .refused(.notAllowed):
            throw NotVisible()
        case .refused(let refusal):
            var problems = FormProblems()
            problems.add(refusal == .reasonMissing ? "grund" : "kurzname", visit.text(refusal.key))
            return try await page(visit, typed: typed, reason: reason, problems)
        }
    }

    private func page(
        _ visit: TenantVisit,
        typed: String = "",
        reason: String = "",
        _ problems: FormProblems = FormProblems()
    ) async throws -> Response {
        let closing = try await lifecycle.closing(visit.tenant.id)
        let days = visit.localizer.number(TenantLifecycle.noticeDays)
        let end = closing?.endsAt ?? visit.localizer.startOfDay(visit.now, addingDays: TenantLifecycle.noticeDays)
        let model: Model = [
            "is_ending": .flag(closing != nil),
            "ends": .text(visit.text("tenant.closing_ends", ["date": visit.localizer.longDate(end)])),
            "what_happens": .text(
                visit.text("tenant.closing_text", ["days": days, "date": visit.localizer.longDate(end)])
            ),
            "prompt": .text(visit.text("tenant.closing_prompt", ["slug": visit.tenant.slug.value])),
            "slug": .text(visit.tenant.slug.value),
            "typed": .text(typed),
            "reason": .text(reason),
        ]
        return visit.page(
            "tenant/closing",
            title: visit.text("tenant.closing_title", ["tenant": visit.tenant.name]),
            model.merging(problems.model(of: ["kurzname", "grund"], visit)),
            status: problems.isEmpty ? .ok : .unprocessableContent
        )
    }
}
