package import Audit
package import Foundation
import HTTPTypes
import Hummingbird
package import Kernel
package import Localization
import Logging
package import People
package import Tenants
package import Web

/// One request for a page, and what answers it.
package struct Visit: Sendable {
    package let site: Site
    package let request: IncomingRequest
    /// Nil without a valid session.
    package let visitor: Visitor?
    package let cookies: Cookies
    package let query: FormValues
    /// The fields of the body; empty for GET.
    package let form: FormValues
    package let now: Date
    /// How this reader reads.
    package let localizer: Localizer

    init(site: Site, request: IncomingRequest, visitor: Visitor?) {
        self.site = site
        self.request = request
        self.visitor = visitor
        cookies = Cookies(request)
        query = FormValues(request.query ?? "")
        form = FormValues(body: request.body)
        now = site.time.now()
        let tenant = visitor?.standing?.tenant
        localizer = Localizer(
            language: visitor?.person.language
                ?? Self.language(accepted: request.header("accept-language") ?? "", cookies, site.address),
            region: tenant?.region ?? "AT",
            timeZone: tenant?.timeZone ?? "Europe/Vienna"
        )
    }

    package var language: Language { localizer.language }

    /// The path without the query.
    package var path: String { String(request.target.prefix { $0 != "?" }) }

    /// A text of the catalog in the reader's language.
    package func text(_ key: String, _ arguments: [String: String] = [:]) -> String {
        site.catalog.text(key, language, arguments)
    }

    /// What identifies this request in logs and in the audit trail.
    package var requestID: String? { request.logger[metadataKey: "request.id"].map { "\($0)" } }

    /// A guest's choice, then what the browser asks for, then German.
    static func language(accepted: String, _ cookies: Cookies, _ address: SiteAddress) -> Language {
        if let chosen = cookies[address.cookieName(CookieName.language)].flatMap(Language.init(rawValue:)) {
            return chosen
        }
        let asked = accepted.split(separator: ",")
            .compactMap { $0.split(separator: ";").first.flatMap { Language(tag: String($0)) } }
        return asked.first ?? .de
    }
}

/// What the doors hand to handlers: a visit whose identity was checked and needs no unwrapping.
package protocol CheckedVisit: Sendable {
    var visit: Visit { get }
}

/// Anybody with a browser.
package struct GuestVisit: CheckedVisit {
    package let visit: Visit
}

/// A signed-in person; on pages for entering, one whose second factor is still missing.
package struct PersonVisit: CheckedVisit {
    package let visit: Visit
    package let visitor: Visitor

    package var person: Person { visitor.person }

    package var actor: AuditActor {
        AuditActor(.person, person.id.description, addressPrefix: visit.request.client?.networkPrefix)
    }
}

/// A person in a tenant, with the permission that the endpoint names.
package struct TenantVisit: CheckedVisit {
    package let visit: Visit
    package let visitor: Visitor
    package let standing: Standing

    package var tenant: TenantFacts { standing.tenant }
    package var person: Person { visitor.person }

    package func may(_ permission: Permission) -> Bool { AccessMatrix.allows(standing.position, permission) }

    /// Support acts on behalf of a reasoned access, which the entry names.
    package var actor: AuditActor {
        let prefix = visit.request.client?.networkPrefix
        return switch standing.position {
        case .member: AuditActor(.person, person.id.description, addressPrefix: prefix)
        case .support(let access):
            AuditActor(.support, person.id.description, onBehalfOf: access.id.description, addressPrefix: prefix)
        }
    }
}

/// One of the platform's people, with the permission that the endpoint names.
package struct PlatformVisit: CheckedVisit {
    package let visit: Visit
    package let visitor: Visitor
    package let role: PlatformRole

    package var person: Person { visitor.person }

    package func may(_ permission: Permission) -> Bool { AccessMatrix.allows(role, permission) }

    package var actor: AuditActor {
        AuditActor(.operator, person.id.description, addressPrefix: visit.request.client?.networkPrefix)
    }
}

extension CheckedVisit {
    package var localizer: Localizer { visit.localizer }
    package var language: Language { visit.language }
    package var query: FormValues { visit.query }
    package var form: FormValues { visit.form }
    package var now: Date { visit.now }
    package var site: Site { visit.site }

    package func text(_ key: String, _ arguments: [String: String] = [:]) -> String { visit.text(key, arguments) }

    /// Where the request came from, for what is kept about it.
    package var origin: RequestOrigin {
        RequestOrigin(
            address: visit.request.client,
            userAgent: visit.request.header("user-agent") ?? "",
            requestID: visit.requestID
        )
    }

    /// The value of the path's `:name`.
    package func parameter(_ name: String) -> String { visit.request.parameters.get(name) ?? "" }

    /// The value of the path's `:name` as an identity.
    /// - Throws: `NotVisible`: what cannot be an identity is answered like one that is not there.
    package func id<Owner>(_ name: String = "id", as type: Owner.Type) throws -> ID<Owner> {
        guard let id = ID<Owner>(parameter(name)) else { throw NotVisible() }
        return id
    }

    /// For acts that need a factor proven within the last ten minutes (ASVS 5.0 7.5.3).
    /// - Throws: `ProofNeeded`, which leads to the page that asks for it and back to `returnTo`.
    package func requireRecentProof(returnTo: String) throws {
        guard let visitor = visit.visitor, let strongAt = visitor.session.strongAt,
            now.timeIntervalSince(strongAt) < 600
        else { throw ProofNeeded(returnTo: returnTo) }
    }
}

/// What was asked for is not there for this reader: foreign, nonexistent or erased. All of these and a missing
/// permission have one answer (decision 3).
package struct NotVisible: Error {
    package init() {}
}

/// The person must prove a factor again first.
package struct ProofNeeded: Error {
    package let returnTo: String
}
