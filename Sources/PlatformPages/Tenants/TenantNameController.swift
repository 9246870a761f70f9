import HTTPTypes
import Hummingbird
import Localization
import PageParts
import Site
import Tenants
import Web

/// Gives a tenant another name.
struct TenantNameController {
    let desk: TenantDesk
    let tenants: TenantBook

    func bind(into book: inout SiteBook) {
        book.platform(.renamingTenant) { visit in
            let tenant = try await desk.standing(visit).tenant
            guard tenant.state != .closed else { return visit.alreadyClosed(tenant) }
            return page(visit, tenant, typed: tenant.name, FormProblems())
        }
        book.platform(.renameTenant) { visit in try await rename(visit) }
    }

    private func rename(_ visit: PlatformVisit) async throws -> Response {
        let tenant = try await desk.standing(visit).tenant
        guard tenant.state != .closed else { return visit.alreadyClosed(tenant) }
        let typed = String((visit.form.raw("name") ?? "").prefix(300))
        guard let name = TenantName.parse(typed) else {
            var problems = FormProblems()
            let isMissing = visit.form.text("name") == nil
            problems.add("name", visit.text(isMissing ? "platform.problem_name" : "platform.problem_name_long"))
            return page(visit, tenant, typed: typed, problems)
        }
        do {
            try await tenants.rename(tenant.id, to: name, actor: visit.actor)
        } catch TenantError.closed {
            return visit.alreadyClosed(tenant)
        }
        return visit.redirect(to: tenant.id.pagePath, saying: "platform.renamed", ["tenant": name])
    }

    private func page(_ visit: PlatformVisit, _ tenant: Tenant, typed: String, _ problems: FormProblems) -> Response {
        let model: Model = [
            "tenant": .text(tenant.name),
            "back": .text(tenant.id.pagePath),
            "action": .text(tenant.id.pagePath + "/name"),
            "typed_name": .text(typed),
        ]
        return visit.page(
            "platform/name",
            title: visit.text("platform.rename_title", ["tenant": tenant.name]),
            model.merging(problems.model(of: ["name"], visit)),
            status: problems.isEmpty ? .ok : .unprocessableContent
        )
    }
}
