import Audit
package import Database
import Foundation
package import Kernel
package import People

/// What the operator does for people who cannot help themselves any more. Somebody may work in several tenants, so no
/// tenant's own people can do it: they would get into accounts that are not theirs.
package struct PersonDesk: Sendable {
    private let database: Database
    private let factors: FactorReset

    package init(_ database: Database, factors: FactorReset) {
        self.database = database
        self.factors = factors
    }

    /// Takes the second factors away from somebody who lost telephone and recovery codes. All their sessions end, the
    /// password stays, and a mail tells them. One line each stands in the platform's chain and in the chain of every
    /// tenant they work in.
    ///
    /// - Parameters:
    ///   - typed: the person's mail address, typed to confirm.
    ///   - reason: stands in all these chains; at most 500 characters count.
    /// - Returns: why it was not done; nil if it is done.
    package func resetFactors(
        _ id: PersonID,
        confirming typed: String,
        reason: String,
        by acting: Acting
    ) async throws -> FactorResetRefusal? {
        let address = EmailAddress(typed)?.value
        return try await reset(reason: reason, by: acting) { [factors] transaction in
            guard let person = try factors.person(id, in: transaction) else { return .failure(.noSuchPerson) }
            return person.email == address ? .success(person) : .failure(.emailDiffers)
        }
    }

    /// The same for the command line, where the address names the person.
    package func resetFactors(
        _ email: EmailAddress,
        reason: String,
        by acting: Acting
    ) async throws -> FactorResetRefusal? {
        try await reset(reason: reason, by: acting) { [factors] transaction in
            try factors.person(email, in: transaction).map { .success($0) } ?? .failure(.noSuchPerson)
        }
    }

    private func reset(
        reason typed: String,
        by acting: Acting,
        _ find: @escaping @Sendable (Transaction) throws -> Result<Person, FactorResetRefusal>
    ) async throws -> FactorResetRefusal? {
        guard case .platform(let login) = acting.authority else { return .notAllowed }
        let words = typed.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard !words.isEmpty else { return .reasonMissing }
        let reason = String(words.prefix(500))
        return try await database.withPlatform(actor: acting.auditActor.name, reason: "person factors reset") {
            [factors] transaction in
            let person: Person
            switch try find(transaction) {
            case .failure(let refusal): return refusal
            case .success(let found): person = found
            }
            // Whoever still gets in changes the own factors with a proof, like everybody else.
            guard login != "\(person.id)" else { return .ownAccount }
            let taken = try factors.take(from: person, in: transaction)
            guard !taken.isNothing else { return .nothingToReset }
            let entry = acting.entry(
                "person.factors_reset",
                AuditObject("person", "\(person.id)"),
                before: [
                    "apps": .integer(Int64(taken.apps)), "passkeys": .integer(Int64(taken.passkeys)),
                    "recovery_codes": .integer(Int64(taken.recoveryCodes)),
                    "sessions": .integer(Int64(taken.sessions)),
                ],
                reason: reason,
                personal: person.auditValue
            )
            // Always in this order, so that nobody waits in a circle for the ends of chains.
            for tenant in try PersonReadingQueries(transaction: transaction).workplaces(of: person.id).map(\.tenant)
                .sorted()
            {
                try AuditTrail.record(entry, for: tenant, in: transaction)
            }
            try AuditTrail.record(entry, in: transaction)
            return nil
        }
    }
}

/// Why second factors were not taken away. The texts stand in `tenants.refusal_<code>`.
package enum FactorResetRefusal: String, Error, Sendable, CaseIterable {
    case notAllowed = "not_allowed"
    case noSuchPerson = "no_such_person"
    /// What was typed is not the person's address.
    case emailDiffers = "email_differs"
    case reasonMissing = "reason_missing"
    /// One's own factors are changed under one's own security.
    case ownAccount = "own_account"
    case nothingToReset = "nothing_to_reset"

    /// The key of its text.
    package var key: String { "tenants.refusal_\(rawValue)" }
}
