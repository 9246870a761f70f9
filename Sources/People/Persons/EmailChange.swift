package import Credentials
import Database
import Foundation
package import Kernel

/// Moves a person to another mail address, once the new one has shown that it takes mails.
package struct EmailChange: Sendable {
    /// How long the link is good.
    package static let hours = 24

    private let parts: PeopleParts

    package init(_ parts: PeopleParts) {
        self.parts = parts
    }

    /// Sends a link to the new address; a sensitive act. Whether somebody else has the address is not told: then no mail
    /// goes out.
    ///
    /// - Parameter email: as typed.
    /// - Returns: why not, or nil.
    package func request(
        session: WebSessionID,
        to email: String,
        from origin: RequestOrigin
    ) async throws -> AccountRefusal? {
        guard let address = EmailAddress(email) else { return .emailMalformed }
        if await parts.throttle.mail(to: email, from: origin.address) != nil { return .throttled }
        let outcome = try await SecondFactors(parts).change(session, from: origin) { scope in
            guard scope.session.level == .full else { throw AccountRefusal.sessionOver }
            guard address.value != scope.account.person.email else { return }
            try scope.note(.emailChangeRequested, nil)
            guard try PersonQueries(transaction: scope.transaction).account(address) == nil else { return }
            let token = RandomToken()
            try TokenQueries(transaction: scope.transaction).insert(
                token,
                .emailChange,
                of: scope.person,
                payload: address.value,
                until: scope.now.addingTimeInterval(Double(Self.hours) * 3_600),
                at: scope.now
            )
            try scope.parts.mails.emailChange(
                scope.account.person,
                to: address,
                token,
                hours: Self.hours,
                in: scope.transaction
            )
        }
        if case .failure(let refusal) = outcome { return refusal }
        return nil
    }

    /// By the link of the mail. The old address is told.
    package func confirm(token: RandomToken, from origin: RequestOrigin) async throws -> Result<Person, AccountRefusal>
    {
        let now = parts.time.now()
        let mails = parts.mails
        do {
            return try await parts.database.withPeople { transaction in
                let tokens = TokenQueries(transaction: transaction)
                let people = PersonQueries(transaction: transaction)
                guard let owner = try tokens.owner(of: token, [.emailChange], at: now),
                    let account = try people.lockedAccount(owner), account.isActive,
                    let address = try tokens.spend(token, at: now)?.payload.flatMap(EmailAddress.init)
                else { throw AccountRefusal.linkOver }
                let old = account.person
                try people.set(address, of: old.id)
                try tokens.removeAll(of: old.id)
                try SignInEvent(.emailChanged, of: old.id, from: origin, at: now).record(in: transaction)
                try mails.emailChanged(old, to: address, in: transaction)
                return .success(
                    Person(
                        id: old.id,
                        email: address.value,
                        name: old.name,
                        language: old.language,
                        theme: old.theme
                    )
                )
            }
        } catch let refusal as AccountRefusal {
            return .failure(refusal)
        } catch let error as DatabaseError where error.isConflict {
            // Somebody else took the address meanwhile.
            return .failure(.linkOver)
        }
    }
}
