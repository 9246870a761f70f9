import Audit
package import Credentials
package import Database
import Foundation
package import Kernel
package import Outbox
import People

/// The people of a tenant and what they are there. Whoever acts is looked up in the transaction that acts; each act
/// leaves one line in the tenant's chain and, where it concerns somebody, a mail to them, or nothing happens.
package struct MemberBook: Sendable {
    let database: Database
    let outbox: MailOutbox
    let links: TenantLinks
    let rules: PasswordRules
    let hasher: PasswordHasher
    let time: TimeSource

    package init(
        _ database: Database,
        outbox: MailOutbox,
        links: TenantLinks,
        rules: PasswordRules,
        hasher: PasswordHasher,
        time: TimeSource
    ) {
        self.database = database
        self.outbox = outbox
        self.links = links
        self.rules = rules
        self.hasher = hasher
        self.time = time
    }

    /// By name.
    package func members(_ tenant: TenantID) async throws -> [Member] {
        try await database.withTenant(tenant) { try MemberQueries(transaction: $0, tenant: tenant).members() }
    }

    /// Makes a member something else. Safe to repeat.
    /// - Returns: why it was not done; nil if it is so now.
    package func changeRole(
        _ tenant: TenantID,
        _ person: PersonID,
        to role: MemberRole,
        by acting: Acting
    ) async throws -> MemberRefusal? {
        try await keepingAnOwner(tenant) { [outbox] transaction in
            let queries = MemberQueries(transaction: transaction, tenant: tenant)
            guard let company = try queries.lockedTenant(), company.state != .closed else { return .tenantClosed }
            guard let member = try queries.member(person), let before = try queries.role(of: person) else {
                return try queries.allows(acting, .membersWrite) ? .notAMember : .notAllowed
            }
            let touchesOwner = before == .owner || role == .owner
            guard try queries.allows(acting, touchesOwner ? .ownershipWrite : .membersWrite) else { return .notAllowed }
            guard before != role else { return nil }
            if before == .owner, try queries.owners().map(\.id) == [person] { return .lastOwner }
            try queries.set(role, of: person)
            let mail = Recipient(member).mail(
                .roleChanged,
                of: tenant,
                ["tenant": company.name, "role": role.rawValue, "actor": acting.name]
            )
            try outbox.post(mail, in: transaction)
            let entry = acting.entry(
                "member.role_changed",
                AuditObject("membership", "\(person)"),
                before: ["role": .text(before.rawValue)],
                after: ["role": .text(role.rawValue)],
                personal: member.auditValue
            )
            try AuditTrail.record(entry, in: transaction)
            return nil
        }
    }

    /// Ends a membership; from the next request on the person stands nowhere in this tenant.
    package func remove(_ tenant: TenantID, _ person: PersonID, by acting: Acting) async throws -> MemberRefusal? {
        try await keepingAnOwner(tenant) { [outbox] transaction in
            let queries = MemberQueries(transaction: transaction, tenant: tenant)
            guard let company = try queries.lockedTenant(), company.state != .closed else { return .tenantClosed }
            guard let member = try queries.member(person), let role = try queries.role(of: person) else {
                return try queries.allows(acting, .membersWrite) ? .notAMember : .notAllowed
            }
            let leaves = acting.person == person
            let permission = role == .owner ? Permission.ownershipWrite : .membersWrite
            guard try leaves || queries.allows(acting, permission) else { return .notAllowed }
            if role == .owner, try queries.owners().map(\.id) == [person] { return .lastOwner }
            try queries.remove(person)
            if !leaves {
                let mail = Recipient(member).mail(.memberRemoved, of: tenant, ["tenant": company.name])
                try outbox.post(mail, in: transaction)
            }
            let entry = acting.entry(
                leaves ? "member.left" : "member.removed",
                AuditObject("membership", "\(person)"),
                before: ["role": .text(role.rawValue)],
                personal: member.auditValue
            )
            try AuditTrail.record(entry, in: transaction)
            return nil
        }
    }

    /// Ends one's own membership, whatever the role.
    package func leave(_ tenant: TenantID, by acting: Acting) async throws -> MemberRefusal? {
        guard let person = acting.person else { return .notAMember }
        return try await remove(tenant, person, by: acting)
    }

    /// The database refuses what the statements above let pass: to take the role from the only owner, who is disabled.
    private func keepingAnOwner(
        _ tenant: TenantID,
        _ body: @escaping @Sendable (Transaction) throws -> MemberRefusal?
    ) async throws -> MemberRefusal? {
        do {
            return try await database.withTenant(tenant, body)
        } catch DatabaseError.refused(_, constraint: "membership_last_owner") {
            return .lastOwner
        }
    }
}

extension Acting {
    func entry(
        _ action: String,
        _ object: AuditObject,
        before: AuditValue? = nil,
        after: AuditValue? = nil,
        reason: String? = nil,
        personal: AuditValue? = nil
    ) -> AuditEntry {
        AuditEntry(
            actor: auditActor,
            action: action,
            object: object,
            before: before,
            after: after,
            reason: reason,
            requestID: origin?.requestID,
            personal: personal
        )
    }
}

extension Person {
    /// For the erasable part of an entry.
    var auditValue: AuditValue { ["name": .text(name), "email": .text(email)] }
}
