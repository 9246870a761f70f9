import Credentials
import HTTPTypes
import Hummingbird
import Kernel
import Localization
import PageParts
import People
import Site
import Tenants
import Web

/// Lets the platform's support look into a tenant, with a reason and for a limited time, and ends it.
struct LookController {
    /// Minutes to choose from.
    private static let durations = [15, 30, 60]

    let desk: TenantDesk
    let support: SupportDesk
    let sessions: WebSessions

    func bind(into book: inout SiteBook) {
        book.platform(.lookingInside) { visit in
            try visit.requireRecentProof(returnTo: visit.visit.path)
            let tenant = try await desk.standing(visit).tenant
            guard tenant.state != .closed else { return visit.alreadyClosed(tenant) }
            return page(visit, tenant, minutes: SupportDesk.defaultMinutes, FormProblems())
        }
        book.platform(.lookInside) { visit in
            try visit.requireRecentProof(returnTo: visit.visit.path)
            return try await begin(visit)
        }
        book.person(.stopLooking) { visit in try await end(visit) }
    }

    private func begin(_ visit: PlatformVisit) async throws -> Response {
        let tenant = try await desk.standing(visit).tenant
        guard tenant.state != .closed else { return visit.alreadyClosed(tenant) }
        let minutes = visit.form.number("dauer") ?? 0
        guard Self.durations.contains(minutes) else {
            var problems = FormProblems()
            problems.add("dauer", visit.text("platform.problem_choice"))
            return page(visit, tenant, minutes: SupportDesk.defaultMinutes, problems)
        }
        let beginning = try await support.begin(
            tenant.id,
            person: visit.person.id,
            session: visit.visitor.session.id,
            reason: visit.reason,
            minutes: minutes,
            from: visit.origin
        )
        switch beginning {
        case .begun:
            return try await rotated(visit, visit.visitor.session.id, visit.redirect(to: "/uebersicht"))
        case .refused(.notAllowed), .refused(.noSuchTenant):
            throw NotVisible()
        case .refused(.sessionOver):
            return visit.redirect(to: "/anmelden", saying: SupportRefusal.sessionOver.key)
        case .refused(let refusal):
            var problems = FormProblems()
            problems.add(refusal == .durationOutOfBounds ? "dauer" : "grund", visit.text(refusal.key))
            return page(visit, tenant, minutes: minutes, problems)
        }
    }

    /// Safe to repeat: a look that is over already is none to end.
    private func end(_ visit: PersonVisit) async throws -> Response {
        guard let standing = visit.visitor.standing, case .support(let access) = standing.position else {
            return visit.redirect(to: visit.visitor.home)
        }
        let refusal = try await support.end(standing.tenant.id, access.id, person: visit.person.id, from: visit.origin)
        let response = visit.redirect(
            to: standing.tenant.id.pagePath,
            saying: refusal?.key ?? "platform.look_ended"
        )
        return try await rotated(visit, visit.visitor.session.id, response)
    }

    /// What the session may see has changed, so it gets another token (requirement B3).
    private func rotated(
        _ visit: some CheckedVisit,
        _ session: WebSessionID,
        _ response: Response
    ) async throws -> Response {
        guard let rotated = try await sessions.rotate(session) else {
            return visit.redirect(to: "/anmelden", saying: SupportRefusal.sessionOver.key)
        }
        var response = response
        visit.setCookie(CookieName.session, rotated.token.reveal(), seconds: nil, on: &response)
        return response
    }

    private func page(_ visit: PlatformVisit, _ tenant: Tenant, minutes: Int, _ problems: FormProblems) -> Response {
        let title = visit.text("platform.look_title", ["tenant": tenant.name])
        let model: Model = [
            "tenant": .text(tenant.name),
            "back": .text(tenant.id.pagePath),
            "action": .text(tenant.id.pagePath + "/ansehen"),
            "title_text": .text(title),
            "reason": .text(visit.reason),
            "durations": .list(
                Self.durations.map { duration in
                    [
                        "value": .text(String(duration)),
                        "label": .text(visit.text("platform.minutes", ["n": visit.localizer.number(duration)])),
                        "is_chosen": .flag(duration == minutes),
                    ]
                }
            ),
        ]
        return visit.page(
            "platform/look",
            title: title,
            model.merging(problems.model(of: ["grund", "dauer"], visit)),
            status: problems.isEmpty ? .ok : .unprocessableContent
        )
    }
}
