import Foundation
import HTTPTypes
import Hummingbird
import Localization
import PageParts
import Site
import Tenants
import Web

/// The end of a tenant's contract as the operator asks for it and takes it back (requirement K9). Destroying is done by
/// the operator's command when the time is over, never by a page.
struct TenantClosingController {
    let desk: TenantDesk
    let lifecycle: TenantLifecycle

    func bind(into book: inout SiteBook) {
        book.platform(.closingTenant) { visit in
            try visit.requireRecentProof(returnTo: visit.visit.path)
            let standing = try await desk.standing(visit)
            if let response = obstacle(visit, standing) { return response }
            return page(visit, standing.tenant, typed: "", FormProblems())
        }
        book.platform(.closeTenant) { visit in
            try visit.requireRecentProof(returnTo: visit.visit.path)
            return try await close(visit)
        }
        book.platform(.keepingTenant) { visit in
            let standing = try await desk.standing(visit)
            guard standing.tenant.state != .closed else { return visit.alreadyClosed(standing.tenant) }
            guard standing.closing != nil else {
                return visit.redirect(to: standing.tenant.id.pagePath, saying: ClosingRefusal.notAsked.key)
            }
            return Self.keeping(standing.tenant, visit).page(visit)
        }
        book.platform(.keepTenant) { visit in try await keep(visit) }
    }

    private func obstacle(_ visit: PlatformVisit, _ standing: TenantStanding) -> Response? {
        guard standing.tenant.state != .closed else { return visit.alreadyClosed(standing.tenant) }
        guard standing.closing == nil else {
            return visit.redirect(to: standing.tenant.id.pagePath, saying: ClosingRefusal.alreadyAsked.key)
        }
        return nil
    }

    private func close(_ visit: PlatformVisit) async throws -> Response {
        let standing = try await desk.standing(visit)
        let tenant = standing.tenant
        if let response = obstacle(visit, standing) { return response }
        let typed = String((visit.form.text("kurzname") ?? "").prefix(63))
        var problems = FormProblems()
        if visit.reason.isEmpty { problems.add("grund", visit.text("platform.problem_reason")) }
        if typed != tenant.slug.value { problems.add("kurzname", visit.text(ClosingRefusal.slugDiffers.key)) }
        guard problems.isEmpty else { return page(visit, tenant, typed: typed, problems) }
        switch try await lifecycle.ask(tenant.id, confirming: typed, reason: visit.reason, by: visit.acting) {
        case .asked(let closing):
            return visit.redirect(
                to: tenant.id.pagePath,
                saying: "platform.closing_asked",
                ["date": visit.localizer.longDate(closing.endsAt)]
            )
        case .refused(let refusal):
            return visit.redirect(to: tenant.id.pagePath, saying: refusal.key)
        }
    }

    private func keep(_ visit: PlatformVisit) async throws -> Response {
        let tenant = try await desk.standing(visit).tenant
        guard !visit.reason.isEmpty else {
            var problems = FormProblems()
            problems.add("grund", visit.text("platform.problem_reason"))
            return Self.keeping(tenant, visit).page(visit, problems: problems)
        }
        let refusal = try await lifecycle.withdraw(tenant.id, reason: visit.reason, by: visit.acting)
        return visit.redirect(
            to: tenant.id.pagePath,
            saying: refusal?.key ?? "platform.closing_withdrawn"
        )
    }

    private func page(_ visit: PlatformVisit, _ tenant: Tenant, typed: String, _ problems: FormProblems) -> Response {
        let end = visit.localizer.startOfDay(visit.now, addingDays: TenantLifecycle.noticeDays)
        let title = visit.text("platform.closing_title", ["tenant": tenant.name])
        let model: Model = [
            "tenant": .text(tenant.name),
            "back": .text(tenant.id.pagePath),
            "action": .text(tenant.id.pagePath + "/beenden"),
            "title_text": .text(title),
            "explanation": .text(
                visit.text(
                    "platform.closing_text",
                    [
                        "days": visit.localizer.number(TenantLifecycle.noticeDays),
                        "date": visit.localizer.longDate(end),
                    ]
                )
            ),
            "command": .text(tenant.closeCommand),
            "prompt": .text(visit.text("platform.closing_prompt", ["slug": tenant.slug.value])),
            "slug": .text(tenant.slug.value),
            "typed": .text(typed),
            "reason": .text(visit.reason),
        ]
        return visit.page(
            "platform/closing",
            title: title,
            model.merging(problems.model(of: ["grund", "kurzname"], visit)),
            status: problems.isEmpty ? .ok : .unprocessableContent
        )
    }

    private static func keeping(_ tenant: Tenant, _ visit: PlatformVisit) -> TenantAct {
        TenantAct(
            tenant: tenant,
            question: visit.text("platform.keep_title", ["tenant": tenant.name]),
            explanation: visit.text("platform.keep_text"),
            consequences: [],
            action: tenant.id.pagePath + "/behalten",
            verb: visit.text("platform.keep"),
            keep: visit.text("platform.keep_not"),
            isSevere: false
        )
    }
}
