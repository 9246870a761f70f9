import Credentials
import Foundation
import Hummingbird
import Kernel
import People
import Site
import Tenants
import Web

extension CheckedVisit {
    /// In which browser people signed in before.
    var devices: KnownDevices { KnownDevices(cookie: cookie(CookieName.device)) }

    /// Where the person wanted to go: the form's or the query's `weiter`, if it is an address of ours.
    var wanted: String? { ownPath(form.text("weiter") ?? query.text("weiter")) }

    /// `path` with `weiter` in its query.
    func path(_ path: String, then wanted: String?) -> String {
        wanted.map { path + "?" + FormValues.query([("weiter", $0)]) } ?? path
    }

    /// Hands the session's new token to the browser.
    func keep(_ session: NewSession, in response: inout Response) {
        setCookie(CookieName.session, session.token.reveal(), seconds: nil, on: &response)
        if let devices = session.devices { keep(devices: devices, in: &response) }
    }

    func keep(devices cookie: String, in response: inout Response) {
        setCookie(CookieName.device, cookie, seconds: Self.year, on: &response)
    }

    func forgetSession(in response: inout Response) {
        setCookie(CookieName.session, "", seconds: 0, on: &response)
    }

    /// To the page that asks for a factor again, and back to `path`.
    func redirectToProof(returnTo path: String) -> Response { redirect(to: self.path("/bestaetigen", then: path)) }

    static var year: Int { 365 * 24 * 3_600 }
}

extension AccountDesk {
    /// Leads somebody who has just signed in to where they wanted to go.
    func enter(_ session: NewSession, _ visit: some CheckedVisit) async throws -> Response {
        var response = visit.redirect(to: try await landing(session, visit))
        visit.keep(session, in: &response)
        return response
    }

    /// Where somebody goes who has just signed in. Whoever works in one tenant only stands there at once; whoever works
    /// in several chooses first, if the page they want is a tenant's.
    func landing(_ session: NewSession, _ visit: some CheckedVisit) async throws -> String {
        let workplaces = try await visitors.tenants(of: session.person)
        if workplaces.count == 1, let only = workplaces.first {
            try await sessions.switchTenant(session.id, to: only.tenant)
        } else if workplaces.count > 1, let wanted = visit.wanted, Self.belongsToTenant(wanted) {
            return visit.path("/mandant", then: wanted)
        }
        return visit.wanted ?? "/"
    }

    private static func belongsToTenant(_ path: String) -> Bool {
        !["/einladung/", "/sicherheit", "/plattform", "/mandant", "/bestaetigen"].contains { path.hasPrefix($0) }
    }
}
