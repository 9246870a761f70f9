import Audit
package import Database
import Foundation
package import Kernel
package import Outbox
package import People

/// Lets the platform's support look into a tenant: with a reason, for a limited time, told to the tenant's owners and
/// written into the tenant's chain and the platform's. It ends by itself, by support, or by an owner or admin of the
/// tenant.
package struct SupportDesk: Sendable {
    /// Characters of a reason.
    package static let reasonLength = 10...500
    /// Minutes of one access; the tenant's page offers `defaultMinutes`.
    package static let minutes = 5...480
    package static let defaultMinutes = 30

    private let database: Database
    private let outbox: MailOutbox
    private let links: TenantLinks
    private let time: TimeSource

    package init(_ database: Database, outbox: MailOutbox, links: TenantLinks, time: TimeSource) {
        self.database = database
        self.outbox = outbox
        self.links = links
        self.time = time
    }

    package enum Beginning: Sendable, Equatable {
        case begun(SupportAccess)
        case refused(SupportRefusal)
    }

    /// Begins, and lets the session show the tenant. The token of the session is to be rotated afterwards (requirement
    /// B3).
    package func begin(
        _ tenant: TenantID,
        person: PersonID,
        session: WebSessionID,
        reason typed: String,
        minutes: Int = SupportDesk.defaultMinutes,
        from origin: RequestOrigin
    ) async throws -> Beginning {
        let reason = typed.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard reason.unicodeScalars.count >= Self.reasonLength.lowerBound else { return .refused(.reasonTooShort) }
        guard reason.unicodeScalars.count <= Self.reasonLength.upperBound else { return .refused(.reasonTooLong) }
        guard Self.minutes.contains(minutes) else { return .refused(.durationOutOfBounds) }
        let now = time.now()
        return try await database.withPlatform(actor: "person:\(person)", reason: "support access") {
            [outbox, links] transaction in
            let queries = SupportQueries(transaction: transaction, tenant: tenant)
            guard try queries.isSupport(person) else { return .refused(.notAllowed) }
            guard let company = try queries.tenantName() else { return .refused(.noSuchTenant) }
            let access = SupportAccess(
                id: SupportAccessID(),
                person: person,
                personName: try queries.name(of: person),
                reason: reason,
                startedAt: now,
                expiresAt: now.addingTimeInterval(TimeInterval(minutes) * 60),
                endedAt: nil
            )
            guard try queries.show(access, in: session) else { return .refused(.sessionOver) }
            try queries.insert(access)
            for owner in try MemberQueries(transaction: transaction, tenant: tenant).owners() {
                let mail = owner.mail(
                    .supportAccessStarted,
                    of: tenant,
                    [
                        "tenant": company, "operator": access.personName, "reason": reason,
                        "minutes": "\(minutes)", "link": links.audit,
                    ]
                )
                try outbox.post(mail, in: transaction)
            }
            let actor = AuditActor(.support, "\(person)", addressPrefix: origin.address?.networkPrefix)
            try Self.record("support.started", access, of: tenant, actor, origin.requestID, in: transaction)
            return .begun(access)
        }
    }

    /// Ends it by whoever began it.
    package func end(
        _ tenant: TenantID,
        _ id: SupportAccessID,
        person: PersonID,
        from origin: RequestOrigin
    ) async throws -> SupportRefusal? {
        let actor = AuditActor(.support, "\(person)", addressPrefix: origin.address?.networkPrefix)
        return try await end(tenant, id, by: actor, named: "person:\(person)", origin.requestID) { access, _ in
            access.person == person
        }
    }

    /// Ends it by whoever may in the tenant, or by the operator.
    package func end(_ tenant: TenantID, _ id: SupportAccessID, by acting: Acting) async throws -> SupportRefusal? {
        try await end(
            tenant,
            id,
            by: acting.auditActor,
            named: acting.auditActor.name,
            acting.origin?.requestID
        ) { _, transaction in
            try MemberQueries(transaction: transaction, tenant: tenant).allows(acting, .supportEnd)
        }
    }

    /// For the banner on the tenant's pages.
    package func running(_ tenant: TenantID) async throws -> [SupportAccess] {
        let now = time.now()
        return try await database.withTenant(tenant) { transaction in
            try SupportQueries(transaction: transaction, tenant: tenant).running(at: now)
        }
    }

    /// The newest first; at most 200.
    package func history(_ tenant: TenantID) async throws -> [SupportAccess] {
        try await database.withTenant(tenant) { transaction in
            try SupportQueries(transaction: transaction, tenant: tenant).latest(200)
        }
    }

    /// The platform's chain is part of it, so this goes through the platform's door even for a tenant's own people.
    private func end(
        _ tenant: TenantID,
        _ id: SupportAccessID,
        by actor: AuditActor,
        named name: String,
        _ requestID: String?,
        _ mayEnd: @escaping @Sendable (SupportAccess, Transaction) throws -> Bool
    ) async throws -> SupportRefusal? {
        let now = time.now()
        return try await database.withPlatform(actor: name, reason: "support access ends") { transaction in
            let queries = SupportQueries(transaction: transaction, tenant: tenant)
            guard let access = try queries.running(id, at: now) else { return .accessOver }
            guard try mayEnd(access, transaction) else { return .notAllowed }
            try queries.end(id, at: now)
            try queries.hide(access)
            try Self.record("support.ended", access, of: tenant, actor, requestID, in: transaction)
            return nil
        }
    }

    /// One line in each of the two chains.
    private static func record(
        _ action: String,
        _ access: SupportAccess,
        of tenant: TenantID,
        _ actor: AuditActor,
        _ requestID: String?,
        in transaction: Transaction
    ) throws {
        let entry = AuditEntry(
            actor: actor,
            action: action,
            object: AuditObject("support_access", "\(access.id)"),
            after: ["tenant": .text("\(tenant)"), "expires_at": .text(access.expiresAt.formatted(.iso8601))],
            reason: access.reason,
            requestID: requestID,
            personal: ["name": .text(access.personName)]
        )
        try AuditTrail.record(entry, for: tenant, in: transaction)
        try AuditTrail.record(entry, in: transaction)
    }
}
