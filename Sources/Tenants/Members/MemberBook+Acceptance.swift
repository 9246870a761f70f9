import Audit
package import Credentials
import Database
import Foundation
package import Kernel
package import Localization
package import People

extension MemberBook {
    package enum Acceptance: Sendable, Equatable {
        case joined(PersonID, TenantID)
        case refused(AcceptanceRefusal)
    }

    /// What a link leads to; nil if it is over, whatever the reason.
    package func invitation(_ token: RandomToken) async throws -> OpenInvitation? {
        try await found(token)?.facts
    }

    /// Makes a person of whoever has the link, with a name and a password of their choice, and the person a member.
    ///
    /// - Parameter name: as it was typed.
    package func accept(
        _ token: RandomToken,
        name typed: String,
        password: Password,
        language: Language,
        from origin: RequestOrigin
    ) async throws -> Acceptance {
        guard let found = try await found(token) else { return .refused(.linkOver) }
        guard !found.facts.hasAccount else { return .refused(.signInFirst) }
        guard let email = EmailAddress(found.facts.email) else { return .refused(.linkOver) }
        guard let name = PersonName.parse(typed) else { return .refused(.nameMalformed) }
        let context = [found.facts.email, name, found.facts.tenantName]
        if let refusal = rules.judge(password, context: context) { return .refused(.password(refusal)) }
        let hash: PasswordHash
        do {
            hash = try await hasher.hash(password)
        } catch PasswordHasher.Failure.busy {
            return .refused(.busy)
        }
        do {
            return try await join(found, from: origin) { transaction, now in
                let id = try PeopleBook.create(
                    email,
                    name: name,
                    language: language,
                    password: hash,
                    at: now,
                    in: transaction
                )
                return .success(Person(id: id, email: email.value, name: name, language: language, theme: .system))
            }
        } catch DatabaseError.refused(_, constraint: "person_email_key") {
            return .refused(.signInFirst)
        }
    }

    /// Makes the person who is signed in a member, if the invitation was sent to their address.
    package func accept(
        _ token: RandomToken,
        as person: Person,
        from origin: RequestOrigin
    ) async throws -> Acceptance {
        guard let found = try await found(token) else { return .refused(.linkOver) }
        return try await join(found, from: origin) { transaction, _ in
            // The address may have changed since the request began.
            guard let email = EmailAddress(found.facts.email),
                let known = try PeopleBook.find(email, in: transaction)?.person, known.id == person.id
            else { return .failure(.otherAddress) }
            return .success(known)
        }
    }

    private struct Found: Sendable {
        let id: InvitationID
        let facts: OpenInvitation
    }

    private func found(_ token: RandomToken) async throws -> Found? {
        let now = time.now()
        return try await database.withoutTenant { transaction in
            let row = try transaction.queryOne(
                """
                SELECT tenant_id, invitation_id, tenant_name, tenant_state, email, role, language, expires_at, state,
                    has_account
                FROM open_invitation(\(token.hash))
                """
            )
            guard let row, try row.get("state", as: String.self) == "open",
                try row.get("tenant_state", as: TenantState.self) != .closed
            else { return nil }
            let expiresAt: Date = try row.get("expires_at")
            guard now < expiresAt else { return nil }
            let facts = OpenInvitation(
                tenant: try row.get("tenant_id"),
                tenantName: try row.get("tenant_name"),
                email: try row.get("email"),
                role: try row.get("role"),
                language: Language(rawValue: try row.get("language")) ?? .de,
                expiresAt: expiresAt,
                hasAccount: try row.get("has_account")
            )
            return Found(id: try row.get("invitation_id"), facts: facts)
        }
    }

    /// Spends the invitation: of two who try at the same time, one finds it open.
    private func join(
        _ found: Found,
        from origin: RequestOrigin,
        _ person: @escaping @Sendable (Transaction, Date) throws -> Result<Person, AcceptanceRefusal>
    ) async throws -> Acceptance {
        let now = time.now()
        let tenant = found.facts.tenant
        return try await database.withTenant(tenant) { transaction in
            let members = MemberQueries(transaction: transaction, tenant: tenant)
            let invitations = InvitationQueries(transaction: transaction, tenant: tenant)
            guard let company = try members.lockedTenant(), company.state != .closed,
                let invitation = try invitations.locked(found.id), now < invitation.expiresAt
            else { return .refused(.linkOver) }
            let joining: Person
            switch try person(transaction, now) {
            case .success(let found): joining = found
            case .failure(let refusal): return .refused(refusal)
            }
            guard try members.role(of: joining.id) == nil else { return .refused(.alreadyMember) }
            let inviter = try invitations.inviter(of: invitation.id)
            try members.insert(joining.id, invitation.role, invitedBy: inviter, at: now)
            try invitations.accept(invitation.id, by: joining.id, at: now)
            let acting = Acting(.member(joining.id), name: joining.name, origin: origin)
            let entry = acting.entry(
                "member.joined",
                AuditObject("membership", "\(joining.id)"),
                after: ["role": .text(invitation.role.rawValue)],
                personal: joining.auditValue
            )
            try AuditTrail.record(entry, in: transaction)
            return .joined(joining.id, tenant)
        }
    }
}
