import Audit
package import Database
import Foundation
package import Kernel
import Localization
package import Outbox

/// The end of a tenant (requirement K9): asked for, revocable for 30 days, then closed, exported and destroyed.
///
/// Until the 30 days are over everything goes on as before. What destroying covers, and what not, stands in
/// `docs/rooms/Tenants.md`.
package struct TenantLifecycle: Sendable {
    /// Days in which the end can be taken back. The database holds to the same number.
    package static let noticeDays = 30

    /// A port: gives back all numbers of a tenant.
    package typealias ReleaseNumbers = @Sendable (TenantID, Acting) async throws -> Void

    let database: Database
    let export: TenantExport
    let releaseNumbers: ReleaseNumbers
    private let outbox: MailOutbox
    private let links: TenantLinks
    private let time: TimeSource

    package init(
        _ database: Database,
        outbox: MailOutbox,
        links: TenantLinks,
        releaseNumbers: @escaping ReleaseNumbers,
        time: TimeSource
    ) {
        self.database = database
        self.outbox = outbox
        self.links = links
        self.releaseNumbers = releaseNumbers
        self.time = time
        export = TenantExport(database, time: time)
    }

    package enum Asking: Sendable, Equatable {
        case asked(TenantClosing)
        case refused(ClosingRefusal)
    }

    /// Nil while nobody has asked for it.
    package func closing(_ tenant: TenantID) async throws -> TenantClosing? {
        try await database.withTenant(tenant) { try ClosingQueries(transaction: $0, tenant: tenant).closing() }
    }

    /// Asks for the end and writes to the owners.
    ///
    /// - Parameters:
    ///   - slug: the tenant's short name, typed to confirm.
    ///   - reason: stands in the chain.
    package func ask(
        _ tenant: TenantID,
        confirming slug: String,
        reason: String,
        by acting: Acting
    ) async throws -> Asking {
        let reason = Self.reason(reason)
        let now = time.now()
        return try await database.withTenant(tenant) { [outbox, links] transaction in
            let queries = ClosingQueries(transaction: transaction, tenant: tenant)
            let members = MemberQueries(transaction: transaction, tenant: tenant)
            guard let company = try queries.locked(), company.state != .closed else { return .refused(.tenantClosed) }
            guard try members.allows(acting, .tenantClose) else { return .refused(.notAllowed) }
            guard slug == company.slug else { return .refused(.slugDiffers) }
            guard let reason else { return .refused(.reasonMissing) }
            guard company.closing == nil else { return .refused(.alreadyAsked) }
            try queries.ask(at: now)
            let closing = TenantClosing(askedAt: now, closedAt: nil, destroyedAt: nil)
            for owner in try members.owners() {
                let localizer = Localizer(
                    language: owner.language,
                    region: company.region,
                    timeZone: company.timeZone
                )
                let mail = owner.mail(
                    .tenantClosing,
                    of: tenant,
                    [
                        "tenant": company.name, "date": localizer.longDate(closing.endsAt),
                        "link": links.settings,
                    ]
                )
                try outbox.post(mail, in: transaction)
            }
            let entry = acting.entry(
                "tenant.closing_asked",
                AuditObject("tenant", "\(tenant)"),
                after: ["ends_at": .text(closing.endsAt.formatted(.iso8601))],
                reason: reason
            )
            try AuditTrail.record(entry, in: transaction)
            return .asked(closing)
        }
    }

    /// Takes it back.
    package func withdraw(_ tenant: TenantID, reason: String, by acting: Acting) async throws -> ClosingRefusal? {
        let reason = Self.reason(reason)
        return try await database.withTenant(tenant) { transaction in
            let queries = ClosingQueries(transaction: transaction, tenant: tenant)
            guard let company = try queries.locked(), company.state != .closed else { return .tenantClosed }
            guard try MemberQueries(transaction: transaction, tenant: tenant).allows(acting, .tenantClose) else {
                return .notAllowed
            }
            guard let reason else { return .reasonMissing }
            guard company.closing != nil else { return .notAsked }
            try queries.ask(at: nil)
            let entry = acting.entry("tenant.closing_withdrawn", AuditObject("tenant", "\(tenant)"), reason: reason)
            try AuditTrail.record(entry, in: transaction)
            return nil
        }
    }

    /// Nil if there is none.
    private static func reason(_ typed: String) -> String? {
        let words = typed.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.isEmpty ? nil : String(words.prefix(500))
    }
}
