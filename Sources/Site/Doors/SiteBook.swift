import Credentials
import Foundation
import HTTPTypes
package import Hummingbird
import Localization
import Logging
import People
import Tenants
package import Web

/// Binds pages to endpoints behind their doors. What a door lets through is decided by the endpoint's `access` alone.
package struct SiteBook: Sendable {
    package let site: Site
    package private(set) var routes: RouteBook

    package init(site: Site, routes: RouteBook) {
        self.site = site
        self.routes = routes
    }

    package typealias Page<Visit> = @Sendable (Visit) async throws -> Response

    /// For `.anyone`: files and redirects, without looking at a session.
    package mutating func open(_ endpoint: Endpoint, _ page: @escaping Page<IncomingRequest>) {
        precondition(endpoint.access == .anyone, "not open: \(endpoint.path)")
        routes.on(endpoint, page)
    }

    package mutating func guest(_ endpoint: Endpoint, _ page: @escaping Page<GuestVisit>) {
        precondition(endpoint.access == .guest, "not for guests: \(endpoint.path)")
        bind(endpoint) { try await page(GuestVisit(visit: $0)) }
    }

    /// For `.person` and `.enteringPerson`.
    package mutating func person(_ endpoint: Endpoint, _ page: @escaping Page<PersonVisit>) {
        bind(endpoint) { visit in
            let wanted: SessionNeed = endpoint.access == .enteringPerson ? .password : .full
            guard [.person, .enteringPerson].contains(endpoint.access) else { throw NotVisible() }
            return try await page(PersonVisit(visit: visit, visitor: try visit.signedIn(wanted)))
        }
    }

    package mutating func tenant(_ endpoint: Endpoint, _ page: @escaping Page<TenantVisit>) {
        bind(endpoint) { visit in
            let visitor = try visit.signedIn(.full)
            guard case .tenant(let permission) = endpoint.access else { throw NotVisible() }
            guard let standing = visitor.standing else { throw Elsewhere(path: visitor.home) }
            guard !visitor.lacksDemandedFactor else { throw Elsewhere(path: visit.pathToDemandedFactor) }
            guard AccessMatrix.allows(standing.position, permission) else { throw NoPermission() }
            return try await page(TenantVisit(visit: visit, visitor: visitor, standing: standing))
        }
    }

    package mutating func platform(_ endpoint: Endpoint, _ page: @escaping Page<PlatformVisit>) {
        bind(endpoint) { visit in
            let visitor = try visit.signedIn(.full)
            guard case .platform(let permission) = endpoint.access, let role = visitor.platformRole,
                AccessMatrix.allows(role, permission)
            else { throw NoPermission() }
            return try await page(PlatformVisit(visit: visit, visitor: visitor, role: role))
        }
    }

    private mutating func bind(_ endpoint: Endpoint, _ page: @escaping Page<Visit>) {
        let site = site
        routes.on(endpoint) { request in
            let visitor = try await site.visitor(of: request)
            let visit = Visit(site: site, request: request, visitor: visitor)
            do {
                guard !CrossSite.changesSomething(request.method) || CrossSite.isOwn(request, site.address) else {
                    throw WebFailure(.forbidden, "cross_site")
                }
                return try await page(visit)
            } catch let elsewhere as Elsewhere {
                return visit.redirect(to: elsewhere.path)
            } catch let needed as ProofNeeded {
                return visit.redirect(to: "/bestaetigen?" + FormValues.query([("weiter", needed.returnTo)]))
            } catch is NotVisible {
                visit.noteDenial(endpoint, hadPermission: true)
                return visit.errorPage(.forbidden)
            } catch is NoPermission {
                visit.noteDenial(endpoint, hadPermission: false)
                return visit.errorPage(.forbidden)
            } catch let failure as WebFailure {
                return visit.errorPage(failure.status, headers: failure.headers)
            } catch is CancellationError {
                return visit.errorPage(.serviceUnavailable)
            } catch {
                request.logger.error(
                    "page failed",
                    metadata: ["error.type": "\(type(of: error))", "http.route": "\(endpoint.path)"]
                )
                return visit.errorPage(.internalServerError)
            }
        }
    }
}

/// The person's role does not have the permission.
struct NoPermission: Error {}

/// The page is not for this visitor now; another one is.
struct Elsewhere: Error {
    let path: String
}

enum SessionNeed {
    case password
    case full
}

extension Visitor {
    /// Where a person begins.
    package var home: String {
        if standing != nil { return "/uebersicht" }
        return platformRole == nil ? "/mandant" : "/plattform"
    }
}

extension Site {
    fileprivate func visitor(of request: IncomingRequest) async throws -> Visitor? {
        let cookie = Cookies(request)[address.cookieName(CookieName.session)]
        guard let token = cookie.flatMap({ RandomToken($0) }) else { return nil }
        return try await visitor(token.hash)
    }
}

extension Visit {
    /// Where a second factor is set up that the tenant demands, and back to what was asked for.
    fileprivate var pathToDemandedFactor: String {
        let wanted = request.method == .get ? request.target : nil
        return "/sicherheit/einrichten" + (wanted.map { "?" + FormValues.query([("weiter", $0)]) } ?? "")
    }

    fileprivate func signedIn(_ need: SessionNeed) throws -> Visitor {
        guard let visitor else {
            let mayReturn = request.method == .get && path != "/"
            throw Elsewhere(path: "/anmelden" + (mayReturn ? "?" + FormValues.query([("weiter", request.target)]) : ""))
        }
        if need == .full, visitor.session.level != .full { throw Elsewhere(path: "/anmelden/code") }
        return visitor
    }

    fileprivate func noteDenial(_ endpoint: Endpoint, hadPermission: Bool) {
        guard let visitor else { return }
        let names = endpoint.path.split(separator: "/").filter { $0.hasPrefix(":") }.map { String($0.dropFirst()) }
        site.onDenied(
            Denial(
                person: visitor.person.id,
                tenant: visitor.standing?.tenant.id,
                route: "\(endpoint.method.rawValue) \(endpoint.path)",
                parameters: names.map { String((request.parameters.get($0) ?? "").prefix(100)) },
                hadPermission: hadPermission
            )
        )
    }
}
