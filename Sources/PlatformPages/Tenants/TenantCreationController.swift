import HTTPTypes
import Hummingbird
import Localization
import Logging
import PageParts
import Site
import Tenants
import Web

/// Makes a tenant and invites whoever shall own it.
struct TenantCreationController {
    let tenants: TenantBook
    let members: MemberBook

    func bind(into book: inout SiteBook) {
        book.platform(.creatingTenant) { visit in page(visit, TenantForm(), FormProblems()) }
        book.platform(.createTenant) { visit in try await create(visit) }
    }

    private func create(_ visit: PlatformVisit) async throws -> Response {
        let form = TenantForm(visit.form)
        var problems = FormProblems()
        guard let draft = form.draft(visit, &problems) else { return page(visit, form, problems) }
        let creation = try await tenants.create(
            draft.slug,
            name: form.name,
            settings: draft.settings,
            bounds: draft.bounds,
            actor: visit.actor
        )
        guard case .created(let tenant) = creation else {
            problems.add("kurzname", visit.text("platform.problem_slug_taken"))
            return page(visit, form, problems)
        }
        let inviting = try await members.invite(
            tenant.id,
            email: form.email,
            role: .owner,
            language: draft.settings.language,
            by: visit.acting
        )
        switch inviting {
        case .invited(let invitation):
            return visit.redirect(to: tenant.id.pagePath, saying: "platform.created", ["email": invitation.email])
        case .refused(let refusal):
            // The tenant is there; its page offers to invite an owner.
            visit.visit.request.logger.warning(
                "first owner not invited",
                metadata: ["refusal": "\(refusal.rawValue)", "tenant.id": "\(tenant.id)"]
            )
            return visit.redirect(to: tenant.id.pagePath, saying: "platform.created_without_owner")
        }
    }

    private func page(_ visit: PlatformVisit, _ form: TenantForm, _ problems: FormProblems) -> Response {
        func options(_ values: [String], _ chosen: String, _ label: (String) -> String) -> Model.Value {
            .choices(values.map { FormChoice($0, label($0), isChosen: $0 == chosen) })
        }
        let model: Model = [
            "name": .text(form.name),
            "slug": .text(form.slug),
            "regions": options(TenantForm.regions, form.region) { visit.text("platform.region_\($0.lowercased())") },
            "languages": options(Language.allCases.map(\.rawValue), form.language) {
                visit.text("platform.language_\($0)")
            },
            "zones": options(TenantForm.zones, form.zone) { visit.text("platform.zone_\(Self.key(ofZone: $0))") },
            "calls": .text(form.calls),
            "email": .text(form.email),
        ]
        return visit.page(
            "platform/new",
            title: visit.text("platform.new_title"),
            model.merging(problems.model(of: TenantForm.fields, visit)),
            status: problems.isEmpty ? .ok : .unprocessableContent
        )
    }

    private static func key(ofZone zone: String) -> String {
        (zone.split(separator: "/").last ?? "").lowercased()
    }
}
