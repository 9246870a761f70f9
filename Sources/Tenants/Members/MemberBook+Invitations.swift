import Audit
import Credentials
import Database
import Foundation
package import Kernel
package import Localization
import Outbox
import People

extension MemberBook {
    /// How long an invitation's link is good for, in days.
    package static let invitationDays = 7
    /// Open invitations of one tenant.
    package static let openInvitationLimit = 200
    /// Invitations of one tenant within 24 hours, those that are sent again among them.
    package static let dailyInvitationLimit = 300

    package enum Inviting: Sendable, Equatable {
        case invited(Invitation)
        case refused(MemberRefusal)
    }

    /// The newest first, expired ones among them until they are sent again or revoked.
    package func invitations(_ tenant: TenantID) async throws -> [Invitation] {
        try await database.withTenant(tenant) { try InvitationQueries(transaction: $0, tenant: tenant).open() }
    }

    /// Sends a link that makes whoever owns the address a member. An expired invitation to it is replaced.
    ///
    /// - Parameter email: as it was typed.
    package func invite(
        _ tenant: TenantID,
        email typed: String,
        role: MemberRole,
        language: Language,
        by acting: Acting
    ) async throws -> Inviting {
        guard let email = EmailAddress(typed) else { return .refused(.emailMalformed) }
        let now = time.now()
        return try await inviting(tenant) { transaction in
            let members = MemberQueries(transaction: transaction, tenant: tenant)
            let invitations = InvitationQueries(transaction: transaction, tenant: tenant)
            guard let company = try members.lockedTenant(), company.state != .closed else {
                return .refused(.tenantClosed)
            }
            guard try members.allows(acting, role == .owner ? .ownershipWrite : .membersWrite) else {
                return .refused(.notAllowed)
            }
            guard try !members.isMember(email) else { return .refused(.alreadyMember) }
            guard try isWithinDay(invitations, now) else { return .refused(.tooManyInvitationsToday) }
            let open = try invitations.open()
            if let earlier = open.first(where: { $0.email == email.value }) {
                guard earlier.expiresAt <= now else { return .refused(.alreadyInvited) }
                try invitations.revoke(earlier.id, at: now)
            } else if open.count >= Self.openInvitationLimit {
                return .refused(.tooManyInvitations)
            }
            let invitation = try post(
                email.value,
                role,
                language,
                of: tenant,
                named: company.name,
                by: acting,
                at: now,
                in: transaction
            )
            try AuditTrail.record(acting.entry("member.invited", invitation), in: transaction)
            return .invited(invitation)
        }
    }

    /// Sends an open or expired invitation again, with a new link and time; the link before is dead.
    package func reinvite(_ tenant: TenantID, _ id: InvitationID, by acting: Acting) async throws -> Inviting {
        let now = time.now()
        return try await inviting(tenant) { transaction in
            let members = MemberQueries(transaction: transaction, tenant: tenant)
            let invitations = InvitationQueries(transaction: transaction, tenant: tenant)
            guard let company = try members.lockedTenant(), company.state != .closed else {
                return .refused(.tenantClosed)
            }
            let earlier = try invitations.locked(id)
            guard try members.allows(acting, earlier?.role == .owner ? .ownershipWrite : .membersWrite) else {
                return .refused(.notAllowed)
            }
            guard let earlier else { return .refused(.invitationOver) }
            guard try isWithinDay(invitations, now) else { return .refused(.tooManyInvitationsToday) }
            try invitations.revoke(id, at: now)
            let invitation = try post(
                earlier.email,
                earlier.role,
                earlier.language,
                of: tenant,
                named: company.name,
                by: acting,
                at: now,
                in: transaction
            )
            try AuditTrail.record(acting.entry("member.reinvited", invitation), in: transaction)
            return .invited(invitation)
        }
    }

    /// Makes the link worthless.
    package func revokeInvitation(
        _ tenant: TenantID,
        _ id: InvitationID,
        by acting: Acting
    ) async throws -> MemberRefusal? {
        let now = time.now()
        return try await database.withTenant(tenant) { transaction in
            let invitations = InvitationQueries(transaction: transaction, tenant: tenant)
            let members = MemberQueries(transaction: transaction, tenant: tenant)
            let invitation = try invitations.locked(id)
            guard try members.allows(acting, invitation?.role == .owner ? .ownershipWrite : .membersWrite) else {
                return .notAllowed
            }
            guard let invitation else { return .invitationOver }
            try invitations.revoke(id, at: now)
            try AuditTrail.record(acting.entry("invitation.revoked", invitation), in: transaction)
            return nil
        }
    }

    private func post(
        _ email: String,
        _ role: MemberRole,
        _ language: Language,
        of tenant: TenantID,
        named name: String,
        by acting: Acting,
        at now: Date,
        in transaction: Transaction
    ) throws -> Invitation {
        let token = RandomToken()
        let invitation = Invitation(
            id: InvitationID(),
            email: email,
            role: role,
            language: language,
            createdAt: now,
            expiresAt: now.addingTimeInterval(TimeInterval(Self.invitationDays) * 86_400)
        )
        try InvitationQueries(transaction: transaction, tenant: tenant)
            .insert(invitation, token: token, by: acting.person)
        try outbox.post(
            OutgoingMail(
                kind: .invitation,
                to: email,
                name: "",
                language: language,
                arguments: [
                    "tenant": name, "inviter": acting.name, "role": role.rawValue, "days": "\(Self.invitationDays)",
                    "link": links.invitation(token),
                ],
                onBehalfOf: tenant
            ),
            in: transaction
        )
        return invitation
    }

    private func isWithinDay(_ invitations: InvitationQueries, _ now: Date) throws -> Bool {
        try invitations.count(since: now.addingTimeInterval(-86_400)) < Self.dailyInvitationLimit
    }

    /// The post office is stricter about addresses than the form is.
    private func inviting(
        _ tenant: TenantID,
        _ body: @escaping @Sendable (Transaction) throws -> Inviting
    ) async throws -> Inviting {
        do {
            return try await database.withTenant(tenant, body)
        } catch OutboxError.address {
            return .refused(.emailMalformed)
        }
    }
}

extension Acting {
    fileprivate func entry(_ action: String, _ invitation: Invitation) -> AuditEntry {
        entry(
            action,
            AuditObject("invitation", "\(invitation.id)"),
            after: ["role": .text(invitation.role.rawValue)],
            personal: ["email": .text(invitation.email)]
        )
    }
}
