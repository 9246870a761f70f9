import Hummingbird
import Localization
import PageParts
import Site
import Tenants
import Web

/// Suspends a tenant and makes it active again.
struct TenantStateController {
    let desk: TenantDesk
    let tenants: TenantBook

    func bind(into book: inout SiteBook) {
        book.platform(.suspendingTenant) { visit in
            try visit.requireRecentProof(returnTo: visit.visit.path)
            let standing = try await desk.standing(visit)
            guard standing.tenant.state != .closed else { return visit.alreadyClosed(standing.tenant) }
            return Self.suspending(standing, visit).page(visit)
        }
        book.platform(.suspendTenant) { visit in
            try visit.requireRecentProof(returnTo: visit.visit.path)
            let standing = try await desk.standing(visit)
            return try await move(visit, standing, Self.suspending(standing, visit), "platform.suspended") { reason in
                try await tenants.suspend(standing.tenant.id, reason: reason, actor: visit.actor)
            }
        }
        book.platform(.activatingTenant) { visit in
            let standing = try await desk.standing(visit)
            guard standing.tenant.state != .closed else { return visit.alreadyClosed(standing.tenant) }
            return Self.activating(standing, visit).page(visit)
        }
        book.platform(.activateTenant) { visit in
            let standing = try await desk.standing(visit)
            return try await move(visit, standing, Self.activating(standing, visit), "platform.activated") { reason in
                try await tenants.activate(standing.tenant.id, reason: reason, actor: visit.actor)
            }
        }
    }

    private func move(
        _ visit: PlatformVisit,
        _ standing: TenantStanding,
        _ act: TenantAct,
        _ message: String,
        _ body: (String) async throws -> Void
    ) async throws -> Response {
        let tenant = standing.tenant
        guard tenant.state != .closed else { return visit.alreadyClosed(tenant) }
        guard !visit.reason.isEmpty else {
            var problems = FormProblems()
            problems.add("grund", visit.text("platform.problem_reason"))
            return act.page(visit, problems: problems)
        }
        do {
            try await body(visit.reason)
        } catch TenantError.closed {
            return visit.alreadyClosed(tenant)
        }
        return visit.redirect(to: tenant.id.pagePath, saying: message, ["tenant": tenant.name])
    }

    private static func suspending(_ standing: TenantStanding, _ visit: PlatformVisit) -> TenantAct {
        TenantAct(
            tenant: standing.tenant,
            question: visit.text("platform.suspend_title", ["tenant": standing.tenant.name]),
            explanation: visit.text("platform.suspend_text"),
            consequences: [
                ("phone", visit.text("platform.suspend_new")),
                (
                    "pulse",
                    standing.runningCalls == 0
                        ? visit.text("platform.suspend_running_none")
                        : visit.counted(
                            standing.runningCalls,
                            one: "platform.suspend_running_one",
                            many: "platform.suspend_running_many"
                        )
                ),
                ("database", visit.text("platform.suspend_data")),
            ],
            action: standing.tenant.id.pagePath + "/sperren",
            verb: visit.text("platform.suspend"),
            keep: visit.text("platform.suspend_not"),
            isSevere: true
        )
    }

    private static func activating(_ standing: TenantStanding, _ visit: PlatformVisit) -> TenantAct {
        TenantAct(
            tenant: standing.tenant,
            question: visit.text("platform.activate_title", ["tenant": standing.tenant.name]),
            explanation: visit.text("platform.activate_text"),
            consequences: [],
            action: standing.tenant.id.pagePath + "/freischalten",
            verb: visit.text("platform.activate"),
            keep: visit.text("platform.activate_not"),
            isSevere: false
        )
    }
}
