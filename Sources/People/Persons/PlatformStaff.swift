package import Audit
import Credentials
package import Database
package import Foundation
package import Kernel
package import Localization
package import Outbox

/// Who works for the platform: made, listed and disabled by the operator, behind the platform's door.
package struct PlatformStaff: Sendable {
    /// How long the link to the first password is good.
    package static let days = 7

    private let database: Database
    private let outbox: MailOutbox
    private let links: AccountLinks
    private let time: TimeSource

    package init(
        _ database: Database,
        outbox: MailOutbox,
        links: AccountLinks,
        time: TimeSource
    ) {
        self.database = database
        self.outbox = outbox
        self.links = links
        self.time = time
    }

    package enum Appointment: Sendable, Equatable {
        /// A new person; the link to set a password is on its way.
        case invited(PersonID)
        /// The person was there already and works for the platform from now on, with the password they have.
        case appointed(PersonID)
        /// The person has this role already; nothing was changed.
        case unchanged(PersonID)
    }

    /// Somebody of the installation, for the operator's eyes.
    package struct Line: Sendable, Hashable {
        package let id: PersonID
        package let email: String
        package let name: String
        package let isActive: Bool
        /// Nil for people of tenants only.
        package let role: PlatformRole?
        package let createdAt: Date
    }

    /// Lets somebody work for the platform. Safe to repeat; another role takes the place of the old one. Whoever had
    /// an account already signs in anew, with the second factor that is demanded from now on.
    ///
    /// - Parameters:
    ///   - name: as `PersonName.parse` gave it.
    package func appoint(
        _ email: EmailAddress,
        name: String,
        language: Language,
        role: PlatformRole,
        actor: AuditActor
    ) async throws -> Appointment {
        let now = time.now()
        let mail = { @Sendable (token: RandomToken) in
            OutgoingMail(
                kind: .staffInvitation,
                to: email.value,
                name: name,
                language: language,
                arguments: [
                    "role": "platform_\(role.rawValue)", "days": String(Self.days), "link": links.password(token),
                ]
            )
        }
        return try await database.withPlatform(actor: actor.name, reason: "person create") { transaction in
            let queries = StaffQueries(transaction: transaction)
            let known = try queries.find(email)
            if let known, known.role == role { return .unchanged(known.id) }
            let id = try known?.id ?? queries.insert(email, name: name, language: language)
            try queries.set(role, of: id)
            if known != nil {
                // A session that was begun without a second factor must not see the platform (requirement B5).
                try WebSessionQueries(transaction: transaction).endAll(of: id, except: nil, .appointed, at: now)
            } else {
                let token = RandomToken()
                let until = now.addingTimeInterval(Double(Self.days) * 86_400)
                try TokenQueries(transaction: transaction).insert(token, .firstPassword, of: id, until: until, at: now)
                try outbox.post(mail(token), in: transaction)
            }
            try AuditTrail.record(
                AuditEntry(
                    actor: actor,
                    action: "platform_member.appointed",
                    object: AuditObject("person", "\(id)"),
                    before: known?.role.map { ["role": .text($0.rawValue)] },
                    after: ["role": .text(role.rawValue)]
                ),
                in: transaction
            )
            return known == nil ? .invited(id) : .appointed(id)
        }
    }

    /// Everybody, by mail address.
    package func all(actor: AuditActor) async throws -> [Line] {
        try await database.withPlatform(actor: actor.name, reason: "person list") { transaction in
            try StaffQueries(transaction: transaction).all()
        }
    }

    /// Nobody signs in as this person any more, and all sessions end with their next request. Safe to repeat.
    ///
    /// - Returns: nil if nobody has this address.
    package func disable(_ email: EmailAddress, reason: String, actor: AuditActor) async throws -> PersonID? {
        try await move(email, toActive: false, reason: reason, actor: actor)
    }

    /// Safe to repeat.
    ///
    /// - Returns: nil if nobody has this address.
    package func enable(_ email: EmailAddress, reason: String, actor: AuditActor) async throws -> PersonID? {
        try await move(email, toActive: true, reason: reason, actor: actor)
    }

    private func move(
        _ email: EmailAddress,
        toActive isActive: Bool,
        reason: String,
        actor: AuditActor
    ) async throws -> PersonID? {
        let now = time.now()
        return try await database.withPlatform(actor: actor.name, reason: reason) { transaction in
            let queries = StaffQueries(transaction: transaction)
            guard let person = try queries.find(email) else { return nil }
            guard person.isActive != isActive else { return person.id }
            try queries.set(isActive: isActive, of: person.id)
            if !isActive {
                try WebSessionQueries(transaction: transaction).endAll(of: person.id, except: nil, .disabled, at: now)
            }
            try AuditTrail.record(
                AuditEntry(
                    actor: actor,
                    action: isActive ? "person.enabled" : "person.disabled",
                    object: AuditObject("person", "\(person.id)"),
                    reason: reason
                ),
                in: transaction
            )
            return person.id
        }
    }
}
