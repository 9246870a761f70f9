import HTTPTypes
import Hummingbird
import Localization
import PageParts
import Site
import Tenants
import Web

/// Changes what the platform allows a tenant (decision 19).
struct TenantBoundsController {
    let desk: TenantDesk
    let tenants: TenantBook

    func bind(into book: inout SiteBook) {
        book.platform(.tenantBounds) { visit in
            let tenant = try await desk.standing(visit).tenant
            guard tenant.state != .closed else { return visit.alreadyClosed(tenant) }
            return page(visit, tenant, BoundsForm(tenant.bounds), FormProblems())
        }
        book.platform(.limitTenant) { visit in
            let tenant = try await desk.standing(visit).tenant
            guard tenant.state != .closed else { return visit.alreadyClosed(tenant) }
            let form = BoundsForm(visit.form)
            var problems = FormProblems()
            guard let bounds = form.bounds(visit, &problems) else { return page(visit, tenant, form, problems) }
            try await tenants.limit(tenant.id, to: bounds, actor: visit.actor)
            return visit.redirect(to: tenant.id.pagePath, saying: "platform.limited")
        }
    }

    private func page(
        _ visit: PlatformVisit,
        _ tenant: Tenant,
        _ form: BoundsForm,
        _ problems: FormProblems
    ) -> Response {
        let model: Model = [
            "tenant": .text(tenant.name),
            "back": .text(tenant.id.pagePath),
            "action": .text(tenant.id.pagePath + "/grenzen"),
            "calls": .text(form.calls),
            "seconds": .text(form.seconds),
        ]
        return visit.page(
            "platform/bounds",
            title: visit.text("platform.bounds_title", ["tenant": tenant.name]),
            model.merging(problems.model(of: ["anrufe", "sekunden"], visit)),
            status: problems.isEmpty ? .ok : .unprocessableContent
        )
    }
}

/// A tenant's bounds as they were typed.
struct BoundsForm {
    static let mostCalls = 1_000
    /// Of one conversation with the agent.
    static let seconds = 60...14_400

    let calls: String
    let seconds: String

    init(_ bounds: TenantBounds) {
        calls = String(bounds.concurrentCalls)
        seconds = String(bounds.callSeconds)
    }

    init(_ form: FormValues) {
        calls = String((form.text("anrufe") ?? "").prefix(20))
        seconds = String((form.text("sekunden") ?? "").prefix(20))
    }

    func bounds(_ visit: PlatformVisit, _ problems: inout FormProblems) -> TenantBounds? {
        let calls = Self.concurrentCalls(self.calls)
        if calls == nil { problems.add("anrufe", Self.callsProblem(visit)) }
        let seconds = Int(self.seconds).flatMap { Self.seconds.contains($0) ? $0 : nil }
        if seconds == nil {
            problems.add(
                "sekunden",
                visit.text(
                    "platform.problem_seconds",
                    [
                        "least": visit.localizer.number(Self.seconds.lowerBound),
                        "most": visit.localizer.number(Self.seconds.upperBound),
                    ]
                )
            )
        }
        guard let calls, let seconds else { return nil }
        return TenantBounds(concurrentCalls: calls, callSeconds: seconds)
    }

    /// Nil for what is no number or out of bounds.
    static func concurrentCalls(_ typed: String) -> Int? {
        Int(typed).flatMap { (0...mostCalls).contains($0) ? $0 : nil }
    }

    static func callsProblem(_ visit: PlatformVisit) -> String {
        visit.text("platform.problem_calls", ["most": visit.localizer.number(mostCalls)])
    }
}
